// The jobs that only run forward: evaluation and prediction.
#pragma once

#include <napi.h>

#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>
#include <unordered_map>
#include <utility>

#include "native/node/event_conversion.h"
#include "native/node/job.h"
#include "native/node/js_loss.h"
#include "native/node/queued_job.h"
#include "native/node/value_conversion.h"
#include "native/plan/idle_predictors.h"
#include "native/training/evaluation.h"

namespace layerwise {

// A QueuedJob; a Job where a loss of JavaScript is asked, as it would hold a place of the queue
// while it waits for the answers.
template <class Base>
class EvaluationJob final : public Base {
 public:
  explicit EvaluationJob(std::unique_ptr<Evaluation> evaluation,
                         std::unique_ptr<JsLoss> loss = nullptr)
      : names_(evaluation->names()), loss_(std::move(loss)), evaluation_(std::move(evaluation)) {
    if constexpr (std::is_same_v<Base, Job>) loss_->set_job(this);
  }

 private:
  void Execute() override { result_ = evaluation_->Execute(this->stop_flag()); }
  void Release() noexcept override { evaluation_.reset(); }
  Napi::Value Result(Napi::Env env) override {
    return ToJs(env, DescribeEvaluation(result_, names_));
  }

  ResultNames names_;
  std::unique_ptr<JsLoss> loss_;
  std::unique_ptr<Evaluation> evaluation_;
  EvaluationResult result_;
};

// The newest prediction of each series that is under way: those of a series take turns. Belongs to
// the JavaScript thread.
using PredictionSeries = std::unordered_map<int64_t, QueuedJob*>;

class PredictionJob final : public QueuedJob {
 public:
  // Writes straight into `outputs`, the memory of the Float32Array that `array` keeps: no
  // JavaScript knows it before the job ends.
  PredictionJob(std::shared_ptr<IdlePredictors> predictors, const IdlePredictors::Kind& kind,
                std::unique_ptr<float[]> inputs, size_t input_count, int64_t rows,
                Napi::ObjectReference array, std::span<float> outputs)
      : predictors_(std::move(predictors)),
        kind_(kind),
        inputs_(std::move(inputs)),
        input_count_(input_count),
        rows_(rows),
        array_(std::move(array)),
        outputs_(outputs) {}

  ~PredictionJob() override {
    if (series_ == nullptr) return;
    const auto newest = series_->find(number_);
    if (newest != series_->end() && newest->second == this) series_->erase(newest);
  }

  // Makes it the newest one; returns the one before it, or nullptr.
  QueuedJob* Join(std::shared_ptr<PredictionSeries> series, int64_t number) {
    series_ = std::move(series);
    number_ = number;
    return std::exchange((*series_)[number], this);
  }

 private:
  void Execute() override {
    IdlePredictors::Loan predictor = predictors_->Take(kind_);
    predictor->Predict({inputs_.get(), input_count_}, rows_, outputs_, &stop_flag());
    IdlePredictors::Return(std::move(predictor));
  }
  void Release() noexcept override { inputs_.reset(); }
  Napi::Value Result(Napi::Env) override { return array_.Value(); }

  std::shared_ptr<IdlePredictors> predictors_;
  IdlePredictors::Kind kind_;
  std::unique_ptr<float[]> inputs_;
  size_t input_count_;
  int64_t rows_;
  Napi::ObjectReference array_;
  std::span<float> outputs_;
  std::shared_ptr<PredictionSeries> series_;
  int64_t number_ = 0;
};

}  // namespace layerwise
