// Passes its input on: the output buffer's own normalisation and activation do the rest. For layers
// that no step before them could take along.
#pragma once

#include "native/layers/block_step.h"

namespace layerwise {

class IdentityStep final : public BlockStep {
 public:
  explicit IdentityStep(const StepSite& site) : BlockStep(site, Cut::kEither, Cut::kEither) {}

  bool TakesRowsApart() const override { return true; }

 private:
  void ForwardBlock(const StepContext& context, const Block& block) const override;
  void BackwardBlock(const StepContext& context, const Block& block) const override;
};

}  // namespace layerwise
