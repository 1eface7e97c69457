// Layer normalisation: each row with its own mean and variance, then scaled and shifted by learnt
// numbers.
#pragma once

#include "native/kernels/layer_norm.h"
#include "native/network/parameters.h"
#include "native/plan/steps/block_step.h"

namespace layerwise {

class LayerNormStep final : public BlockStep {
 public:
  // Memory for those of each row.
  struct Statistics {
    float* mean;
    float* inverse_deviation;
  };

  LayerNormStep(const NetworkSpec& spec, const ParameterLayout& layout, size_t layer,
                const ValueBuffer& input, const ValueBuffer& output, const Statistics& statistics);

 private:
  void ForwardBlock(const StepContext& context, const Block& block) const override;
  void BackwardBlock(const StepContext& context, const Block& block) const override;
  void BackwardParameters(const StepContext& context) override;
  LayerNormRows Rows(const StepContext& context, int64_t first_row, int64_t rows) const;

  const LayerNormKernels& kernels_;
  const bool is_trainable_;
  const ParameterBlock* scale_;  // or null
  const ParameterBlock* shift_;  // or null
  const float epsilon_;
  const Statistics statistics_;
};

}  // namespace layerwise
