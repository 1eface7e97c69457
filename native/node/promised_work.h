// Work that is done beside the JavaScript thread, and the promise for its end. (Napi::AsyncWorker
// would hold one of the four threads of libuv, and make strings of errors.)
#pragma once

#include <napi.h>

#include <atomic>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>

#include "native/node/boundary.h"

namespace layerwise {

class PromisedWork {
 public:
  virtual ~PromisedWork() = default;
  PromisedWork(const PromisedWork&) = delete;
  PromisedWork& operator=(const PromisedWork&) = delete;

 protected:
  PromisedWork() = default;

  // On the thread of the work. May throw, then the promise is rejected.
  virtual void Execute() = 0;
  // On the thread of the work, after Execute, however that ended: frees what Result needs no more,
  // so that freeing it takes no time of the JavaScript thread.
  virtual void Release() noexcept = 0;
  // From any thread: asks Execute to return soon.
  virtual void Stop() noexcept { stop_.store(true, std::memory_order_relaxed); }
  // On the JavaScript thread, after Execute.
  virtual Napi::Value Result(Napi::Env env) = 0;
  const std::atomic<bool>& stop_flag() const { return stop_; }

  // `native_bytes` is what the work will hold, for the garbage collector to know.
  Napi::Promise MakePromise(Napi::Env env, size_t native_bytes);
  void ExecuteAndRelease() noexcept;
  // The promise is to be rejected.
  void Fail(std::exception_ptr error) noexcept { error_ = std::move(error); }
  // On the JavaScript thread, where it needs no scope for values: deletes the work, so that whoever
  // waits for the promise finds everything given back, and settles the promise.
  static void Settle(Napi::Env env, std::unique_ptr<PromisedWork> work) noexcept;

 private:
  struct Outcome {
    napi_value value = nullptr;  // nullptr: the environment is ending
    bool is_error = false;
  };
  Outcome TakeOutcome(Napi::Env env);

  std::atomic<bool> stop_{false};
  std::exception_ptr error_;
  std::optional<Napi::Promise::Deferred> deferred_;
  std::optional<ExternalMemory> memory_;
};

}  // namespace layerwise
