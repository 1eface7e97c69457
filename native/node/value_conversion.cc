#include "native/node/value_conversion.h"

#include <cstdint>
#include <utility>

#include "native/core/error.h"

namespace layerwise {
namespace {

constexpr int kMaxDepth = 64;
constexpr int64_t kMaxValues = 1'000'000;

class Converter {
 public:
  Value Convert(Napi::Value value, const std::string& path, int depth) {
    if (depth > kMaxDepth || ++converted_ > kMaxValues) {
      throw Error(ErrorKind::kArgument, path, "plain data of a sensible size",
                  depth > kMaxDepth ? "data nested too deep, or a cycle" : "too much of it",
                  "Pass only the documented options.");
    }
    switch (value.Type()) {
      case napi_undefined:
      case napi_null:
        return {};
      case napi_boolean:
        return value.As<Napi::Boolean>().Value();
      case napi_number:
        return value.As<Napi::Number>().DoubleValue();
      case napi_string:
        return value.As<Napi::String>().Utf8Value();
      case napi_object:
        return FromObject(value, path, depth);
      default:
        throw NotPlain(path, "a function, symbol or bigint");
    }
  }

 private:
  static Error NotPlain(const std::string& path, const char* received) {
    return {ErrorKind::kArgument, path, "plain data: objects, arrays, strings, numbers, booleans",
            received, "Pass only the documented options."};
  }

  Value FromObject(Napi::Value value, const std::string& path, int depth) {
    if (value.IsTypedArray() || value.IsArrayBuffer() || value.IsBuffer() || value.IsDataView() ||
        value.IsPromise() || value.IsDate()) {
      throw NotPlain(path, "a special object");
    }
    if (value.IsArray()) return FromArray(value.As<Napi::Array>(), path, depth);
    const auto object = value.As<Napi::Object>();
    napi_value raw_keys = nullptr;
    const napi_status status = napi_get_all_property_names(
        object.Env(), object, napi_key_own_only,
        static_cast<napi_key_filter>(napi_key_enumerable | napi_key_skip_symbols),
        napi_key_numbers_to_strings, &raw_keys);
    if (status != napi_ok) throw Napi::Error::New(object.Env());
    const Napi::Array keys(object.Env(), raw_keys);
    Value::Object members;
    for (uint32_t i = 0; i < keys.Length(); ++i) {
      const Napi::HandleScope scope(object.Env());
      const std::string name = Napi::Value(keys[i]).As<Napi::String>().Utf8Value();
      members.emplace_back(name, Convert(object.Get(name), path + "." + name, depth + 1));
    }
    return members;
  }

  Value FromArray(const Napi::Array& array, const std::string& path, int depth) {
    Value::Array items;
    for (uint32_t i = 0; i < array.Length(); ++i) {
      const Napi::HandleScope scope(array.Env());
      items.push_back(Convert(array.Get(i), path + "[" + std::to_string(i) + "]", depth + 1));
    }
    return items;
  }

  int64_t converted_ = 0;
};

}  // namespace

Value FromJs(Napi::Value value, const std::string& path) {
  return Converter().Convert(value, path, 0);
}

Napi::Value ToJs(Napi::Env env, const Value& value) {
  if (const bool* truth = value.bool_if()) return Napi::Boolean::New(env, *truth);
  if (const double* number = value.number_if()) return Napi::Number::New(env, *number);
  if (const std::string* text = value.string_if()) return Napi::String::New(env, *text);
  if (const Value::Array* items = value.array_if()) {
    const Napi::Array array = Napi::Array::New(env, items->size());
    for (uint32_t i = 0; i < items->size(); ++i) array.Set(i, ToJs(env, (*items)[i]));
    return array;
  }
  if (const Value::Object* members = value.object_if()) {
    const Napi::Object object = Napi::Object::New(env);
    for (const auto& [name, member] : *members) object.Set(name, ToJs(env, member));
    return object;
  }
  return env.Null();
}

}  // namespace layerwise
