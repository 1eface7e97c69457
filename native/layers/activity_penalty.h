// Passes its input on and makes it cost something: what keeps the codes of an autoencoder sparse.
#pragma once

#include "native/layers/layer.h"

namespace layerwise {

struct ActivityPenaltyLayer final : Layer {
  static const LayerType kType;

  double l1 = 0;
  double kl_weight = 0;
  double target = 0;

  void Lower(Lowering& plan) const override;
};

}  // namespace layerwise
