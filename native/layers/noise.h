// Layers that disturb their input while training: dropout, noise, corruption.
#pragma once

#include "native/layers/layer.h"

namespace layerwise {

enum class NoiseKind { kMasking, kGaussian, kSaltAndPepper, kSwap, kDropout, kAlphaDropout };

struct NoiseLayer final : Layer {
  static const LayerType kMaskingNoise;
  static const LayerType kGaussianNoise;
  static const LayerType kSaltAndPepperNoise;
  static const LayerType kSwapNoise;
  static const LayerType kDropout;
  static const LayerType kAlphaDropout;

  NoiseKind kind = NoiseKind::kMasking;
  double rate = 0;       // the share of the values that are replaced; not of Gaussian noise
  double deviation = 0;  // Gaussian noise only
  double low = 0;        // salt and pepper only
  double high = 0;

  void Lower(Lowering& plan) const override;
};

}  // namespace layerwise
