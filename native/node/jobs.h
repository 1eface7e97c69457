// The three kinds of work that run on their own thread: training, evaluation, prediction.
#pragma once

#include <napi.h>

#include <memory>
#include <mutex>
#include <vector>

#include "native/core/value.h"
#include "native/node/job.h"
#include "native/plan/predictor.h"
#include "native/plan/run.h"

namespace layerwise {

// Stops a training run that may already have ended.
class RunHandle {
 public:
  explicit RunHandle(std::shared_ptr<Run> run) : run_(std::move(run)) {}
  void Stop() const {
    if (const std::shared_ptr<Run> run = run_.lock()) run->Stop();
  }

 private:
  std::weak_ptr<Run> run_;
};

class TrainingJob final : public Job, private EventSink {
 public:
  explicit TrainingJob(std::shared_ptr<Run> run) : run_(std::move(run)) {}

 private:
  void Execute() override;
  void Stop() noexcept override { run_->Stop(); }
  Napi::Value Result(Napi::Env env) override;
  Napi::Value TakeMessages(Napi::Env env) override;
  void OnProgress(const ProgressEvent& event) override;
  void OnEpoch(const EpochEvent& event) override;

  std::shared_ptr<Run> run_;
  RunHistory history_;
  std::mutex mutex_;
  std::vector<EpochEvent> epochs_;       // not delivered yet
  std::vector<ProgressEvent> progress_;  // the newest one, if not delivered yet
};

class EvaluationJob final : public Job {
 public:
  explicit EvaluationJob(std::unique_ptr<Evaluation> evaluation)
      : evaluation_(std::move(evaluation)) {}

 private:
  void Execute() override { result_ = evaluation_->Execute(stop_flag()); }
  Napi::Value Result(Napi::Env env) override;

  std::unique_ptr<Evaluation> evaluation_;
  EvaluationResult result_;
};

class PredictionJob final : public Job {
 public:
  PredictionJob(std::unique_ptr<Predictor> predictor, std::vector<float> inputs, int64_t rows)
      : predictor_(std::move(predictor)), inputs_(std::move(inputs)), rows_(rows) {}

 private:
  void Execute() override;
  Napi::Value Result(Napi::Env env) override;

  std::unique_ptr<Predictor> predictor_;
  std::vector<float> inputs_;
  std::vector<float> outputs_;
  int64_t rows_;
};

}  // namespace layerwise
