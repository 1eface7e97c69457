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

Napi::Promise Job::Start(Napi::Env env, std::unique_ptr<Job> job, size_t native_bytes,
                         const Napi::Function& listener) {
  const Napi::Promise promise = job->MakePromise(env, native_bytes);
  job->Prepare(env, listener);
  Job* const started = job.release();  // from here on OnFinalize deletes it
  try {
    started->thread_ = PooledThread([started] { started->RunOnThread(); });
  } catch (...) {
    started->Fail(std::current_exception());
    started->function_.Release();
  }
  return promise;
}

// What may fail comes first: after the thread-safe function there is no way back.
void Job::Prepare(Napi::Env env, const Napi::Function& listener) {
  if (!listener.IsEmpty()) listener_ = Napi::Persistent(listener);
  constexpr size_t kUnlimitedQueue = 0;
  constexpr size_t kThreads = 1;
  function_ = decltype(function_)::New(env, "layerwise", kUnlimitedQueue, kThreads, this,
                                       &OnFinalize, this);
  napi_add_env_cleanup_hook(env, &OnEnvironmentEnd, this);
}

void Job::RunOnThread() noexcept {
  ExecuteAndRelease();
  WaitUntilAllIsDelivered();
  function_.Release();
}

void Job::Announce() {
  AddAndAnnounce([] {});
}

// Whether the JavaScript thread is to be told; not where it will look anyway.
bool Job::BeginAnnouncement() {
  if (announced_ || Clock::now() < rest_until_) return false;
  announced_ = true;
  return true;
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

struct Job::PendingCall {
  const JsCall& call;
  bool is_done = false;
};

bool Job::RunOnJsThread(const JsCall& call) {
  PendingCall waiting{call};
  if (function_.NonBlockingCall(&waiting) != napi_ok) return false;
  std::unique_lock lock(mutex_);
  delivered_.wait(lock, [&] { return waiting.is_done || environment_ended_; });
  return waiting.is_done;
}

// Once the environment has ended nobody waits for the call any more, and it is gone.
void Job::RunCall(Napi::Env env, PendingCall& waiting) noexcept {
  if (environment_ended_) return;
  try {
    waiting.call(env);
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

void Job::OnAnnounced(Napi::Env env, Napi::Function, Job* job, PendingCall* waiting) noexcept {
  if (env == nullptr) return;
  if (waiting == nullptr) {
    job->DeliverMessages(env);
  } else {
    job->RunCall(env, *waiting);
  }
}

void Job::DeliverMessages(Napi::Env env) noexcept {
  if (environment_ended_) return;
  size_t count = 0;
  const Clock::time_point start = Clock::now();
  try {
    count = TellListener(env);
  } catch (...) {
    // A listener that throws is an uncaught exception like any other; the work goes on. (Thrown out
    // of here it would only be a warning below Node-API 10.)
    ThrowCaughtInJs(env);
    napi_value exception = nullptr;
    if (napi_get_and_clear_last_exception(env, &exception) == napi_ok) {
      napi_fatal_exception(env, exception);
    }
  }
  // The rest begins only now: after it the job's thread announces what has come meanwhile.
  const bool needs_rest = count > kMessagesWithoutRest;
  const Clock::time_point now = Clock::now();
  bool has_more = false;
  {
    const std::lock_guard lock(mutex_);
    announced_ = false;
    rest_until_ = needs_rest ? now + RestAfter(now - start) : Clock::time_point();
    has_more = HasMessages();
  }
  delivered_.notify_one();
  if (has_more && !needs_rest) Announce();
}

Job::Clock::duration Job::RestAfter(Clock::duration) const { return kRest; }

// Returns how many messages there were.
size_t Job::TellListener(Napi::Env env) {
  const Messages messages = TakeMessages(env);
  if (messages.count == 0 || listener_.IsEmpty()) return messages.count;
  CallFunction(listener_.Value(), {messages.for_listener});
  return messages.count;
}

void Job::OnFinalize(Napi::Env env, Job* started, Job*) noexcept {
  std::unique_ptr<Job> job(started);
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
  job->function_.Abort();
  if (job->thread_.joinable()) job->thread_.join();
}

}  // namespace layerwise
