#include "native/node/promised_work.h"

#include "native/node/error_conversion.h"

namespace layerwise {

Napi::Promise PromisedWork::MakePromise(Napi::Env env, size_t native_bytes) {
  deferred_.emplace(env);
  memory_.emplace(env);
  memory_->Report(native_bytes);
  return deferred_->Promise();
}

void PromisedWork::ExecuteAndRelease() noexcept {
  try {
    Execute();
  } catch (...) {
    error_ = std::current_exception();
  }
  Release();
}

PromisedWork::Outcome PromisedWork::TakeOutcome(Napi::Env env) {
  try {
    if (error_ != nullptr) std::rethrow_exception(error_);
    return {Result(env), false};
  } catch (...) {
    const Napi::Error error = ToJsError(env, std::current_exception());
    if (!error.IsEmpty()) return {error.Value(), true};
    napi_value exception = nullptr;
    napi_get_and_clear_last_exception(env, &exception);
    return {exception, true};
  }
}

void PromisedWork::Settle(Napi::Env env, std::unique_ptr<PromisedWork> work) noexcept {
  try {
    const Napi::HandleScope scope(env);
    const Outcome outcome = work->TakeOutcome(env);
    const std::optional<Napi::Promise::Deferred> deferred = work->deferred_;
    work.reset();
    if (!deferred || outcome.value == nullptr) return;
    if (outcome.is_error) {
      deferred->Reject(outcome.value);
    } else {
      deferred->Resolve(outcome.value);
    }
  } catch (...) {
    // The environment is ending: nobody waits for the promise.
  }
}

}  // namespace layerwise
