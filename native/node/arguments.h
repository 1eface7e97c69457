// Arguments of the bindings, checked: whatever JavaScript passes, the answer is a value or an
// Error.
#pragma once

#include <napi.h>

#include <cstdint>
#include <span>
#include <string>

namespace layerwise {

// An integer in a range.
int64_t IntegerArgument(Napi::Value value, const char* path, int64_t minimum, int64_t maximum);
int64_t IntegerArgumentOr(Napi::Value value, const char* path, int64_t minimum, int64_t maximum,
                          int64_t fallback);
std::string StringArgument(Napi::Value value, const char* path);
// The memory of a typed array. Valid until JavaScript runs again.
std::span<const float> FloatsArgument(Napi::Value value, const char* path);

// Calls fn with a span over a typed array of one of the element types given.
template <typename First, typename... Rest, typename F>
void WithTypedArray(Napi::Value value, const char* path, F&& fn);

[[noreturn]] void ThrowNotTypedArray(Napi::Value value, const char* path);

template <typename T>
struct TypedArrayOf;
template <>
struct TypedArrayOf<float> {
  static constexpr napi_typedarray_type kType = napi_float32_array;
};
template <>
struct TypedArrayOf<double> {
  static constexpr napi_typedarray_type kType = napi_float64_array;
};
template <>
struct TypedArrayOf<uint8_t> {
  static constexpr napi_typedarray_type kType = napi_uint8_array;
};
template <>
struct TypedArrayOf<int32_t> {
  static constexpr napi_typedarray_type kType = napi_int32_array;
};

struct TypedArrayMemory {
  napi_typedarray_type type;
  size_t length;
  const void* data;
};

// Throws when the value is no typed array.
TypedArrayMemory MemoryOf(Napi::Value value, const char* path);

template <typename First, typename... Rest, typename F>
void WithTypedArray(Napi::Value value, const char* path, F&& fn) {
  const TypedArrayMemory memory = MemoryOf(value, path);
  if (memory.type == TypedArrayOf<First>::kType) {
    fn(std::span<const First>(static_cast<const First*>(memory.data), memory.length));
  } else if constexpr (sizeof...(Rest) > 0) {
    WithTypedArray<Rest...>(value, path, fn);
  } else {
    ThrowNotTypedArray(value, path);
  }
}

}  // namespace layerwise
