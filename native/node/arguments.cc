#include "native/node/arguments.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "native/core/error.h"
#include "native/node/call.h"
#include "native/node/instance.h"
#include "native/node/value_conversion.h"

namespace layerwise {
namespace {

napi_valuetype TypeOf(napi_env env, napi_value value) {
  napi_valuetype type = napi_undefined;
  Check(napi_typeof(env, value, &type));
  return type;
}

std::string Describe(napi_env env, napi_value value) {
  if (TypeOf(env, value) != napi_number) return TypeNameOf(env, value);
  double number = 0;
  Check(napi_get_value_double(env, value, &number));
  return Value(number).Describe();
}

// When its memory cannot be had, Node-API ends the process.
napi_value MakeDirectly(napi_env env, size_t count) {
  void* memory = nullptr;
  napi_value buffer = nullptr;
  napi_value array = nullptr;
  Check(napi_create_arraybuffer(env, count * sizeof(float), &memory, &buffer));
  Check(napi_create_typedarray(env, napi_float32_array, count, buffer, 0, &array));
  return array;
}

// JavaScript throws instead. But the request to terminate a worker is lost when it arrives while
// JavaScript runs in here, so this is no way for arrays that are made all the time.
napi_value MakeInJs(napi_env env, size_t count) {
  napi_value length = nullptr;
  napi_value array = nullptr;
  Check(napi_create_double(env, static_cast<double>(count), &length));
  napi_value constructor = Instance::Of(env).float32_array.Get();
  const napi_status status = napi_new_instance(env, constructor, 1, &length, &array);
  if (status == napi_ok) return array;
  napi_value exception = nullptr;  // a RangeError, or none when the environment is ending
  Check(napi_get_and_clear_last_exception(env, &exception));
  throw Error(ErrorKind::kMemory, "memory", "room for " + std::to_string(count) + " numbers",
              "a refusal by the system", "Ask for fewer rows at a time.");
}

constexpr size_t kMostFloatsMadeDirectly = size_t{4} << 20;

}  // namespace

bool IsNullish(napi_env env, napi_value value) {
  const napi_valuetype type = TypeOf(env, value);
  return type == napi_undefined || type == napi_null;
}

bool IsFunction(napi_env env, napi_value value) { return TypeOf(env, value) == napi_function; }

bool IsObject(napi_env env, napi_value value) { return TypeOf(env, value) == napi_object; }

int64_t IntegerArgument(napi_env env, napi_value value, const char* path, int64_t minimum,
                        int64_t maximum) {
  if (TypeOf(env, value) == napi_number) {
    double number = 0;
    Check(napi_get_value_double(env, value, &number));
    return ValueReader(Value(number), path).Integer(minimum, maximum);
  }
  throw Error(ErrorKind::kArgument, path,
              "an integer from " + std::to_string(minimum) + " to " + std::to_string(maximum),
              Describe(env, value), "Give a whole number in this range.");
}

int64_t IntegerArgumentOr(napi_env env, napi_value value, const char* path, int64_t minimum,
                          int64_t maximum, int64_t fallback) {
  return IsNullish(env, value) ? fallback : IntegerArgument(env, value, path, minimum, maximum);
}

std::string TextArgument(napi_env env, napi_value value, const char* path) {
  if (TypeOf(env, value) == napi_string) return TextOf(env, value, path);
  throw Error(ErrorKind::kArgument, path, "a string", Describe(env, value), "Give it as a string.");
}

TypedArrayMemory TypedArrayArgument(napi_env env, napi_value value, const char* path,
                                    std::span<const napi_typedarray_type> types,
                                    const char* expected) {
  bool is_typed_array = false;
  Check(napi_is_typedarray(env, value, &is_typed_array));
  TypedArrayMemory memory;
  if (is_typed_array) {
    Check(napi_get_typedarray_info(env, value, &memory.type, &memory.length, &memory.data, nullptr,
                                   nullptr));
  }
  if (!is_typed_array || std::find(types.begin(), types.end(), memory.type) == types.end()) {
    throw Error(ErrorKind::kArgument, path, expected,
                is_typed_array ? "a typed array of another type" : Describe(env, value),
                "Copy the values into such an array.");
  }
  if (memory.data == nullptr) memory.length = 0;
  return memory;
}

std::span<const float> FloatsArgument(napi_env env, napi_value value, const char* path) {
  constexpr napi_typedarray_type kTypes[] = {napi_float32_array};
  return TypedArrayArgument(env, value, path, kTypes, "a Float32Array").As<const float>();
}

NewFloats MakeFloats(napi_env env, size_t count) {
  NewFloats made;
  made.array = count <= kMostFloatsMadeDirectly ? MakeDirectly(env, count) : MakeInJs(env, count);
  TypedArrayMemory memory;
  Check(napi_get_typedarray_info(env, made.array, &memory.type, &memory.length, &memory.data,
                                 nullptr, nullptr));
  // Whoever replaced the constructor before this addon was loaded may have made something else.
  if (memory.type != napi_float32_array || memory.length != count) throw JsFailure();
  made.values = memory.As<float>();
  return made;
}

}  // namespace layerwise
