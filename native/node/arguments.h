// Arguments of the bindings, checked: whatever JavaScript passes, the answer is a value or an
// Error.
#pragma once

#include <node_api.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace layerwise {

bool IsNullish(napi_env env, napi_value value);  // undefined or null
bool IsFunction(napi_env env, napi_value value);
bool IsObject(napi_env env, napi_value value);  // neither function nor null

int64_t IntegerArgument(napi_env env, napi_value value, const char* path, int64_t minimum,
                        int64_t maximum);
int64_t IntegerArgumentOr(napi_env env, napi_value value, const char* path, int64_t minimum,
                          int64_t maximum, int64_t fallback);
std::string TextArgument(napi_env env, napi_value value, const char* path);

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
TypedArrayMemory TypedArrayArgument(napi_env env, napi_value value, const char* path,
                                    std::span<const napi_typedarray_type> types,
                                    const char* expected);
std::span<const float> FloatsArgument(napi_env env, napi_value value, const char* path);

struct NewFloats {
  napi_value array = nullptr;  // a Float32Array
  std::span<float> values;     // its memory, all zero
};

// Throws an Error of kind kMemory when a large one cannot be had.
NewFloats MakeFloats(napi_env env, size_t count);

}  // namespace layerwise
