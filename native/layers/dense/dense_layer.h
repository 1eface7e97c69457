// A fully connected layer, y = f(x W^T + b), or one that takes the weights of another transposed.
#pragma once

#include "native/layers/dense/weights.h"
#include "native/layers/layer.h"

namespace layerwise {

struct DenseLayer final : Layer {
  static const LayerType kType;

  Choice function;  // the activation
  WeightsSpec weights;
  // The layer whose weights it takes transposed: its number in the same list, and once its place
  // was checked that among all layers; -1 for weights of its own.
  int64_t tied_to = -1;

  // Whether the products are divided by the square root of the number of inputs (Jacot, Gabriel and
  // Hongler 2018), so that weights of variance 1 keep the spread.
  bool is_ntk = false;

  bool is_tied() const { return tied_to >= 0; }

  void CheckPlace(const EarlierLayers& earlier) override;
  void AddTensors(TensorList& to) const override;
  // With an activation it stands for two.
  size_t modules() const override { return function.row != 0 ? 2 : 1; }
  const Choice* activation() const override { return &function; }
  const WeightRules* weight_rules() const override { return &weights.rules; }
  void Lower(Lowering& plan) const override;
};

}  // namespace layerwise
