// Passes its input on: the output buffer's own normalisation and activation do the rest. For layers
// that no step before them could take along.
#pragma once

#include "native/plan/steps/step.h"

namespace layerwise {

class IdentityStep final : public Step {
 public:
  IdentityStep(const ValueBuffer& input, const ValueBuffer& output)
      : input_(input), output_(output) {}

  void Forward(const StepContext& context) override;
  void Backward(const StepContext& context) override;

 private:
  const ValueBuffer& input_;
  const ValueBuffer& output_;
};

}  // namespace layerwise
