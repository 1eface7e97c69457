// A function of JavaScript that predicts rows at once, bound to a range of a network's layers: for
// tight loops of a few rows, where looking up what a method is called on and reading numbers would
// take as long as the pass.
#pragma once

#include <napi.h>

#include <cstdint>
#include <memory>
#include <span>

#include "native/plan/idle_predictors.h"

namespace layerwise {

class RowPredictor {
 public:
  RowPredictor(std::shared_ptr<IdlePredictors> predictors, const IdlePredictors::Kind& kind,
               RowSizes sizes);

  // (inputs, output): fills the output, or returns false and leaves it alone where an input is not
  // finite. The two may overlap. Throws for arrays that are not of the same number of whole rows.
  static Napi::Value ToFunction(Napi::Env env, std::unique_ptr<RowPredictor> predictor);

 private:
  static napi_value Callback(napi_env env, napi_callback_info info) noexcept;
  bool Predict(std::span<const float> inputs, std::span<float> outputs);
  int64_t RowsOf(std::span<const float> inputs, std::span<float> outputs) const;

  std::shared_ptr<IdlePredictors> predictors_;
  IdlePredictors::Kind kind_;
  RowSizes sizes_;
};

}  // namespace layerwise
