// Arguments of the bindings, checked: whatever JavaScript passes, the answer is a value or an
// Error.
#pragma once

#include <napi.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace layerwise {

bool IsNullish(const Napi::Value& value);      // undefined or null
bool IsPlainObject(const Napi::Value& value);  // as IsObject, which is true of functions too

int64_t IntegerArgument(const Napi::Value& value, const char* path, int64_t minimum,
                        int64_t maximum);
int64_t IntegerArgumentOr(const Napi::Value& value, const char* path, int64_t minimum,
                          int64_t maximum, int64_t fallback);
std::string TextArgument(const Napi::Value& value, const char* path);

// The memory of a typed array of any type, empty when its buffer is detached. Valid until
// JavaScript runs again; shared memory may change at any time.
struct TypedArrayMemory {
  napi_typedarray_type type = napi_int8_array;
  void* data = nullptr;
  size_t length = 0;  // in elements

  // Of the type of T's own array.
  template <typename T>
  std::span<T> As() const {
    return {static_cast<T*>(data), length};
  }
};

// Throws an Error that asks for `expected` when the value is no typed array, or of another type
// than those listed.
TypedArrayMemory TypedArrayArgument(const Napi::Value& value, const char* path,
                                    std::span<const napi_typedarray_type> types,
                                    const char* expected);
std::span<float> FloatsArgument(const Napi::Value& value, const char* path);

struct NewFloats {
  Napi::Object array;       // a Float32Array
  std::span<float> values;  // its memory, all zero
};

// Throws an Error of kind kMemory when a large one cannot be had.
NewFloats MakeFloats(Napi::Env env, size_t count);

}  // namespace layerwise
