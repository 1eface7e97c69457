#include "native/node/queued_job.h"

#include <exception>
#include <utility>

#include "native/node/instance.h"

namespace layerwise {

Napi::Promise QueuedJob::Start(Napi::Env env, std::unique_ptr<QueuedJob> job, size_t native_bytes,
                               QueuedJob* before) {
  const Napi::Promise promise = job->MakePromise(env, native_bytes);
  Instance::Of(env).desk->Add(env, std::move(job), before);
  return promise;
}

void QueuedJob::Finish() noexcept {
  const std::shared_ptr<JobDesk> desk = desk_;  // which may delete the job at once
  desk->Deliver(*this);
}

void JobDesk::Open(Napi::Env env) {
  constexpr size_t kUnlimitedQueue = 0;
  constexpr size_t kThreads = 1;
  function_ = Function::New(env, "layerwise", kUnlimitedQueue, kThreads, this);
  function_.Unref(env);
  napi_add_env_cleanup_hook(env, &OnEnvironmentEnd, this);
}

void JobDesk::Add(Napi::Env env, std::unique_ptr<QueuedJob> job, QueuedJob* before) {
  if (function_ == nullptr) Open(env);
  job->desk_ = shared_from_this();
  jobs_.insert(job.get());
  {
    const std::lock_guard lock(mutex_);
    ++undelivered_;
  }
  try {
    JobQueue::OfProcess().Add(*job, before);
  } catch (...) {
    {
      const std::lock_guard lock(mutex_);
      --undelivered_;
    }
    jobs_.erase(job.get());
    job->Fail(std::current_exception());
    QueuedJob::Settle(env, std::move(job));
    return;
  }
  static_cast<void>(job.release());  // Settle or OnEnvironmentEnd deletes it
  if (jobs_.size() == 1) function_.Ref(env);
}

void JobDesk::Deliver(QueuedJob& job) noexcept {
  const std::lock_guard lock(mutex_);
  function_.NonBlockingCall(&job);
  --undelivered_;
  if (undelivered_ == 0) all_delivered_.notify_all();
}

void JobDesk::OnDelivered(Napi::Env env, Napi::Function, JobDesk* desk, QueuedJob* job) noexcept {
  if (env == nullptr) return;
  desk->jobs_.erase(job);
  if (desk->jobs_.empty()) napi_unref_threadsafe_function(env, desk->function_);
  QueuedJob::Settle(env, std::unique_ptr<QueuedJob>(job));
}

void JobDesk::OnEnvironmentEnd(void* data) noexcept {
  JobDesk* const desk = static_cast<JobDesk*>(data);
  size_t withdrawn = 0;
  for (QueuedJob* const job : desk->jobs_) {
    if (JobQueue::OfProcess().Withdraw(*job)) {
      ++withdrawn;
    } else {
      job->Stop();
    }
  }
  {
    std::unique_lock lock(desk->mutex_);
    desk->undelivered_ -= withdrawn;
    desk->all_delivered_.wait(lock, [desk] { return desk->undelivered_ == 0; });
  }
  desk->function_.Abort();
  const std::unordered_set<QueuedJob*> jobs = std::exchange(desk->jobs_, {});
  for (QueuedJob* const job : jobs) const std::unique_ptr<QueuedJob> deleted(job);
}

}  // namespace layerwise
