// The second half of a maxout layer (Goodfellow et al. 2013): the largest of `pieces` neighbouring
// columns, which a dense step before it computed.
#pragma once

#include "native/plan/steps/block_step.h"

namespace layerwise {

class MaxoutStep final : public BlockStep {
 public:
  MaxoutStep(int64_t pieces, const StepSite& site) : BlockStep(site), pieces_(pieces) {}

 private:
  void ForwardBlock(const StepContext& context, const Block& block) const override;
  void BackwardBlock(const StepContext& context, const Block& block) const override;

  const int64_t pieces_;
};

}  // namespace layerwise
