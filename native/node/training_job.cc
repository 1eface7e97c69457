#include "native/node/training_job.h"

#include <cstddef>
#include <utility>

#include "native/node/event_conversion.h"
#include "native/node/value_conversion.h"

namespace layerwise {
namespace {

// About a millisecond of the event loop.
constexpr size_t kEpochsAtOnce = 128;

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

napi_value TrainingJob::Start(napi_env env, std::shared_ptr<Run> run, std::unique_ptr<JsLoss> loss,
                              napi_value listener) {
  napi_value started = nullptr;
  napi_value epochs = nullptr;
  Check(napi_create_object(env, &started));
  Check(napi_create_array(env, &epochs));
  Check(napi_set_named_property(env, started, "stop", MakeStopFunction(env, run)));
  const size_t bytes = run->arena_bytes();
  auto job = std::make_unique<TrainingJob>(std::move(run), std::move(loss), Reference(env, epochs));
  napi_value promise = Job::Start(env, std::move(job), listener, bytes);
  Check(napi_set_named_property(env, started, "promise", promise));
  return started;
}

TrainingJob::TrainingJob(std::shared_ptr<Run> run, std::unique_ptr<JsLoss> loss, Reference epochs)
    : names_(run->names()),
      stoppable_(run),
      loss_(std::move(loss)),
      run_(std::move(run)),
      epochs_of_history_(std::move(epochs)) {
  if (loss_ != nullptr) loss_->set_job(this);
}

void TrainingJob::Stop() noexcept {
  if (const std::shared_ptr<Run> run = stoppable_.lock()) run->Stop();
}

void TrainingJob::OnProgress(const ProgressEvent& event) {
  {
    const std::lock_guard lock(mutex());
    progress_ = event;
  }
  Announce();
}

void TrainingJob::OnEpoch(const EpochEvent& event) { Keep(event); }

void TrainingJob::OnStatistics(const StatisticsEvent& event) { Keep(event); }

void TrainingJob::Keep(KeptEvent event) {
  {
    const std::lock_guard lock(mutex());
    if (std::holds_alternative<EpochEvent>(event)) progress_.reset();  // of an epoch that is over
    kept_.push_back(std::move(event));
  }
  Announce();
}

// How many epochs it takes as long as to describe.
size_t TrainingJob::SizeOf(const KeptEvent& event) {
  const auto* statistics = std::get_if<StatisticsEvent>(&event);
  return statistics == nullptr ? 1 : 1 + 2 * statistics->layers.size();
}

// As many as the event loop bears at a time, at least one. Under mutex().
std::vector<TrainingJob::KeptEvent> TrainingJob::TakeKept() {
  std::vector<KeptEvent> taken;
  size_t size = 0;
  while (!kept_.empty() && size < kEpochsAtOnce) {
    size += SizeOf(kept_.front());
    taken.push_back(std::move(kept_.front()));
    kept_.pop_front();
  }
  return taken;
}

Value TrainingJob::DescribeKept(napi_env env, const KeptEvent& event) {
  const auto* epoch = std::get_if<EpochEvent>(&event);
  if (epoch == nullptr) return DescribeStatistics(std::get<StatisticsEvent>(event));
  const HandleScope scope(env);
  Value::Object record = DescribeEpoch(*epoch, names_);
  Check(napi_set_element(env, epochs_of_history_.Get(), epoch_count_++, ToJs(env, record)));
  record.emplace(record.begin(), "type", "epoch");
  return record;
}

Job::Messages TrainingJob::TakeMessages(napi_env env) {
  std::vector<KeptEvent> kept;
  std::optional<ProgressEvent> progress;
  {
    const std::lock_guard lock(mutex());
    kept = TakeKept();
    if (kept_.empty()) progress.swap(progress_);
  }
  if (kept.empty() && !progress) return {};
  Value::Array events;
  for (const KeptEvent& event : kept) events.push_back(DescribeKept(env, event));
  if (progress) events.emplace_back(DescribeProgress(*progress, names_));
  return {events.size(), ToJs(env, events)};
}

napi_value TrainingJob::Result(napi_env env) {
  napi_value history = ToJs(env, DescribeHistory(history_));
  Check(napi_set_named_property(env, history, "epochs", epochs_of_history_.Get()));
  return history;
}

}  // namespace layerwise
