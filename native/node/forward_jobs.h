// The jobs that only run forward: evaluation and prediction.
#pragma once

#include <node_api.h>

#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include "native/node/event_conversion.h"
#include "native/node/job.h"
#include "native/node/js_loss.h"
#include "native/node/predictor_shelf.h"
#include "native/node/value_conversion.h"
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
  // JavaScript knows it before the job ends.
  PredictionJob(std::shared_ptr<SharedPredictor> predictor, std::unique_ptr<float[]> inputs,
                int64_t rows, Reference array, std::span<float> outputs)
      : predictor_(std::move(predictor)),
        inputs_(std::move(inputs)),
        rows_(rows),
        array_(std::move(array)),
        outputs_(outputs) {}

 private:
  void Execute() override {
    const auto count = static_cast<size_t>(rows_ * predictor_->input_size());
    predictor_->Predict({inputs_.get(), count}, rows_, outputs_, &stop_flag());
  }
  void Release() noexcept override { inputs_.reset(); }
  napi_value Result(napi_env) override { return array_.Get(); }

  std::shared_ptr<SharedPredictor> predictor_;
  std::unique_ptr<float[]> inputs_;
  int64_t rows_;
  Reference array_;
  std::span<float> outputs_;
};

}  // namespace layerwise
