// Work that waits for its turn among all jobs of the process (core/job_queue.h), with a promise for
// its end and nothing else, so that there may be very many of them.
//
// Life: Start makes the promise and queues the job. A thread executes it and hands it to the desk
// of its environment, which deletes it on the JavaScript thread and settles the promise. When the
// environment ends first, those that have not begun are taken out of the queue, and those that have
// are stopped and waited for.
#pragma once

#include <napi.h>

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <unordered_set>

#include "native/core/job_queue.h"
#include "native/node/promised_work.h"

namespace layerwise {

class JobDesk;

class QueuedJob : public PromisedWork, private JobQueue::Task {
 public:
  // Queues the job and returns the promise. With `before`, a job that is not deleted yet, it begins
  // when that is done.
  static Napi::Promise Start(Napi::Env env, std::unique_ptr<QueuedJob> job, size_t native_bytes,
                             QueuedJob* before = nullptr);

 private:
  friend class JobDesk;
  void Run() noexcept override { ExecuteAndRelease(); }
  void Finish() noexcept override;

  std::shared_ptr<JobDesk> desk_;
};

// Knows the jobs of an environment from their start to their end. Belongs to the JavaScript thread.
// One for all of them: a thread-safe function for each job would be a handle of the event loop for
// each, all of which are looked at whenever one job is done.
class JobDesk : public std::enable_shared_from_this<JobDesk> {
 public:
  JobDesk() = default;
  JobDesk(const JobDesk&) = delete;
  JobDesk& operator=(const JobDesk&) = delete;

  // Rejects the promise of a job that no thread can be had for.
  void Add(Napi::Env env, std::unique_ptr<QueuedJob> job, QueuedJob* before);
  // From the thread of a job that is done.
  void Deliver(QueuedJob& job) noexcept;

 private:
  void Open(Napi::Env env);
  // No exception leaves either of them; env is nullptr when the environment is ending.
  static void OnDelivered(Napi::Env env, Napi::Function, JobDesk* desk, QueuedJob* job) noexcept;
  static void OnEnvironmentEnd(void* data) noexcept;

  using Function = Napi::TypedThreadSafeFunction<JobDesk, QueuedJob, &OnDelivered>;
  Function function_;  // keeps the event loop going while there are jobs
  std::unordered_set<QueuedJob*> jobs_;

  std::mutex mutex_;
  std::condition_variable all_delivered_;
  size_t undelivered_ = 0;
};

}  // namespace layerwise
