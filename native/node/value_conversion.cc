#include "native/node/value_conversion.h"

#include <cstdint>
#include <utility>

#include "native/core/error.h"
#include "native/node/call.h"

namespace layerwise {
namespace {

constexpr int kMaxDepth = 32;
constexpr int64_t kMaxValues = 500'000;
constexpr size_t kMaxTextBytes = size_t{1} << 20;

constexpr const char* kRemedy = "Pass only the documented options.";

napi_valuetype TypeOf(napi_env env, napi_value value) {
  napi_valuetype type = napi_undefined;
  Check(napi_typeof(env, value, &type));
  return type;
}

using Predicate = napi_status (*)(napi_env, napi_value, bool*);

bool Is(Predicate predicate, napi_env env, napi_value value) {
  bool result = false;
  Check(predicate(env, value, &result));
  return result;
}

bool IsSpecial(napi_env env, napi_value value) {
  constexpr Predicate kSpecial[] = {&napi_is_typedarray, &napi_is_arraybuffer, &napi_is_dataview,
                                    &napi_is_promise,    &napi_is_date,        &napi_is_error};
  for (const Predicate predicate : kSpecial) {
    if (Is(predicate, env, value)) return true;
  }
  return false;
}

class Converter {
 public:
  Converter(napi_env env, const char* name) : env_(env), name_(name) {}

  Value Convert(napi_value value, const std::string& path, int depth) {
    if (depth > kMaxDepth) ThrowNotPlain(path, "data nested too deep, or a cycle");
    Count(1, path);
    switch (TypeOf(env_, value)) {
      case napi_undefined:
      case napi_null:
        return {};
      case napi_boolean: {
        bool truth = false;
        Check(napi_get_value_bool(env_, value, &truth));
        return truth;
      }
      case napi_number: {
        double number = 0;
        Check(napi_get_value_double(env_, value, &number));
        return number;
      }
      case napi_string:
        return TextOf(env_, value, path.empty() ? name_ : path);
      case napi_object:
        break;
      default:
        ThrowNotPlain(path, TypeNameOf(env_, value));
    }
    if (IsSpecial(env_, value)) ThrowNotPlain(path, "a special object");
    if (Is(&napi_is_array, env_, value)) return FromArray(value, path, depth);
    return FromObject(value, path, depth, nullptr);
  }

  Value FromObject(napi_value object, const std::string& path, int depth, const char* except) {
    napi_value keys = nullptr;
    Check(napi_get_all_property_names(
        env_, object, napi_key_own_only,
        static_cast<napi_key_filter>(napi_key_enumerable | napi_key_skip_symbols),
        napi_key_numbers_to_strings, &keys));
    uint32_t count = 0;
    Check(napi_get_array_length(env_, keys, &count));
    Count(count, path);
    Value::Object members;
    for (uint32_t i = 0; i < count; ++i) {
      const HandleScope scope(env_);
      napi_value key = nullptr;
      napi_value member = nullptr;
      Check(napi_get_element(env_, keys, i, &key));
      std::string name = TextOf(env_, key, path.empty() ? name_ : path);
      if (except != nullptr && name == except) continue;
      Check(napi_get_property(env_, object, key, &member));
      Value value = Convert(member, path.empty() ? name : path + "." + name, depth + 1);
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

  Value FromArray(napi_value array, const std::string& path, int depth) {
    uint32_t count = 0;
    Check(napi_get_array_length(env_, array, &count));
    Count(count, path);
    Value::Array items;
    for (uint32_t i = 0; i < count; ++i) {
      const HandleScope scope(env_);
      napi_value item = nullptr;
      Check(napi_get_element(env_, array, i, &item));
      items.push_back(Convert(item, path + "[" + std::to_string(i) + "]", depth + 1));
    }
    return items;
  }

  napi_env env_;
  std::string name_;
  int64_t values_ = 0;
};

}  // namespace

Value FromJs(napi_env env, napi_value value, const char* name, const char* except) {
  const char* received = TypeNameOf(env, value);
  const bool is_special = IsSpecial(env, value);
  if (TypeOf(env, value) != napi_object || Is(&napi_is_array, env, value) || is_special) {
    throw Error(ErrorKind::kArgument, name, "an object", is_special ? "a special object" : received,
                "Give an object with named members.");
  }
  return Converter(env, name).FromObject(value, "", 0, except);
}

napi_value ToJs(napi_env env, const Value& value) {
  napi_value made = nullptr;
  if (const bool* truth = value.bool_if()) {
    Check(napi_get_boolean(env, *truth, &made));
  } else if (const double* number = value.number_if()) {
    Check(napi_create_double(env, *number, &made));
  } else if (const std::string* text = value.string_if()) {
    Check(napi_create_string_utf8(env, text->data(), text->size(), &made));
  } else if (const Value::Array* items = value.array_if()) {
    Check(napi_create_array_with_length(env, items->size(), &made));
    for (uint32_t i = 0; i < items->size(); ++i) {
      const HandleScope scope(env);
      Check(napi_set_element(env, made, i, ToJs(env, (*items)[i])));
    }
  } else if (const Value::Object* members = value.object_if()) {
    Check(napi_create_object(env, &made));
    for (const auto& [name, member] : *members) {
      const HandleScope scope(env);
      Check(napi_set_named_property(env, made, name.c_str(), ToJs(env, member)));
    }
  } else {
    Check(napi_get_null(env, &made));
  }
  return made;
}

std::string TextOf(napi_env env, napi_value string, const std::string& path) {
  size_t bytes = 0;
  Check(napi_get_value_string_utf8(env, string, nullptr, 0, &bytes));
  if (bytes > kMaxTextBytes) {
    throw Error(ErrorKind::kArgument, path, "a string of a sensible length",
                std::to_string(bytes) + " bytes", kRemedy);
  }
  std::string text(bytes, '\0');
  Check(napi_get_value_string_utf8(env, string, text.data(), bytes + 1, &bytes));
  return text;
}

const char* TypeNameOf(napi_env env, napi_value value) {
  switch (TypeOf(env, value)) {
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
      return Is(&napi_is_array, env, value) ? "an array" : "an object";
  }
}

}  // namespace layerwise
