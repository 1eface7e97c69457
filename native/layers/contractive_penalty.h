// Passes its input on and penalises the Jacobian of the dense layer before it, y = f(W x + b), for
// every row (Rifai et al. 2011): weight ||dy/dx||^2 = weight sum_j f'(z_j)^2 ||w_j||^2, in the norm
// of Frobenius, w_j being the weights of unit j.
#pragma once

#include "native/layers/layer.h"

namespace layerwise {

struct ContractivePenaltyLayer final : Layer {
  static const LayerType kType;

  double weight = 0;

  void CheckPlace(const EarlierLayers& earlier) override;
  void Lower(Lowering& plan) const override;
};

}  // namespace layerwise
