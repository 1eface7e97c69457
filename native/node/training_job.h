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
#include "native/training/run.h"

namespace layerwise {

class TrainingJob final : public Job, private EventSink {
 public:
  // Starts it and returns { promise, stop(), shape }. `listener` may be empty; it is told of
  // { epochs, statistics, progress }: EpochRows as a Float64Array, described statistics, and the
  // newest progress if there is any.
  // `loss`: what the run was given as its custom loss, or nullptr.
  static Napi::Object Start(Napi::Env env, std::shared_ptr<Run> run, std::unique_ptr<JsLoss> loss,
                            const Napi::Function& listener);

  TrainingJob(std::shared_ptr<Run> run, std::unique_ptr<JsLoss> loss);

 private:
  void Execute() override { history_ = run_->Execute(*this); }
  void Release() noexcept override { run_.reset(); }
  void Stop() noexcept override;
  Napi::Value Result(Napi::Env env) override;
  bool HasMessages() const override {
    return epochs_.count() > 0 || !statistics_.empty() || progress_.has_value();
  }
  Messages TakeMessages(Napi::Env env) override;
  void OnProgress(const ProgressEvent& event) override;
  void OnEpoch(const EpochEvent& event) override;
  void OnStatistics(const StatisticsEvent& event) override;

  struct Taken {
    size_t count = 0;
    std::vector<double> epochs;
    std::vector<StatisticsEvent> statistics;
    std::optional<ProgressEvent> progress;
  };
  Taken Take();

  const RunShape shape_;
  const std::weak_ptr<Run> stoppable_;
  std::unique_ptr<JsLoss> loss_;  // the run uses it
  std::shared_ptr<Run> run_;      // of the job's thread once that has started
  RunHistory history_;
  int64_t epochs_delivered_ = 0;  // of the JavaScript thread

  // Not delivered yet; under mutex(). All but the newest progress is delivered one and all.
  EpochRows epochs_;
  std::deque<StatisticsEvent> statistics_;  // each of them before its epoch
  std::optional<ProgressEvent> progress_;
};

}  // namespace layerwise
