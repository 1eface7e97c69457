#include "native/node/training_job.h"

#include <utility>

#include "native/node/event_conversion.h"
#include "native/node/value_conversion.h"

namespace layerwise {
namespace {

// What the function stop() holds: it may be called at any time, also long after the run.
using StopHandle = std::weak_ptr<Run>;

napi_value StopRun(const Call& call) {
  if (const std::shared_ptr<Run> run = static_cast<StopHandle*>(call.data)->lock()) run->Stop();
  return nullptr;
}

napi_value MakeStopFunction(napi_env env, const std::shared_ptr<Run>& run) {
  auto handle = std::make_unique<StopHandle>(run);
  const auto finalize = [](napi_env, void* data, void*) noexcept {
    delete static_cast<StopHandle*>(data);
  };
  napi_value function = nullptr;
  Check(napi_create_function(env, "stop", NAPI_AUTO_LENGTH, &Callback<&StopRun>, handle.get(),
                             &function));
  Check(napi_add_finalizer(env, function, handle.get(), finalize, nullptr, nullptr));
  static_cast<void>(handle.release());
  return function;
}

}  // namespace

napi_value TrainingJob::Start(napi_env env, std::shared_ptr<Run> run, napi_value listener) {
  napi_value started = nullptr;
  Check(napi_create_object(env, &started));
  Check(napi_set_named_property(env, started, "stop", MakeStopFunction(env, run)));
  const size_t bytes = run->arena_bytes();
  napi_value promise =
      Job::Start(env, std::make_unique<TrainingJob>(std::move(run)), listener, bytes);
  Check(napi_set_named_property(env, started, "promise", promise));
  return started;
}

void TrainingJob::Stop() noexcept {
  if (const std::shared_ptr<Run> run = stoppable_.lock()) run->Stop();
}

void TrainingJob::OnProgress(const ProgressEvent& event) {
  {
    const std::lock_guard lock(mutex_);
    progress_ = event;
  }
  Notify();
}

void TrainingJob::OnEpoch(const EpochEvent& event) {
  {
    const std::lock_guard lock(mutex_);
    epochs_.push_back(event);
    progress_.reset();  // of an epoch that is over
  }
  Notify();
}

napi_value TrainingJob::TakeMessages(napi_env env) {
  std::vector<EpochEvent> epochs;
  std::optional<ProgressEvent> progress;
  {
    const std::lock_guard lock(mutex_);
    epochs.swap(epochs_);
    progress.swap(progress_);
  }
  if (epochs.empty() && !progress) return nullptr;
  Value::Array events;
  for (const EpochEvent& event : epochs) events.push_back(DescribeEpochEvent(event, metric_names_));
  if (progress) events.push_back(DescribeProgressEvent(*progress, metric_names_));
  return ToJs(env, Value(std::move(events)));
}

napi_value TrainingJob::Result(napi_env env) {
  return ToJs(env, DescribeHistory(history_, metric_names_));
}

}  // namespace layerwise
