#include "native/node/value_conversion.h"

#include <cstdint>
#include <utility>

#include "native/core/error.h"
#include "native/node/arguments.h"
#include "native/node/boundary.h"

namespace layerwise {
namespace {

constexpr int kMaxDepth = 32;
constexpr int64_t kMaxValues = 500'000;
constexpr size_t kMaxTextBytes = size_t{1} << 20;

constexpr const char* kRemedy = "Pass only the documented options.";

bool IsError(const Napi::Value& value) {
  bool is_error = false;
  Check(value.Env(), napi_is_error(value.Env(), value, &is_error));
  return is_error;
}

bool IsSpecial(const Napi::Value& value) {
  return value.IsTypedArray() || value.IsArrayBuffer() || value.IsDataView() || value.IsPromise() ||
         value.IsDate() || IsError(value);
}

class Converter {
 public:
  explicit Converter(const char* name) : name_(name) {}

  Value Convert(const Napi::Value& value, const std::string& path, int depth) {
    if (depth > kMaxDepth) ThrowNotPlain(path, "data nested too deep, or a cycle");
    Count(1, path);
    switch (value.Type()) {
      case napi_undefined:
      case napi_null:
        return {};
      case napi_boolean:
        return value.As<Napi::Boolean>().Value();
      case napi_number:
        return value.As<Napi::Number>().DoubleValue();
      case napi_string:
        return TextOf(value.As<Napi::String>(), path.empty() ? name_ : path);
      case napi_object:
        break;
      default:
        ThrowNotPlain(path, TypeNameOf(value));
    }
    if (IsSpecial(value)) ThrowNotPlain(path, "a special object");
    if (value.IsArray()) return FromArray(value.As<Napi::Array>(), path, depth);
    return FromObject(value.As<Napi::Object>(), path, depth, nullptr);
  }

  Value FromObject(const Napi::Object& object, const std::string& path, int depth,
                   const char* except) {
    const Napi::Array keys = OwnKeys(object);
    const uint32_t count = keys.Length();
    Count(count, path);
    const std::string prefix = path.empty() ? "" : path + ".";
    Value::Object members;
    for (uint32_t i = 0; i < count; ++i) {
      const Napi::HandleScope scope(object.Env());
      const auto key = GetMember(keys, i).As<Napi::String>();
      std::string name = TextOf(key, path.empty() ? name_ : path);
      if (except != nullptr && name == except) continue;
      const Napi::Value member = GetMember(object, key);
      if (member.IsUndefined()) continue;  // not given, as in JSON
      Value value = Convert(member, prefix + name, depth + 1);
      members.emplace_back(std::move(name), std::move(value));
    }
    return members;
  }

 private:
  [[noreturn]] void ThrowNotPlain(const std::string& path, std::string received) const {
    throw Error(ErrorKind::kArgument, path.empty() ? name_ : path,
                "plain data: objects, arrays, strings, numbers and booleans", std::move(received),
                kRemedy);
  }

  // The limit comes before the work: an array may say that it has billions of items.
  void Count(int64_t values, const std::string& path) {
    values_ += values;
    if (values_ > kMaxValues) ThrowNotPlain(path, "too much of it");
  }

  Value FromArray(const Napi::Array& array, const std::string& path, int depth) {
    const uint32_t count = array.Length();
    Count(count, path);
    Value::Array items;
    for (uint32_t i = 0; i < count; ++i) {
      const Napi::HandleScope scope(array.Env());
      const Napi::Value item = GetMember(array, i);
      items.push_back(Convert(item, path + "[" + std::to_string(i) + "]", depth + 1));
    }
    return items;
  }

  std::string name_;
  int64_t values_ = 0;
};

}  // namespace

// As C: the wrapper's lists inherited ones too.
Napi::Array OwnKeys(const Napi::Object& object) {
  napi_value keys = nullptr;
  Check(object.Env(), napi_get_all_property_names(
                          object.Env(), object, napi_key_own_only,
                          static_cast<napi_key_filter>(napi_key_enumerable | napi_key_skip_symbols),
                          napi_key_numbers_to_strings, &keys));
  return {object.Env(), keys};
}

Value FromJs(const Napi::Value& value, const char* name, const char* except) {
  const bool is_special = IsSpecial(value);
  if (!IsPlainObject(value) || value.IsArray() || is_special) {
    throw Error(ErrorKind::kArgument, name, "an object",
                is_special ? "a special object" : TypeNameOf(value),
                "Give an object with named members.");
  }
  return Converter(name).FromObject(value.As<Napi::Object>(), "", 0, except);
}

Napi::Value ToJs(Napi::Env env, const Value& value) {
  if (const bool* truth = value.bool_if()) return Napi::Boolean::New(env, *truth);
  if (const double* number = value.number_if()) return Napi::Number::New(env, *number);
  if (const std::string* text = value.string_if()) return Napi::String::New(env, *text);
  if (const Value::Array* items = value.array_if()) {
    const Napi::Array made = Napi::Array::New(env, items->size());
    for (uint32_t i = 0; i < items->size(); ++i) {
      const Napi::HandleScope scope(env);
      SetMember(made, i, ToJs(env, (*items)[i]));
    }
    return made;
  }
  if (const Value::Object* members = value.object_if()) {
    const Napi::Object made = Napi::Object::New(env);
    for (const auto& [name, member] : *members) {
      const Napi::HandleScope scope(env);
      SetMember(made, name.c_str(), ToJs(env, member));
    }
    return made;
  }
  return env.Null();
}

std::string TextOf(const Napi::String& string, const std::string& path) {
  size_t bytes = 0;
  Check(string.Env(), napi_get_value_string_utf8(string.Env(), string, nullptr, 0, &bytes));
  if (bytes > kMaxTextBytes) {
    throw Error(ErrorKind::kArgument, path, "a string of a sensible length",
                std::to_string(bytes) + " bytes", kRemedy);
  }
  return string.Utf8Value();
}

const char* TypeNameOf(const Napi::Value& value) {
  switch (value.Type()) {
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
      return value.IsArray() ? "an array" : "an object";
  }
}

}  // namespace layerwise
