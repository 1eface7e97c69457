// A residual block (He et al. 2016): a stack of layers whose input is added to its output.
#pragma once

#include "native/layers/layer.h"

namespace layerwise {

struct ResidualLayer final : Layer {
  static const LayerType kType;

  bool projection = false;  // of the input, which is then of another width
  Choice projection_initializer;

  void ReadInner(const ValueReader& spec, InnerLayers& inner) override;
  void AddTensors(TensorList& to) const override;
  void Lower(Lowering& plan) const override;
};

}  // namespace layerwise
