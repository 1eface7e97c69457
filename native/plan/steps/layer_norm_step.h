// Layer normalisation: each row with its own mean and variance, then scaled and shifted by learnt
// numbers.
#pragma once

#include "native/kernels/layer_norm.h"
#include "native/network/parameters.h"
#include "native/plan/steps/step.h"

namespace layerwise {

class LayerNormStep final : public Step {
 public:
  // Memory for those of each row.
  struct Statistics {
    float* mean;
    float* inverse_deviation;
  };

  LayerNormStep(const NetworkSpec& spec, const ParameterLayout& layout, size_t layer,
                const ValueBuffer& input, const ValueBuffer& output, const Statistics& statistics);

  void Forward(const StepContext& context) override;
  void Backward(const StepContext& context) override;

 private:
  LayerNormRows Rows(const StepContext& context, int64_t first_row, int64_t rows) const;
  void ParameterGradients(const StepContext& context) const;

  const LayerNormKernels& kernels_;
  const bool is_trainable_;
  const ParameterBlock* scale_;  // or null
  const ParameterBlock* shift_;  // or null
  const float epsilon_;
  const ValueBuffer& input_;
  const ValueBuffer& output_;
  const Statistics statistics_;
};

}  // namespace layerwise
