// Between JavaScript values and the core's plain data.
#pragma once

#include <napi.h>

#include <string>

#include "native/core/value.h"

namespace layerwise {

// An object of plain data: own enumerable properties with string keys, arrays, strings, numbers,
// booleans, null; undefined is null. Throws an Error for anything else (functions, typed arrays,
// bigints), and for data nested too deep or too large, cycles included; its path begins below the
// value, or is `name` for the value itself. A getter that throws throws its own JavaScript error.
// `except` names a member of the value to leave out.
Value FromJs(const Napi::Value& value, const char* name, const char* except = nullptr);

Napi::Value ToJs(Napi::Env env, const Value& value);

// Own enumerable properties with string keys.
Napi::Array OwnKeys(const Napi::Object& object);

// The text of a JavaScript string; throws an Error when it is longer than anything sensible.
std::string TextOf(const Napi::String& string, const std::string& path);

// "a function", "undefined": for messages.
const char* TypeNameOf(const Napi::Value& value);

}  // namespace layerwise
