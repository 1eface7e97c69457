// The code of a variational autoencoder: columns 0 to k-1 of the input are means, columns k to 2k-1
// logarithms of variances, and the output is a sample of those normal distributions; when
// predicting, their means.
#pragma once

#include "native/layers/layer.h"

namespace layerwise {

struct GaussianSamplingLayer final : Layer {
  static const LayerType kType;

  // The factor on the Kullback-Leibler divergence from the standard normal distribution, which is
  // added to the loss of each row.
  double kl_weight = 0;

  void Lower(Lowering& plan) const override;
};

}  // namespace layerwise
