// A training run as a job.
#pragma once

#include <napi.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "native/core/value.h"
#include "native/node/job.h"
#include "native/node/js_loss.h"
#include "native/training/run.h"

namespace layerwise {

class TrainingJob final : public Job, private EventSink {
 public:
  // Starts it and returns { promise, stop() }. `listener` may be empty.
  // `loss`: what the run was given as its custom loss, or nullptr.
  static Napi::Object Start(Napi::Env env, std::shared_ptr<Run> run, std::unique_ptr<JsLoss> loss,
                            const Napi::Function& listener);

  // `epochs` keeps the array of the history.
  TrainingJob(std::shared_ptr<Run> run, std::unique_ptr<JsLoss> loss, Napi::ObjectReference epochs);

 private:
  void Execute() override { history_ = run_->Execute(*this); }
  void Release() noexcept override { run_.reset(); }
  void Stop() noexcept override;
  Napi::Value Result(Napi::Env env) override;
  bool HasMessages() const override { return !kept_.empty() || progress_.has_value(); }
  Messages TakeMessages(Napi::Env env) override;
  void OnProgress(const ProgressEvent& event) override;
  void OnEpoch(const EpochEvent& event) override;
  void OnStatistics(const StatisticsEvent& event) override;

  // Those that are delivered one and all.
  using KeptEvent = std::variant<EpochEvent, StatisticsEvent>;
  static size_t SizeOf(const KeptEvent& event);
  void Keep(KeptEvent event);
  std::vector<KeptEvent> TakeKept();
  Value DescribeKept(Napi::Env env, const KeptEvent& event);

  const std::vector<OutputNames> names_;
  const std::weak_ptr<Run> stoppable_;
  std::unique_ptr<JsLoss> loss_;  // the run uses it
  std::shared_ptr<Run> run_;      // of the job's thread once that has started
  RunHistory history_;

  // Filled while the run goes on: to make it at the end would hold up the event loop.
  Napi::ObjectReference epochs_of_history_;
  uint32_t epoch_count_ = 0;

  // Not delivered yet; under mutex().
  std::deque<KeptEvent> kept_;
  std::optional<ProgressEvent> progress_;  // the newest one
};

}  // namespace layerwise
