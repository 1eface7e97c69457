// The core's errors as JavaScript errors. No C++ exception may pass the boundary to JavaScript in
// any other form.
#pragma once

#include <napi.h>

#include <exception>
#include <new>
#include <string>

#include "native/core/error.h"

namespace layerwise {

// An Error object with the own properties code, kind, path, expected, received and remedy.
Napi::Error ToJsError(Napi::Env env, const Error& error);
// For any exception of the core or the standard library.
Napi::Error ToJsError(Napi::Env env, const std::exception_ptr& exception);

// Runs a binding's body; JavaScript errors pass, everything else is converted.
template <typename F>
auto Guarded(Napi::Env env, F&& body) -> decltype(body()) {
  try {
    return body();
  } catch (const Napi::Error&) {
    throw;
  } catch (...) {
    throw ToJsError(env, std::current_exception());
  }
}

}  // namespace layerwise
