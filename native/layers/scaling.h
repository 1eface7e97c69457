// A learned factor for each column, y = s x: how much a network makes of each of its inputs
// (Holzmüller, Grinsztajn and Steinwart 2024).
#pragma once

#include "native/layers/layer.h"
#include "native/layers/lowering.h"
#include "native/layers/tensor.h"

namespace layerwise {

struct ScalingLayer final : Layer {
  static const LayerType kType;

  double factor = 1;  // before training
  TrainingFactors factors;

  void AddTensors(TensorList& to) const override;
  void Lower(Lowering& plan) const override;
};

// Gives the plan a step that multiplies all columns, so many, by the same number, for the next step
// of the layer that is being lowered.
void AddConstantScale(Lowering& plan, double factor, int64_t columns);

}  // namespace layerwise
