#include "native/node/job.h"

#include "native/node/error_conversion.h"

namespace layerwise {

napi_value Job::Start(napi_env env, std::unique_ptr<Job> job, napi_value listener,
                      size_t native_bytes) {
  napi_value promise = nullptr;
  Check(napi_create_promise(env, &job->deferred_, &promise));
  job->Prepare(env, listener, native_bytes);
  Job* const started = job.release();  // from here on OnFinalize deletes it
  try {
    started->thread_ = std::thread([started] { started->RunOnThread(); });
  } catch (...) {
    started->error_ = std::current_exception();
    napi_release_threadsafe_function(started->function_, napi_tsfn_release);
  }
  return promise;
}

// What may fail comes first: after the thread-safe function there is no way back.
void Job::Prepare(napi_env env, napi_value listener, size_t native_bytes) {
  if (listener != nullptr) listener_ = Reference(env, listener);
  memory_ = std::make_unique<ExternalMemory>(env);
  napi_value name = nullptr;
  Check(napi_create_string_utf8(env, "layerwise", NAPI_AUTO_LENGTH, &name));
  constexpr size_t kUnlimitedQueue = 0;
  constexpr size_t kThreads = 1;
  Check(napi_create_threadsafe_function(env, nullptr, nullptr, name, kUnlimitedQueue, kThreads,
                                        this, &OnFinalize, this, &OnNotified, &function_));
  napi_add_env_cleanup_hook(env, &OnEnvironmentEnd, this);
  memory_->Report(native_bytes);
}

void Job::RunOnThread() noexcept {
  try {
    Execute();
  } catch (...) {
    error_ = std::current_exception();
  }
  Release();
  napi_release_threadsafe_function(function_, napi_tsfn_release);
}

void Job::Notify() {
  if (listener_.is_empty() || notified_.exchange(true)) return;
  napi_call_threadsafe_function(function_, nullptr, napi_tsfn_nonblocking);
}

void Job::OnNotified(napi_env env, napi_value, void* context, void*) noexcept {
  if (env != nullptr) static_cast<Job*>(context)->DeliverMessages(env);
}

void Job::DeliverMessages(napi_env env) noexcept {
  if (listener_.is_empty() || environment_ended_) return;
  notified_.store(false);  // before taking: what comes after this is announced again
  try {
    CallListener(env);
  } catch (...) {
    // A listener that throws is an uncaught exception like any other; the work goes on.
    ThrowCaughtInJs(env);
    napi_value exception = nullptr;
    if (napi_get_and_clear_last_exception(env, &exception) == napi_ok) {
      napi_fatal_exception(env, exception);
    }
  }
}

void Job::CallListener(napi_env env) {
  napi_value messages = TakeMessages(env);
  if (messages == nullptr) return;
  napi_value undefined = nullptr;
  Check(napi_get_undefined(env, &undefined));
  Check(napi_call_function(env, undefined, listener_.Get(), 1, &messages, nullptr));
}

Job::Outcome Job::TakeOutcome(napi_env env) noexcept {
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

void Job::OnFinalize(napi_env env, void* data, void*) noexcept {
  std::unique_ptr<Job> job(static_cast<Job*>(data));
  if (job->thread_.joinable()) job->thread_.join();
  if (job->environment_ended_) return;
  napi_remove_env_cleanup_hook(env, &OnEnvironmentEnd, job.get());
  napi_handle_scope scope = nullptr;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return;
  job->DeliverMessages(env);
  const Outcome outcome = job->TakeOutcome(env);
  napi_deferred deferred = job->deferred_;
  job.reset();  // whoever waits for the promise finds everything given back
  if (outcome.value != nullptr) {
    (outcome.is_error ? napi_reject_deferred : napi_resolve_deferred)(env, deferred, outcome.value);
  }
  napi_close_handle_scope(env, scope);
}

void Job::OnEnvironmentEnd(void* data) noexcept {
  Job* const job = static_cast<Job*>(data);
  job->environment_ended_ = true;
  job->Stop();
  napi_release_threadsafe_function(job->function_, napi_tsfn_abort);
  if (job->thread_.joinable()) job->thread_.join();
}

}  // namespace layerwise
