// Work on a thread of its own, with a promise for its end and messages on the way.
//
// Life: Start() makes the promise and the thread. The thread executes, then lets go of the
// thread-safe function; its finalizer, on the JavaScript thread, joins, settles the promise and
// deletes the job. When the environment ends first (worker.terminate(), process.exit()), a cleanup
// hook stops and joins.
#pragma once

#include <napi.h>

#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <thread>

namespace layerwise {

class Job {
 public:
  virtual ~Job() = default;
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  // Takes the job and runs it; `listener` may be empty. `native_bytes` is what the job will hold,
  // for the garbage collector to know. Returns the promise.
  static Napi::Value Start(Napi::Env env, std::unique_ptr<Job> job, Napi::Function listener,
                           int64_t native_bytes);

 protected:
  Job() = default;

  // On the job's thread. May throw.
  virtual void Execute() = 0;
  // From any thread: asks Execute to return soon.
  virtual void Stop() noexcept { stop_.store(true, std::memory_order_relaxed); }
  // On the JavaScript thread, after Execute returned.
  virtual Napi::Value Result(Napi::Env env) = 0;
  // On the JavaScript thread: what to tell the listener, or an empty value for nothing.
  virtual Napi::Value TakeMessages(Napi::Env) { return {}; }

  // On the job's thread: there are messages. Cheap when the listener has not taken the last ones
  // yet.
  void Notify();
  const std::atomic<bool>& stop_flag() const { return stop_; }

 private:
  void RunOnThread();
  void Settle(napi_env env);
  void DeliverMessages(napi_env env, napi_value listener);
  static void OnMessage(napi_env env, napi_value listener, void* context, void* data);
  static void OnFinalize(napi_env env, void* data, void* hint);
  static void OnEnvironmentEnd(void* data);

  std::atomic<bool> stop_{false};
  std::atomic<bool> notified_{false};
  std::thread thread_;
  napi_env env_ = nullptr;
  napi_threadsafe_function function_ = nullptr;
  napi_deferred deferred_ = nullptr;
  napi_ref listener_ = nullptr;
  int64_t native_bytes_ = 0;
  std::exception_ptr error_;
  bool environment_ended_ = false;
};

}  // namespace layerwise
