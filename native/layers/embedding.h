// Learned vectors of categories (Guo and Berkhahn 2016): an input that holds the index of a level
// is replaced by the vector of that level. Level 0 is the one that is not known.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "native/layers/dense/weights.h"
#include "native/layers/layer.h"

namespace layerwise {

struct EmbeddedColumn {
  int64_t input = 0;   // which input holds the index
  int64_t levels = 0;  // the unknown one among them
  int64_t units = 0;   // of a vector
};

struct EmbeddingLayer final : Layer {
  static const LayerType kType;

  std::vector<EmbeddedColumn> columns;
  // The share of the indices that are taken for unknown while training.
  double drop_to_unknown = 0;
  Choice initializer;
  WeightPenaltySpec penalty;  // of the vectors of each row
  TrainingFactors factors;
  std::vector<IndexInput> indices;  // of the columns, in their order

  std::span<const IndexInput> index_inputs() const override { return indices; }
  void CheckPlace(const EarlierLayers& earlier) override;
  void AddTensors(TensorList& to) const override;
  void Lower(Lowering& plan) const override;
};

// The level that an index stands for. What is no index of a level, be it NaN, is one that is not
// known: data are checked before, and memory is safe whatever they are.
inline int64_t LevelOf(float index, int64_t levels) {
  if (!(index >= 0.0f && index < static_cast<float>(levels))) return 0;
  const auto level = static_cast<int64_t>(index);
  return static_cast<float>(level) == index ? level : 0;
}

}  // namespace layerwise
