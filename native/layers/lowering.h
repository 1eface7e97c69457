// What a layer may ask of the plan that it is lowered for, and give to it.
#pragma once

#include <cstdint>

#include "native/kernels/choice.h"
#include "native/layers/stage.h"

namespace layerwise {

class Lowering {
 public:
  virtual ~Lowering() = default;

  // Whether there is a backward pass, and whether losses are computed: with neither the plan only
  // predicts.
  virtual bool trains() const = 0;
  virtual bool has_loss() const = 0;

  // A step for the layer, behind those before it. The stage that is returned may be changed until
  // the next call.
  virtual Stage& Add(MakeStep make, StageTraits traits = {}) = 0;
  // An activation: within the step before it where that takes it along, or left to the loss.
  virtual void AddActivation(const Choice& activation) = 0;
  // The layer as a normalisation with running statistics: behind the products of a dense step,
  // where there is one, or within its weights.
  virtual void AddNorm(MakeNorm make, double epsilon) = 0;
  // The layers within the layer, and then the sum of what they compute and their input, or what the
  // projection makes of it where there is one.
  virtual void AddInnerAndSkip(const MakeStep& projection) = 0;
  // The layers within the layer, as stacks beside each other that end with the outputs of the
  // network.
  virtual void AddInnerAsOutputs() = 0;
};

}  // namespace layerwise
