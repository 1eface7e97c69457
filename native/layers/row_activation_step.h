// An activation of whole rows, such as softmax, as a step of its own.
#pragma once

#include "native/layers/block_step.h"

namespace layerwise {

class RowActivationStep final : public BlockStep {
 public:
  RowActivationStep(const FusedActivation& activation, const StepSite& site)
      : BlockStep(site), activation_(activation) {}

  bool TakesRowsApart() const override { return true; }

 private:
  void ForwardBlock(const StepContext& context, const Block& block) const override;
  void BackwardBlock(const StepContext& context, const Block& block) const override;

  const FusedActivation activation_;
};

}  // namespace layerwise
