#include "native/node/arguments.h"

#include <algorithm>
#include <cmath>

#include "native/core/error.h"
#include "native/node/boundary.h"
#include "native/node/instance.h"
#include "native/node/value_conversion.h"

namespace layerwise {
namespace {

std::string Describe(const Napi::Value& value) {
  if (!value.IsNumber()) return TypeNameOf(value);
  return Value(value.As<Napi::Number>().DoubleValue()).Describe();
}

// As C, which tells about arrays of any type at once.
napi_status ReadTypedArray(const Napi::Value& value, TypedArrayMemory* memory) {
  return napi_get_typedarray_info(value.Env(), value, &memory->type, &memory->length, &memory->data,
                                  nullptr, nullptr);
}

// JavaScript throws where memory is short, where Float32Array::New ends the process. But the
// request to terminate a worker is lost when it arrives while JavaScript runs in here, so this is
// no way for arrays that are made all the time.
NewFloats MakeInJs(Napi::Env env, size_t count) {
  const napi_value length = Napi::Number::New(env, static_cast<double>(count));
  napi_value array = nullptr;
  if (napi_new_instance(env, Instance::Of(env).float32_array.Value(), 1, &length, &array) !=
      napi_ok) {
    napi_value exception = nullptr;
    Check(env, napi_get_and_clear_last_exception(env, &exception));
    const bool is_range_error = Napi::Value(env, exception).IsObject();
    if (!is_range_error) throw Napi::Error(env, nullptr);  // JavaScript is being terminated
    throw Error(ErrorKind::kMemory, "memory", "room for " + std::to_string(count) + " numbers",
                "a refusal by the system", "Ask for fewer rows at a time.");
  }
  TypedArrayMemory memory;
  // Whoever replaced the constructor before this addon was loaded may have made something else.
  if (ReadTypedArray({env, array}, &memory) != napi_ok || memory.type != napi_float32_array ||
      memory.length != count) {
    throw Napi::Error(env, nullptr);
  }
  return {{env, array}, memory.As<float>()};
}

// The bounds are within the integers that a double can count. Asks for the number at once: numbers
// are what comes.
bool IsIntegerWithin(const Napi::Value& value, int64_t minimum, int64_t maximum, int64_t* integer) {
  double number = 0;
  if (napi_get_value_double(value.Env(), value, &number) != napi_ok) return false;
  const bool is_within =
      number >= static_cast<double>(minimum) && number <= static_cast<double>(maximum);
  if (!is_within || number != std::floor(number)) return false;
  *integer = static_cast<int64_t>(number);
  return true;
}

constexpr size_t kMostFloatsMadeDirectly = size_t{4} << 20;

}  // namespace

bool IsNullish(const Napi::Value& value) {
  const napi_valuetype type = value.Type();
  return type == napi_undefined || type == napi_null;
}

bool IsPlainObject(const Napi::Value& value) { return value.Type() == napi_object; }

int64_t IntegerArgument(const Napi::Value& value, const char* path, int64_t minimum,
                        int64_t maximum) {
  int64_t integer = 0;
  if (IsIntegerWithin(value, minimum, maximum, &integer)) return integer;
  throw Error(ErrorKind::kArgument, path,
              "an integer from " + std::to_string(minimum) + " to " + std::to_string(maximum),
              Describe(value), "Give a whole number in this range.");
}

int64_t IntegerArgumentOr(const Napi::Value& value, const char* path, int64_t minimum,
                          int64_t maximum, int64_t fallback) {
  int64_t integer = 0;
  if (IsIntegerWithin(value, minimum, maximum, &integer)) return integer;
  return IsNullish(value) ? fallback : IntegerArgument(value, path, minimum, maximum);
}

std::string TextArgument(const Napi::Value& value, const char* path) {
  if (value.IsString()) return TextOf(value.As<Napi::String>(), path);
  throw Error(ErrorKind::kArgument, path, "a string", Describe(value), "Give it as a string.");
}

TypedArrayMemory TypedArrayArgument(const Napi::Value& value, const char* path,
                                    std::span<const napi_typedarray_type> types,
                                    const char* expected) {
  TypedArrayMemory memory;
  const bool is_typed_array = ReadTypedArray(value, &memory) == napi_ok;
  if (!is_typed_array || std::find(types.begin(), types.end(), memory.type) == types.end()) {
    throw Error(ErrorKind::kArgument, path, expected,
                is_typed_array ? "a typed array of another type" : Describe(value),
                "Copy the values into such an array.");
  }
  if (memory.data == nullptr) memory.length = 0;
  return memory;
}

std::span<float> FloatsArgument(const Napi::Value& value, const char* path) {
  constexpr napi_typedarray_type kTypes[] = {napi_float32_array};
  return TypedArrayArgument(value, path, kTypes, "a Float32Array").As<float>();
}

NewFloats MakeFloats(Napi::Env env, size_t count) {
  if (count > kMostFloatsMadeDirectly) return MakeInJs(env, count);
  Napi::Float32Array array = Napi::Float32Array::New(env, count);
  return {array, {array.Data(), count}};
}

}  // namespace layerwise
