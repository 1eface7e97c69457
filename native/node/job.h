// Work on a thread of its own, with a promise for its end and messages on the way.
//
// Life: Start makes the promise and takes a thread. The thread executes, waits until the JavaScript
// thread has delivered the last message, and lets go of the thread-safe function; its finalizer, on
// the JavaScript thread, joins, deletes the job and settles the promise. When the environment ends
// first (worker.terminate(), process.exit()), a cleanup hook stops the work and joins.
#pragma once

#include <node_api.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>

#include "native/core/pooled_thread.h"
#include "native/node/call.h"
#include "native/node/promised_work.h"

namespace layerwise {

class Job : public PromisedWork {
 public:
  // Runs the job and returns the promise. `listener` may be nullptr. `native_bytes` is what the job
  // will hold, for the garbage collector to know.
  static napi_value Start(napi_env env, std::unique_ptr<Job> job, napi_value listener,
                          size_t native_bytes);

  // On the job's thread: has something done on the JavaScript thread and waits for it. Returns
  // whether it was done: not when the environment ends.
  using Errand = std::function<void(napi_env)>;
  bool RunOnJsThread(const Errand& errand);

 protected:
  // A subclass with messages keeps them under mutex(). The job's thread adds some and calls
  // Announce; some time later the JavaScript thread takes some, at most as many as the event loop
  // bears at a time.
  struct Messages {
    size_t count = 0;
    napi_value for_listener = nullptr;
  };
  std::mutex& mutex() { return mutex_; }
  virtual bool HasMessages() const { return false; }
  virtual Messages TakeMessages(napi_env) { return {}; }
  void Announce();

 private:
  using Clock = std::chrono::steady_clock;
  void Prepare(napi_env env, napi_value listener);
  void RunOnThread() noexcept;
  void WaitUntilAllIsDelivered();
  void DeliverMessages(napi_env env) noexcept;
  struct WaitingErrand;
  void RunErrand(napi_env env, WaitingErrand& waiting) noexcept;
  size_t TellListener(napi_env env);
  static void OnAnnounced(napi_env env, napi_value function, void* context, void* data) noexcept;
  static void OnFinalize(napi_env env, void* data, void* hint) noexcept;
  static void OnEnvironmentEnd(void* data) noexcept;

  PooledThread thread_;
  napi_threadsafe_function function_ = nullptr;
  Reference listener_;
  std::atomic<bool> environment_ended_{false};

  std::mutex mutex_;
  std::condition_variable delivered_;
  bool announced_ = false;        // until the messages are delivered
  Clock::time_point rest_until_;  // long past at first
};

}  // namespace layerwise
