// Work on a thread of its own, with a promise for its end and messages on the way.
//
// Life: Start makes the promise and the thread. The thread executes, waits until the JavaScript
// thread has delivered the last message, and lets go of the thread-safe function; its finalizer, on
// the JavaScript thread, joins, deletes the job and settles the promise. When the environment ends
// first (worker.terminate(), process.exit()), a cleanup hook stops the work and joins.
#pragma once

#include <node_api.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "native/node/call.h"

namespace layerwise {

class Job {
 public:
  virtual ~Job() = default;
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  // Runs the job and returns the promise. `listener` may be nullptr. `native_bytes` is what the job
  // will hold, for the garbage collector to know.
  static napi_value Start(napi_env env, std::unique_ptr<Job> job, napi_value listener,
                          size_t native_bytes);

  // On the job's thread: has something done on the JavaScript thread and waits for it. Returns
  // whether it was done: not when the environment ends.
  using Errand = std::function<void(napi_env)>;
  bool RunOnJsThread(const Errand& errand);

 protected:
  Job() = default;

  // On the job's thread. May throw, then the promise is rejected.
  virtual void Execute() = 0;
  // On the job's thread, after Execute, however that ended: frees what Result needs no more, so
  // that freeing it takes no time of the JavaScript thread.
  virtual void Release() noexcept = 0;
  // From any thread: asks Execute to return soon.
  virtual void Stop() noexcept { stop_.store(true, std::memory_order_relaxed); }
  // On the JavaScript thread, after Execute.
  virtual napi_value Result(napi_env env) = 0;
  const std::atomic<bool>& stop_flag() const { return stop_; }

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
  struct Outcome {
    napi_value value = nullptr;  // nullptr: the environment is ending
    bool is_error = false;
  };

  void Prepare(napi_env env, napi_value listener, size_t native_bytes);
  void RunOnThread() noexcept;
  void WaitUntilAllIsDelivered();
  void DeliverMessages(napi_env env) noexcept;
  struct WaitingErrand;
  void RunErrand(napi_env env, WaitingErrand& waiting) noexcept;
  size_t TellListener(napi_env env);
  Outcome TakeOutcome(napi_env env) noexcept;
  static void OnAnnounced(napi_env env, napi_value function, void* context, void* data) noexcept;
  static void OnFinalize(napi_env env, void* data, void* hint) noexcept;
  static void OnEnvironmentEnd(void* data) noexcept;

  std::atomic<bool> stop_{false};
  std::thread thread_;
  std::exception_ptr error_;  // of Execute
  napi_threadsafe_function function_ = nullptr;
  napi_deferred deferred_ = nullptr;
  Reference listener_;
  std::unique_ptr<ExternalMemory> memory_;
  std::atomic<bool> environment_ended_{false};

  std::mutex mutex_;
  std::condition_variable delivered_;
  bool announced_ = false;        // until the messages are delivered
  Clock::time_point rest_until_;  // long past at first
};

}  // namespace layerwise
