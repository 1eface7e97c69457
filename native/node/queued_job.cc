#include "native/node/queued_job.h"

#include <exception>
#include <utility>

#include "native/node/instance.h"

namespace layerwise {

napi_value QueuedJob::Start(napi_env env, std::unique_ptr<QueuedJob> job, size_t native_bytes,
                            QueuedJob* before) {
  napi_value promise = job->MakePromise(env, native_bytes);
  Instance::Of(env).desk->Add(env, std::move(job), before);
  return promise;
}

void QueuedJob::Finish() noexcept {
  const std::shared_ptr<JobDesk> desk = desk_;  // which may delete the job at once
  desk->Deliver(*this);
}

void JobDesk::Open(napi_env env) {
  napi_value name = nullptr;
  Check(napi_create_string_utf8(env, "layerwise", NAPI_AUTO_LENGTH, &name));
  constexpr size_t kUnlimitedQueue = 0;
  constexpr size_t kThreads = 1;
  Check(napi_create_threadsafe_function(env, nullptr, nullptr, name, kUnlimitedQueue, kThreads,
                                        nullptr, nullptr, this, &OnDelivered, &function_));
  napi_unref_threadsafe_function(env, function_);
  napi_add_env_cleanup_hook(env, &OnEnvironmentEnd, this);
}

void JobDesk::Add(napi_env env, std::unique_ptr<QueuedJob> job, QueuedJob* before) {
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
    PromisedWork::Settle(env, std::move(job));
    return;
  }
  static_cast<void>(job.release());  // Settle or OnEnvironmentEnd deletes it
  if (jobs_.size() == 1) napi_ref_threadsafe_function(env, function_);
}

void JobDesk::Deliver(QueuedJob& job) noexcept {
  const std::lock_guard lock(mutex_);
  napi_call_threadsafe_function(function_, &job, napi_tsfn_nonblocking);
  --undelivered_;
  if (undelivered_ == 0) all_delivered_.notify_all();
}

void JobDesk::OnDelivered(napi_env env, napi_value, void* context, void* data) noexcept {
  if (env == nullptr) return;
  static_cast<JobDesk*>(context)->Settle(env, static_cast<QueuedJob*>(data));
}

void JobDesk::Settle(napi_env env, QueuedJob* job) noexcept {
  jobs_.erase(job);
  if (jobs_.empty()) napi_unref_threadsafe_function(env, function_);
  PromisedWork::Settle(env, std::unique_ptr<QueuedJob>(job));
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
  napi_release_threadsafe_function(desk->function_, napi_tsfn_abort);
  const std::unordered_set<QueuedJob*> jobs = std::exchange(desk->jobs_, {});
  for (QueuedJob* const job : jobs) delete job;
}

}  // namespace layerwise
