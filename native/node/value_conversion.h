// Between JavaScript values and the core's plain data.
#pragma once

#include <node_api.h>

#include <string>

#include "native/core/value.h"

namespace layerwise {

// An object of plain data: own enumerable properties with string keys, arrays, strings, numbers,
// booleans, null; undefined is null. Throws an Error for anything else (functions, typed arrays,
// bigints), and for data nested too deep or too large, cycles included; its path begins below the
// value, or is `name` for the value itself. A getter that throws throws its own JavaScript error.
// `except` names a member of the value to leave out.
Value FromJs(napi_env env, napi_value value, const char* name, const char* except = nullptr);

napi_value ToJs(napi_env env, const Value& value);

// The text of a JavaScript string; throws an Error when it is longer than anything sensible.
std::string TextOf(napi_env env, napi_value string, const std::string& path);

// "a function", "undefined": for messages.
const char* TypeNameOf(napi_env env, napi_value value);

}  // namespace layerwise
