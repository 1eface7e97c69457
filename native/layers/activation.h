// An activation function: as a layer of its own, at the end of one, or as a step.
#pragma once

#include <span>

#include "native/kernels/activations.h"
#include "native/layers/layer.h"
#include "native/layers/value_buffer.h"

namespace layerwise {

struct ActivationLayer final : Layer {
  static const LayerType kType;

  Choice function;

  const Choice* activation() const override { return &function; }
  void Lower(Lowering& plan) const override;
};

// The table of activations for the selected instruction set, and a layer's row in it: linear where
// it has none.
std::span<const ActivationRow> Activations();
const ActivationRow& ActivationOf(const Layer& layer);
// As steps apply it; none for linear.
FusedActivation Fuse(const Choice& activation);

}  // namespace layerwise
