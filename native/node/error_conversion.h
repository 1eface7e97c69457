// The core's errors as JavaScript errors.
#pragma once

#include <napi.h>

#include <exception>

namespace layerwise {

// One of JavaScript as it is, an empty one included: its exception is pending. One of the core as
// an Error object with the own properties code, kind, path, expected, received and remedy. Empty
// too when the environment is ending.
Napi::Error ToJsError(Napi::Env env, const std::exception_ptr& exception) noexcept;

}  // namespace layerwise
