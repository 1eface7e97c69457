#include "native/node/job.h"

#include <exception>
#include <utility>

namespace layerwise {
namespace {

// Node hands on calls of a thread-safe function without going back to the event loop as long as
// there are any. When messages come faster than they can be told, the loop gets this rest.
constexpr std::chrono::microseconds kRest{500};
constexpr size_t kMessagesWithoutRest = 4;

}  // namespace

napi_value Job::Start(napi_env env, std::unique_ptr<Job> job, napi_value listener,
                      size_t native_bytes) {
  napi_value promise = job->MakePromise(env, native_bytes);
  job->Prepare(env, listener);
  Job* const started = job.release();  // from here on OnFinalize deletes it
  try {
    started->thread_ = PooledThread([started] { started->RunOnThread(); });
  } catch (...) {
    started->Fail(std::current_exception());
    napi_release_threadsafe_function(started->function_, napi_tsfn_release);
  }
  return promise;
}

// What may fail comes first: after the thread-safe function there is no way back.
void Job::Prepare(napi_env env, napi_value listener) {
  if (listener != nullptr) listener_ = Reference(env, listener);
  napi_value name = nullptr;
  Check(napi_create_string_utf8(env, "layerwise", NAPI_AUTO_LENGTH, &name));
  constexpr size_t kUnlimitedQueue = 0;
  constexpr size_t kThreads = 1;
  Check(napi_create_threadsafe_function(env, nullptr, nullptr, name, kUnlimitedQueue, kThreads,
                                        this, &OnFinalize, this, &OnAnnounced, &function_));
  napi_add_env_cleanup_hook(env, &OnEnvironmentEnd, this);
}

void Job::RunOnThread() noexcept {
  ExecuteAndRelease();
  WaitUntilAllIsDelivered();
  napi_release_threadsafe_function(function_, napi_tsfn_release);
}

void Job::Announce() {
  {
    const std::lock_guard lock(mutex_);
    if (announced_ || Clock::now() < rest_until_) return;
    announced_ = true;
  }
  napi_call_threadsafe_function(function_, nullptr, napi_tsfn_nonblocking);
}

void Job::WaitUntilAllIsDelivered() {
  std::unique_lock lock(mutex_);
  while (HasMessages() && !environment_ended_) {
    delivered_.wait_until(lock, rest_until_, [this] { return environment_ended_.load(); });
    lock.unlock();
    Announce();
    lock.lock();
    delivered_.wait(lock, [this] { return !announced_ || environment_ended_; });
  }
}

struct Job::WaitingErrand {
  const Errand& errand;
  bool is_done = false;
};

bool Job::RunOnJsThread(const Errand& errand) {
  WaitingErrand waiting{errand};
  if (napi_call_threadsafe_function(function_, &waiting, napi_tsfn_nonblocking) != napi_ok) {
    return false;
  }
  std::unique_lock lock(mutex_);
  delivered_.wait(lock, [&] { return waiting.is_done || environment_ended_; });
  return waiting.is_done;
}

// Once the environment has ended nobody waits for the errand any more, and it is gone.
void Job::RunErrand(napi_env env, WaitingErrand& waiting) noexcept {
  if (environment_ended_) return;
  try {
    waiting.errand(env);
  } catch (...) {
    napi_value exception = nullptr;  // of JavaScript, which ends here
    napi_get_and_clear_last_exception(env, &exception);
  }
  {
    const std::lock_guard lock(mutex_);
    waiting.is_done = true;
  }
  delivered_.notify_one();
}

void Job::OnAnnounced(napi_env env, napi_value, void* context, void* data) noexcept {
  if (env == nullptr) return;
  Job* const job = static_cast<Job*>(context);
  if (data == nullptr) {
    job->DeliverMessages(env);
  } else {
    job->RunErrand(env, *static_cast<WaitingErrand*>(data));
  }
}

void Job::DeliverMessages(napi_env env) noexcept {
  if (environment_ended_) return;
  size_t count = 0;
  try {
    count = TellListener(env);
  } catch (...) {
    // A listener that throws is an uncaught exception like any other; the work goes on.
    ThrowCaughtInJs(env);
    napi_value exception = nullptr;
    if (napi_get_and_clear_last_exception(env, &exception) == napi_ok) {
      napi_fatal_exception(env, exception);
    }
  }
  // The rest begins only now: after it the job's thread announces what has come meanwhile.
  const bool needs_rest = count > kMessagesWithoutRest;
  bool has_more = false;
  {
    const std::lock_guard lock(mutex_);
    announced_ = false;
    rest_until_ = needs_rest ? Clock::now() + kRest : Clock::time_point();
    has_more = HasMessages();
  }
  delivered_.notify_one();
  if (has_more && !needs_rest) Announce();
}

// Returns how many messages there were.
size_t Job::TellListener(napi_env env) {
  const Messages messages = TakeMessages(env);
  if (messages.count == 0 || listener_.is_empty()) return messages.count;
  napi_value undefined = nullptr;
  Check(napi_get_undefined(env, &undefined));
  Check(napi_call_function(env, undefined, listener_.Get(), 1, &messages.for_listener, nullptr));
  return messages.count;
}

void Job::OnFinalize(napi_env env, void* data, void*) noexcept {
  std::unique_ptr<Job> job(static_cast<Job*>(data));
  if (job->thread_.joinable()) job->thread_.join();
  if (job->environment_ended_) return;
  napi_remove_env_cleanup_hook(env, &OnEnvironmentEnd, job.get());
  Settle(env, std::move(job));
}

void Job::OnEnvironmentEnd(void* data) noexcept {
  Job* const job = static_cast<Job*>(data);
  {
    const std::lock_guard lock(job->mutex_);
    job->environment_ended_ = true;
  }
  job->delivered_.notify_all();
  job->Stop();
  napi_release_threadsafe_function(job->function_, napi_tsfn_abort);
  if (job->thread_.joinable()) job->thread_.join();
}

}  // namespace layerwise
