// Layer normalisation: each row with its own mean and variance, then scaled and shifted by learnt
// numbers.
#pragma once

#include "native/kernels/layer_norm.h"
#include "native/network/parameters.h"
#include "native/plan/steps/block_step.h"

namespace layerwise {

class LayerNormStep final : public BlockStep {
 public:
  LayerNormStep(double epsilon, const StepSite& site);

  void Reserve(StepReservation& memory) override;
  void Bind(const StepMemory& memory) override;

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
  // Of each row, kept for the backward pass.
  const int64_t batch_rows_;
  Slot<float> mean_slot_;
  Slot<float> inverse_slot_;
  float* mean_ = nullptr;
  float* inverse_deviation_ = nullptr;
};

}  // namespace layerwise
