// The largest of `pieces` neighbouring columns that a dense step computes (Goodfellow et al. 2013).
#pragma once

#include "native/layers/dense/weights.h"
#include "native/layers/layer.h"

namespace layerwise {

struct MaxoutLayer final : Layer {
  static const LayerType kType;

  int64_t pieces = 1;
  WeightsSpec weights;

  void AddTensors(TensorList& to) const override;
  const WeightRules* weight_rules() const override { return &weights.rules; }
  void Lower(Lowering& plan) const override;
};

}  // namespace layerwise
