// A training run as a job.
#pragma once

#include <node_api.h>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "native/node/job.h"
#include "native/plan/run.h"

namespace layerwise {

class TrainingJob final : public Job, private EventSink {
 public:
  // Starts it and returns { promise, stop() }. `listener` may be nullptr.
  static napi_value Start(napi_env env, std::shared_ptr<Run> run, napi_value listener);

  explicit TrainingJob(std::shared_ptr<Run> run)
      : metric_names_(run->metric_names()), stoppable_(run), run_(std::move(run)) {}

 private:
  void Execute() override { history_ = run_->Execute(*this); }
  void Release() noexcept override { run_.reset(); }
  void Stop() noexcept override;
  napi_value Result(napi_env env) override;
  napi_value TakeMessages(napi_env env) override;
  void OnProgress(const ProgressEvent& event) override;
  void OnEpoch(const EpochEvent& event) override;

  const std::vector<std::string> metric_names_;
  const std::weak_ptr<Run> stoppable_;
  std::shared_ptr<Run> run_;  // of the job's thread once that has started
  RunHistory history_;

  std::mutex mutex_;
  std::vector<EpochEvent> epochs_;         // not delivered yet
  std::optional<ProgressEvent> progress_;  // the newest one, if not delivered yet
};

}  // namespace layerwise
