#include "native/node/job.h"

#include "native/node/error_conversion.h"

// In the callbacks below the plain C calls are used and their status is mostly passed over: when a
// worker is being terminated they all fail, and the C++ wrappers would throw from where nothing
// catches.

namespace layerwise {

Napi::Value Job::Start(Napi::Env env, std::unique_ptr<Job> job, Napi::Function listener,
                       int64_t native_bytes) {
  Job* const started = job.get();
  started->env_ = env;
  started->native_bytes_ = native_bytes;
  napi_value promise = nullptr;
  NAPI_THROW_IF_FAILED(env, napi_create_promise(env, &started->deferred_, &promise), {});
  const Napi::String name = Napi::String::New(env, "layerwise");
  const napi_value function = listener.IsEmpty() ? nullptr : static_cast<napi_value>(listener);
  NAPI_THROW_IF_FAILED(
      env,
      napi_create_threadsafe_function(env, function, nullptr, name, 0, 1, started, &OnFinalize,
                                      started, &OnMessage, &started->function_),
      {});
  if (function != nullptr) napi_create_reference(env, function, 1, &started->listener_);
  napi_add_env_cleanup_hook(env, &OnEnvironmentEnd, started);
  int64_t adjusted = 0;
  napi_adjust_external_memory(env, native_bytes, &adjusted);
  static_cast<void>(job.release());  // from here on OnFinalize deletes it
  try {
    started->thread_ = std::thread([started] { started->RunOnThread(); });
  } catch (const std::exception&) {
    started->error_ = std::current_exception();
    napi_release_threadsafe_function(started->function_, napi_tsfn_release);
  }
  return {env, promise};
}

void Job::RunOnThread() {
  try {
    Execute();
  } catch (...) {
    error_ = std::current_exception();
  }
  napi_release_threadsafe_function(function_, napi_tsfn_release);
}

void Job::Notify() {
  if (notified_.exchange(true)) return;
  napi_call_threadsafe_function(function_, nullptr, napi_tsfn_nonblocking);
}

void Job::OnMessage(napi_env env, napi_value listener, void* context, void*) {
  if (env == nullptr) return;  // the environment is ending
  static_cast<Job*>(context)->DeliverMessages(env, listener);
}

void Job::DeliverMessages(napi_env env, napi_value listener) {
  notified_.store(false);
  if (listener == nullptr || environment_ended_) return;
  napi_value messages = nullptr;
  try {
    messages = TakeMessages(env);
  } catch (const std::exception&) {
    return;  // the environment refuses new values: it is ending
  }
  if (messages == nullptr) return;
  napi_value undefined = nullptr;
  napi_get_undefined(env, &undefined);
  if (napi_call_function(env, undefined, listener, 1, &messages, nullptr) !=
      napi_pending_exception) {
    return;
  }
  // A listener that throws is like any other uncaught exception; the run goes on.
  napi_value exception = nullptr;
  if (napi_get_and_clear_last_exception(env, &exception) == napi_ok) {
    napi_fatal_exception(env, exception);
  }
}

void Job::OnFinalize(napi_env env, void* data, void*) {
  const std::unique_ptr<Job> job(static_cast<Job*>(data));
  if (job->thread_.joinable()) job->thread_.join();
  if (!job->environment_ended_) {
    napi_remove_env_cleanup_hook(env, &OnEnvironmentEnd, job.get());
    job->Settle(env);
  }
  if (job->listener_ != nullptr) napi_delete_reference(env, job->listener_);
  int64_t adjusted = 0;
  napi_adjust_external_memory(env, -job->native_bytes_, &adjusted);
}

void Job::Settle(napi_env env) {
  napi_handle_scope scope = nullptr;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return;
  if (listener_ != nullptr) {
    napi_value listener = nullptr;
    napi_get_reference_value(env, listener_, &listener);
    DeliverMessages(env, listener);
  }
  try {
    if (error_ != nullptr) {
      napi_reject_deferred(env, deferred_, ToJsError(env, error_).Value());
    } else {
      napi_resolve_deferred(env, deferred_, Result(env));
    }
  } catch (const Napi::Error& error) {
    napi_reject_deferred(env, deferred_, error.Value());
  } catch (const std::exception&) {
    // Nothing can be created any more: the environment is ending.
  }
  napi_close_handle_scope(env, scope);
}

void Job::OnEnvironmentEnd(void* data) {
  Job* const job = static_cast<Job*>(data);
  job->environment_ended_ = true;
  job->Stop();
  napi_release_threadsafe_function(job->function_, napi_tsfn_abort);
  if (job->thread_.joinable()) job->thread_.join();
}

}  // namespace layerwise
