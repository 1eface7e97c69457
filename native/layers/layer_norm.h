// Layer normalisation: each row with its own mean and variance, then scaled and shifted by learnt
// numbers.
#pragma once

#include "native/layers/layer.h"

namespace layerwise {

struct LayerNormLayer final : Layer {
  static const LayerType kType;

  double epsilon = 0;
  bool scale = true;  // whether there is one
  bool shift = true;

  void AddTensors(TensorList& to) const override;
  void Lower(Lowering& plan) const override;
};

}  // namespace layerwise
