// Stacks of layers beside each other, each of which gives an output of the network.
#pragma once

#include "native/layers/layer.h"

namespace layerwise {

struct HeadsLayer final : Layer {
  static const LayerType kType;

  void ReadInner(const ValueReader& spec, InnerLayers& inner) override;
  bool holds_heads() const override { return true; }
  void Lower(Lowering& plan) const override;
};

}  // namespace layerwise
