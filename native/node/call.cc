#include "native/node/call.h"

#include <exception>

#include "native/node/error_conversion.h"

namespace layerwise {

Call ReadCall(napi_env env, napi_callback_info info) {
  Call call;
  call.env = env;
  size_t count = call.arguments.size();
  Check(napi_get_cb_info(env, info, &count, call.arguments.data(), &call.self, &call.data));
  return call;
}

void ThrowCaughtInJs(napi_env env) noexcept {
  try {
    throw;
  } catch (const JsFailure&) {
    bool is_pending = false;
    napi_is_exception_pending(env, &is_pending);
    if (!is_pending) napi_throw_error(env, "LAYERWISE", "A call of Node-API failed.");
  } catch (...) {
    napi_value error = ToJsError(env, std::current_exception());
    if (error != nullptr) napi_throw(env, error);
  }
}

}  // namespace layerwise
