// The second half of a maxout layer (Goodfellow et al. 2013): the largest of `pieces` neighbouring
// columns, which a dense step before it computed.
#pragma once

#include "native/plan/steps/step.h"

namespace layerwise {

class MaxoutStep final : public Step {
 public:
  MaxoutStep(int64_t pieces, const ValueBuffer& input, const ValueBuffer& output)
      : pieces_(pieces), input_(input), output_(output) {}

  void Forward(const StepContext& context) override;
  void Backward(const StepContext& context) override;

 private:
  const int64_t pieces_;
  const ValueBuffer& input_;
  const ValueBuffer& output_;
};

}  // namespace layerwise
