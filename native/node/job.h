// Work on a thread of its own, with a promise for its end and messages on the way.
//
// Life: Start makes the promise and takes a thread. The thread executes, waits until the JavaScript
// thread has delivered the last message, and lets go of the thread-safe function; its finalizer, on
// the JavaScript thread, joins, deletes the job and settles the promise. When the environment ends
// first (worker.terminate(), process.exit()), a cleanup hook stops the work and joins.
#pragma once

#include <napi.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>

#include "native/core/pooled_thread.h"
#include "native/node/promised_work.h"

namespace layerwise {

class Job : public PromisedWork {
 public:
  // Runs the job and returns the promise. `native_bytes` is what the job will hold, for the
  // garbage collector to know.
  static Napi::Promise Start(Napi::Env env, std::unique_ptr<Job> job, size_t native_bytes,
                             const Napi::Function& listener = {});

  // On the job's thread: has something done on the JavaScript thread and waits for it. Returns
  // whether it was done: not when the environment ends.
  using JsCall = std::function<void(Napi::Env)>;
  bool RunOnJsThread(const JsCall& call);

 protected:
  // A subclass with messages keeps them under mutex(). The job's thread adds some by
  // AddAndAnnounce; some time later the JavaScript thread takes some, at most as many as the event
  // loop bears at a time.
  struct Messages {
    size_t count = 0;
    Napi::Value for_listener;
  };
  std::mutex& mutex() { return mutex_; }
  virtual bool HasMessages() const { return false; }
  virtual Messages TakeMessages(Napi::Env) { return {}; }
  // How long the event loop rests after many messages, which took so long.
  using Clock = std::chrono::steady_clock;
  virtual Clock::duration RestAfter(Clock::duration took) const;
  // Adds messages, and has the JavaScript thread told of them.
  template <typename F>
  void AddAndAnnounce(F&& add) {
    bool announces = false;
    {
      const std::lock_guard lock(mutex_);
      add();
      announces = BeginAnnouncement();
    }
    if (announces) function_.NonBlockingCall(nullptr);
  }

 private:
  void Prepare(Napi::Env env, const Napi::Function& listener);
  void RunOnThread() noexcept;
  void WaitUntilAllIsDelivered();
  bool BeginAnnouncement();
  void Announce();
  void DeliverMessages(Napi::Env env) noexcept;
  struct PendingCall;
  void RunCall(Napi::Env env, PendingCall& waiting) noexcept;
  size_t TellListener(Napi::Env env);
  // No exception leaves any of them: the wrapper would let that of a finalizer end the process, and
  // make a warning of that of a callback. env is nullptr when the environment is ending.
  static void OnAnnounced(Napi::Env env, Napi::Function, Job* job, PendingCall* waiting) noexcept;
  static void OnFinalize(Napi::Env env, Job* job, Job*) noexcept;
  static void OnEnvironmentEnd(void* data) noexcept;

  PooledThread thread_;
  Napi::TypedThreadSafeFunction<Job, PendingCall, &OnAnnounced> function_;
  Napi::FunctionReference listener_;
  std::atomic<bool> environment_ended_{false};

  std::mutex mutex_;
  std::condition_variable delivered_;
  bool announced_ = false;        // until the messages are delivered
  Clock::time_point rest_until_;  // long past at first
};

}  // namespace layerwise
