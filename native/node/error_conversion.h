// The core's errors as JavaScript errors.
#pragma once

#include <node_api.h>

#include <exception>

namespace layerwise {

// An Error object; one of the core's gets the own properties code, kind, path, expected, received
// and remedy. nullptr when the environment is ending.
napi_value ToJsError(napi_env env, const std::exception_ptr& exception) noexcept;

}  // namespace layerwise
