// The jobs that only run forward: evaluation and prediction.
#pragma once

#include <node_api.h>

#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "native/node/event_conversion.h"
#include "native/node/job.h"
#include "native/node/js_loss.h"
#include "native/node/predictor_shelf.h"
#include "native/node/value_conversion.h"
#include "native/plan/predictor.h"
#include "native/training/evaluation.h"

namespace layerwise {

class EvaluationJob final : public Job {
 public:
  // `loss`: what the evaluation was given as its custom loss, or nullptr.
  EvaluationJob(std::unique_ptr<Evaluation> evaluation, std::unique_ptr<JsLoss> loss)
      : names_(evaluation->names()), loss_(std::move(loss)), evaluation_(std::move(evaluation)) {
    if (loss_ != nullptr) loss_->set_job(this);
  }

 private:
  void Execute() override { result_ = evaluation_->Execute(stop_flag()); }
  void Release() noexcept override { evaluation_.reset(); }
  napi_value Result(napi_env env) override {
    return ToJs(env, DescribeEvaluation(result_, names_));
  }

  ResultNames names_;
  std::unique_ptr<JsLoss> loss_;
  std::unique_ptr<Evaluation> evaluation_;
  EvaluationResult result_;
};

class PredictionJob final : public Job {
 public:
  // Writes straight into `outputs`, the memory of the Float32Array that `array` keeps: no
  // JavaScript knows it before the job ends. Then the predictor goes back to its shelf.
  PredictionJob(std::shared_ptr<PredictorShelf> shelf, PredictorShelf::Kind kind,
                std::unique_ptr<Predictor> predictor, std::vector<float> inputs, int64_t rows,
                Reference array, std::span<float> outputs)
      : shelf_(std::move(shelf)),
        kind_(kind),
        predictor_(std::move(predictor)),
        inputs_(std::move(inputs)),
        rows_(rows),
        array_(std::move(array)),
        outputs_(outputs) {}

 private:
  void Execute() override { predictor_->Predict(inputs_, rows_, outputs_, &stop_flag()); }
  void Release() noexcept override { std::vector<float>().swap(inputs_); }
  napi_value Result(napi_env) override {
    shelf_->Return(kind_, std::move(predictor_));
    return array_.Get();
  }

  std::shared_ptr<PredictorShelf> shelf_;
  PredictorShelf::Kind kind_;
  std::unique_ptr<Predictor> predictor_;
  std::vector<float> inputs_;
  int64_t rows_;
  Reference array_;
  std::span<float> outputs_;
};

}  // namespace layerwise
