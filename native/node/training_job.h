// A training run as a job.
#pragma once

#include <napi.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "native/node/epoch_rows.h"
#include "native/node/job.h"
#include "native/node/js_loss.h"
#include "native/node/run_state.h"
#include "native/training/run.h"

namespace layerwise {

class TrainingJob final : public Job, private EventSink {
 public:
  // Starts it and returns { promise, stop(), snapshot(), snapshotWritten(), shape }. `listener` may
  // be empty; it is told of { epochs, statistics, progress, snapshot }: EpochRows as a
  // Float64Array, described statistics, the newest progress if there is any, and the snapshot that
  // was taken behind all these, if one was. `loss`: what the run was given as its custom loss, or
  // nullptr.
  static Napi::Object Start(Napi::Env env, std::shared_ptr<Run> run, std::unique_ptr<JsLoss> loss,
                            const Napi::Function& listener);

  TrainingJob(std::shared_ptr<Run> run, std::unique_ptr<JsLoss> loss);

 private:
  void Execute() override { history_ = run_->Execute(*this); }
  void Release() noexcept override { run_.reset(); }
  void Stop() noexcept override;
  Napi::Value Result(Napi::Env env) override;
  bool HasMessages() const override {
    return epochs_.count() > 0 || !statistics_.empty() || progress_.has_value() ||
           snapshot_ != nullptr || wanted_.has_value() || lost_snapshot_.has_value() ||
           non_finite_.has_value();
  }
  Messages TakeMessages(Napi::Env env) override;
  void OnProgress(const ProgressEvent& event) override;
  void OnEpoch(const EpochEvent& event) override;
  void OnStatistics(const StatisticsEvent& event) override;
  void OnSnapshot(std::shared_ptr<const RunSnapshot> snapshot) override;
  void OnLostSnapshot(const Error& error) override;
  void OnNonFinite(const NonFiniteEvent& event) override;
  void OnRowsWanted(const WantedRows& rows) override;

  struct Taken {
    size_t count = 0;
    std::vector<double> epochs;
    std::vector<StatisticsEvent> statistics;
    std::optional<ProgressEvent> progress;
    std::shared_ptr<const RunSnapshot> snapshot;
    std::optional<WantedRows> wanted;
    std::optional<Error> lost_snapshot;
    std::optional<NonFiniteEvent> non_finite;
  };
  Taken Take();
  bool NextIsSnapshot(int64_t epochs_over) const;

  const RunShape shape_;
  const std::weak_ptr<Run> stoppable_;
  std::unique_ptr<JsLoss> loss_;  // the run uses it
  std::shared_ptr<Run> run_;      // of the job's thread once that has started
  RunHistory history_;
  int64_t epochs_delivered_ = 0;  // of the JavaScript thread
  StatesInJs states_;             // likewise

  // Not delivered yet; under mutex(). All but the newest progress is delivered one and all.
  EpochRows epochs_;
  std::deque<StatisticsEvent> statistics_;  // each of them before its epoch
  std::optional<ProgressEvent> progress_;
  std::shared_ptr<const RunSnapshot> snapshot_;  // null for none: there is one at a time
  std::optional<WantedRows> wanted_;             // likewise
  std::optional<Error> lost_snapshot_;           // the last one
  std::optional<NonFiniteEvent> non_finite_;     // of which there is one in a run
};

}  // namespace layerwise
