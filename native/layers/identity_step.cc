#include "native/layers/identity_step.h"

namespace layerwise {

void IdentityStep::ForwardBlock(const StepContext&, const Block& block) const {
  CopyBlock(input().output, output().linear, block);
}

void IdentityStep::BackwardBlock(const StepContext&, const Block& block) const {
  CopyBlock(output().gradient, input().gradient, block);
}

}  // namespace layerwise
