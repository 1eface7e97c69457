#include "native/node/training_job.h"

#include <cstddef>
#include <utility>

#include "native/node/boundary.h"
#include "native/node/event_conversion.h"
#include "native/node/value_conversion.h"

namespace layerwise {
namespace {

// About a millisecond of the event loop.
constexpr size_t kEpochsAtOnce = 128;

// May be called at any time, also long after the run. (Nothing that it does can throw, so that the
// wrapper's own boundary is enough.)
Napi::Function MakeStopFunction(Napi::Env env, const std::shared_ptr<Run>& run) {
  const auto stop = [handle = std::weak_ptr<Run>(run)](const Napi::CallbackInfo&) {
    if (const std::shared_ptr<Run> running = handle.lock()) running->Stop();
  };
  return Napi::Function::New(env, stop, "stop");
}

}  // namespace

Napi::Object TrainingJob::Start(Napi::Env env, std::shared_ptr<Run> run,
                                std::unique_ptr<JsLoss> loss, const Napi::Function& listener) {
  const Napi::Object started = Napi::Object::New(env);
  SetMember(started, "stop", MakeStopFunction(env, run));
  const size_t bytes = run->arena_bytes();
  auto job = std::make_unique<TrainingJob>(
      std::move(run), std::move(loss), Napi::Persistent(Napi::Array::New(env).As<Napi::Object>()));
  SetMember(started, "promise", Job::Start(env, std::move(job), bytes, listener));
  return started;
}

TrainingJob::TrainingJob(std::shared_ptr<Run> run, std::unique_ptr<JsLoss> loss,
                         Napi::ObjectReference epochs)
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

Value TrainingJob::DescribeKept(Napi::Env env, const KeptEvent& event) {
  const auto* epoch = std::get_if<EpochEvent>(&event);
  if (epoch == nullptr) return DescribeStatistics(std::get<StatisticsEvent>(event));
  const Napi::HandleScope scope(env);
  Value::Object record = DescribeEpoch(*epoch, names_);
  SetMember(epochs_of_history_.Value(), epoch_count_++, ToJs(env, record));
  record.emplace(record.begin(), "type", "epoch");
  return record;
}

Job::Messages TrainingJob::TakeMessages(Napi::Env env) {
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

Napi::Value TrainingJob::Result(Napi::Env env) {
  const auto history = ToJs(env, DescribeHistory(history_)).As<Napi::Object>();
  SetMember(history, "epochs", epochs_of_history_.Value());
  return history;
}

}  // namespace layerwise
