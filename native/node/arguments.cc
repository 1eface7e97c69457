#include "native/node/arguments.h"

#include <cmath>

#include "native/core/error.h"

namespace layerwise {
namespace {

const char* TypeName(napi_valuetype type) {
  switch (type) {
    case napi_undefined:
      return "undefined";
    case napi_null:
      return "null";
    case napi_boolean:
      return "a boolean";
    case napi_number:
      return "a number";
    case napi_string:
      return "a string";
    case napi_symbol:
      return "a symbol";
    case napi_function:
      return "a function";
    case napi_bigint:
      return "a bigint";
    default:
      return "an object";
  }
}

}  // namespace

int64_t IntegerArgument(Napi::Value value, const char* path, int64_t minimum, int64_t maximum) {
  const std::string expected =
      "an integer from " + std::to_string(minimum) + " to " + std::to_string(maximum);
  if (!value.IsNumber()) {
    throw Error(ErrorKind::kArgument, path, expected, TypeName(value.Type()), "Give a number.");
  }
  const double number = value.As<Napi::Number>().DoubleValue();
  if (number >= static_cast<double>(minimum) && number <= static_cast<double>(maximum) &&
      number == std::floor(number)) {
    return static_cast<int64_t>(number);
  }
  throw Error(ErrorKind::kArgument, path, expected, std::to_string(number), "Give such a number.");
}

int64_t IntegerArgumentOr(Napi::Value value, const char* path, int64_t minimum, int64_t maximum,
                          int64_t fallback) {
  if (value.IsUndefined() || value.IsNull()) return fallback;
  return IntegerArgument(value, path, minimum, maximum);
}

std::string StringArgument(Napi::Value value, const char* path) {
  if (value.IsString()) return value.As<Napi::String>().Utf8Value();
  throw Error(ErrorKind::kArgument, path, "a string", TypeName(value.Type()), "Give a string.");
}

TypedArrayMemory MemoryOf(Napi::Value value, const char* path) {
  if (!value.IsTypedArray()) ThrowNotTypedArray(value, path);
  TypedArrayMemory memory{};
  void* data = nullptr;
  napi_value buffer = nullptr;
  size_t offset = 0;
  const napi_status status = napi_get_typedarray_info(value.Env(), value, &memory.type,
                                                      &memory.length, &data, &buffer, &offset);
  if (status != napi_ok) ThrowNotTypedArray(value, path);
  // A detached buffer has length 0 and no memory.
  memory.data = data;
  if (data == nullptr) memory.length = 0;
  return memory;
}

std::span<const float> FloatsArgument(Napi::Value value, const char* path) {
  std::span<const float> floats;
  WithTypedArray<float>(value, path, [&](std::span<const float> values) { floats = values; });
  return floats;
}

void ThrowNotTypedArray(Napi::Value value, const char* path) {
  throw Error(ErrorKind::kArgument, path, "a typed array of a supported type",
              value.IsTypedArray() ? "another typed array" : TypeName(value.Type()),
              "Give a Float32Array.");
}

}  // namespace layerwise
