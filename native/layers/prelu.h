// A rectifier with a learned slope for negative inputs (He et al. 2015): y = x > 0 ? x : a x, with
// one a for all columns or one for each.
#pragma once

#include "native/layers/layer.h"

namespace layerwise {

struct PreluLayer final : Layer {
  static const LayerType kType;

  bool shared = false;  // one slope for all columns
  double slope = 0;     // before training

  void AddTensors(TensorList& to) const override;
  void Lower(Lowering& plan) const override;
};

}  // namespace layerwise
