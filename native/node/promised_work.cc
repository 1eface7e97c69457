#include "native/node/promised_work.h"

#include "native/node/error_conversion.h"

namespace layerwise {

napi_value PromisedWork::MakePromise(napi_env env, size_t native_bytes) {
  napi_value promise = nullptr;
  Check(napi_create_promise(env, &deferred_, &promise));
  memory_.emplace(env);
  memory_->Report(native_bytes);
  return promise;
}

void PromisedWork::ExecuteAndRelease() noexcept {
  try {
    Execute();
  } catch (...) {
    error_ = std::current_exception();
  }
  Release();
}

PromisedWork::Outcome PromisedWork::TakeOutcome(napi_env env) noexcept {
  if (error_ != nullptr) return {ToJsError(env, error_), true};
  try {
    return {Result(env), false};
  } catch (const JsFailure&) {
    napi_value exception = nullptr;
    napi_get_and_clear_last_exception(env, &exception);
    return {exception, true};
  } catch (...) {
    return {ToJsError(env, std::current_exception()), true};
  }
}

void PromisedWork::Settle(napi_env env, std::unique_ptr<PromisedWork> work) noexcept {
  napi_handle_scope scope = nullptr;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return;
  const Outcome outcome = work->TakeOutcome(env);
  napi_deferred deferred = work->deferred_;
  work.reset();
  if (outcome.value != nullptr) {
    (outcome.is_error ? napi_reject_deferred : napi_resolve_deferred)(env, deferred, outcome.value);
  }
  napi_close_handle_scope(env, scope);
}

}  // namespace layerwise
