// Between JavaScript values and the core's plain data.
#pragma once

#include <napi.h>

#include <string>

#include "native/core/value.h"

namespace layerwise {

// Own enumerable properties with string keys, arrays, strings, numbers, booleans, null; undefined
// is null. Throws an Error for anything else (functions, typed arrays, symbols), and for data
// nested too deep or too large, cycles included. A getter that throws throws its own JavaScript
// error.
Value FromJs(Napi::Value value, const std::string& path);

Napi::Value ToJs(Napi::Env env, const Value& value);

}  // namespace layerwise
