// An activation of whole rows, such as softmax, as a step of its own.
#pragma once

#include "native/plan/steps/step.h"

namespace layerwise {

class RowActivationStep final : public Step {
 public:
  RowActivationStep(FusedActivation activation, const ValueBuffer& input, const ValueBuffer& output)
      : activation_(activation), input_(input), output_(output) {}

  void Forward(const StepContext& context) override;
  void Backward(const StepContext& context) override;

 private:
  FusedActivation activation_;
  const ValueBuffer& input_;
  const ValueBuffer& output_;
};

}  // namespace layerwise
