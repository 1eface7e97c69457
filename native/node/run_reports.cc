#include "native/node/run_reports.h"

#include <algorithm>
#include <utility>

#include "native/node/boundary.h"
#include "native/node/event_conversion.h"
#include "native/node/value_conversion.h"

namespace layerwise {
namespace {

// What the event loop bears at a time: about a millisecond where a listener looks at every epoch.
constexpr size_t kEpochsAtOnce = 512;
constexpr size_t kNumbersAtOnce = 16 * kEpochsAtOnce;

// How many epochs the statistics of a layer take as long as.
constexpr size_t kEpochsPerLayer = 16;

Napi::Value NumbersInJs(Napi::Env env, const std::vector<double>& numbers) {
  auto array = Napi::Float64Array::New(env, numbers.size());
  std::copy(numbers.begin(), numbers.end(), array.Data());
  return array;
}

// Adds a method that does something with the run. It may be called at any time, also long after the
// run. (Nothing that it does can throw, so that the wrapper's own boundary is enough.)
template <void (Run::*kAction)() noexcept>
void AddAction(const Napi::Object& to, const char* name, const std::shared_ptr<Run>& run) {
  const auto act = [handle = std::weak_ptr<Run>(run)](const Napi::CallbackInfo&) {
    if (const std::shared_ptr<Run> running = handle.lock()) (running.get()->*kAction)();
  };
  SetMember(to, name, Napi::Function::New(to.Env(), act, name));
}

}  // namespace

RunReports::RunReports(const Run& run, std::mutex& mutex, Announce announce)
    : shape_(run.shape()),
      mutex_(mutex),
      announce_(std::move(announce)),
      epochs_delivered_(run.begin().epoch),
      epochs_(shape_) {}

bool RunReports::HasAny() const {
  return epochs_.count() > 0 || !statistics_.empty() || progress_.has_value() ||
         snapshot_ != nullptr || wanted_.has_value() || lost_snapshot_.has_value() ||
         non_finite_.has_value();
}

void RunReports::OnProgress(const ProgressEvent& event) {
  announce_([&] { progress_ = event; });
}

void RunReports::OnEpoch(const EpochEvent& event) {
  announce_([&] {
    progress_.reset();  // of an epoch that is over
    epochs_.Add(event);
  });
}

void RunReports::OnStatistics(const StatisticsEvent& event) {
  announce_([&] { statistics_.push_back(event); });
}

void RunReports::OnSnapshot(std::shared_ptr<const RunSnapshot> snapshot) {
  announce_([&] { snapshot_ = std::move(snapshot); });
}

void RunReports::OnLostSnapshot(const Error& error) {
  announce_([&] { lost_snapshot_ = error; });
}

void RunReports::OnNonFinite(const NonFiniteEvent& event) {
  announce_([&] { non_finite_ = event; });
}

void RunReports::OnRowsWanted(const WantedRows& rows) {
  announce_([&] { wanted_ = rows; });
}

// Whether all that was told before the snapshot is delivered, once so many epochs are.
bool RunReports::NextIsSnapshot(int64_t epochs_over) const {
  if (snapshot_ == nullptr || epochs_over < snapshot_->position.epoch) return false;
  return statistics_.empty() || statistics_.front().update > snapshot_->updates;
}

// As many as the event loop bears at a time, in their order.
RunReports::Taken RunReports::Take() {
  const std::lock_guard lock(mutex_);
  const size_t most_rows = std::clamp(kNumbersAtOnce / epochs_.width(), size_t{1}, kEpochsAtOnce);
  Taken taken;
  size_t rows = 0;
  size_t cost = 0;
  while (rows < most_rows && cost < kEpochsAtOnce) {
    const int64_t next_epoch = epochs_delivered_ + static_cast<int64_t>(rows) + 1;
    if (NextIsSnapshot(next_epoch - 1)) {
      taken.snapshot.swap(snapshot_);
      break;
    }
    if (!statistics_.empty() && statistics_.front().epoch <= next_epoch) {
      cost += kEpochsPerLayer * (1 + statistics_.front().layers.size());
      taken.statistics.push_back(std::move(statistics_.front()));
      statistics_.pop_front();
    } else if (rows < epochs_.count()) {
      ++rows;
      ++cost;
    } else {
      break;
    }
  }
  taken.epochs = epochs_.Take(rows);
  if (epochs_.count() == 0 && statistics_.empty()) taken.progress.swap(progress_);
  taken.wanted.swap(wanted_);
  taken.lost_snapshot.swap(lost_snapshot_);
  const int64_t next_epoch = epochs_delivered_ + static_cast<int64_t>(rows) + 1;
  if (non_finite_ && non_finite_->at.epoch <= next_epoch) taken.non_finite.swap(non_finite_);
  taken.count = rows + taken.statistics.size() + (taken.progress ? 1 : 0) +
                (taken.snapshot != nullptr ? 1 : 0) + (taken.wanted ? 1 : 0) +
                (taken.lost_snapshot ? 1 : 0) + (taken.non_finite ? 1 : 0);
  epochs_delivered_ += static_cast<int64_t>(rows);
  return taken;
}

RunReports::Messages RunReports::TakeMessages(Napi::Env env) {
  const Taken taken = Take();
  if (taken.count == 0) return {};
  Value::Array statistics;
  for (const StatisticsEvent& event : taken.statistics) {
    statistics.emplace_back(DescribeStatistics(event));
  }
  const Napi::Object told = Napi::Object::New(env);
  SetMember(told, "epochs", NumbersInJs(env, taken.epochs));
  SetMember(told, "statistics", ToJs(env, statistics));
  if (taken.progress) {
    SetMember(told, "progress", ToJs(env, DescribeProgress(*taken.progress, shape_.outputs)));
  }
  if (taken.lost_snapshot) {
    SetMember(told, "lostSnapshot", ToJs(env, DescribeLost(*taken.lost_snapshot)));
  }
  if (taken.non_finite) {
    const auto& [at, rolls_back] = *taken.non_finite;
    SetMember(told, "nonFinite", ToJs(env, DescribeRecovery(at, rolls_back)));
  }
  if (taken.wanted) SetMember(told, "wanted", ToJs(env, DescribeWanted(*taken.wanted)));
  if (taken.snapshot != nullptr) {
    SetMember(told, "snapshot", states_.ToJs(env, *taken.snapshot));
  }
  return {taken.count, told};
}

Napi::Object RunReports::HistoryInJs(Napi::Env env, const RunHistory& history) {
  const auto described = ToJs(env, DescribeHistory(history)).As<Napi::Object>();
  if (history.state != nullptr) {
    SetMember(described, "state", states_.ToJs(env, *history.state));
  }
  return described;
}

Napi::Object RunInJs(Napi::Env env, const std::shared_ptr<Run>& run) {
  const Napi::Object shown = Napi::Object::New(env);
  AddAction<&Run::Stop>(shown, "stop", run);
  AddAction<&Run::Snapshot>(shown, "snapshot", run);
  AddAction<&Run::ReleaseSnapshot>(shown, "snapshotWritten", run);
  AddAction<&Run::RowsFilled>(shown, "rowsFilled", run);
  AddAction<&Run::RowsFailed>(shown, "rowsFailed", run);
  SetMember(shown, "shape", ToJs(env, DescribeShape(run->shape())));
  return shown;
}

}  // namespace layerwise
