// A training run as a job.
#pragma once

#include <napi.h>

#include <memory>

#include "native/node/job.h"
#include "native/node/js_loss.h"
#include "native/node/run_reports.h"
#include "native/training/run.h"

namespace layerwise {

class TrainingJob final : public Job {
 public:
  // Starts it and returns what RunInJs gives, with a `promise`. `listener` may be empty; it is told
  // of what RunReports takes. `loss`: what the run was given as its custom loss, or nullptr.
  static Napi::Object Start(Napi::Env env, std::shared_ptr<Run> run, std::unique_ptr<JsLoss> loss,
                            const Napi::Function& listener);

  TrainingJob(std::shared_ptr<Run> run, std::unique_ptr<JsLoss> loss);

 private:
  void Execute() override { history_ = run_->Execute(reports_); }
  void Release() noexcept override { run_.reset(); }
  void Stop() noexcept override;
  Napi::Value Result(Napi::Env env) override { return reports_.HistoryInJs(env, history_); }
  bool HasMessages() const override { return reports_.HasAny(); }
  Messages TakeMessages(Napi::Env env) override;

  const std::weak_ptr<Run> stoppable_;
  std::unique_ptr<JsLoss> loss_;  // the run uses it
  std::shared_ptr<Run> run_;      // of the job's thread once that has started
  RunReports reports_;
  RunHistory history_;
};

}  // namespace layerwise
