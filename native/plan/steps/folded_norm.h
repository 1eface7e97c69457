// A dense layer and the batch normalisation behind it as one dense layer, for prediction: with
// running statistics, y = gamma (W x + b - mean) / deviation + beta is W' x + b' with W' = s W, b'
// = s (b - mean) + beta and s = gamma / deviation.
#pragma once

#include "native/network/parameters.h"

namespace layerwise {

class FoldedNorm {
 public:
  // `weights` (the dense layer's panels) and `bias` (columns, padded) outlive it.
  FoldedNorm(const NetworkSpec& spec, const ParameterLayout& layout, size_t dense_layer,
             size_t norm_layer, float* weights, float* bias);

  // Brings weights and bias up to date with the parameters.
  void Fold(const float* parameters);

  const float* weights() const { return weights_; }
  const float* bias() const { return bias_; }

 private:
  // s of a column.
  float Scale(const float* parameters, int64_t column) const;

  const ParameterBlock& dense_weights_;
  const ParameterBlock* dense_bias_;
  const ParameterBlock* scale_;
  const ParameterBlock* shift_;
  const ParameterBlock& running_mean_;
  const ParameterBlock& running_variance_;
  float epsilon_;
  float* weights_;
  float* bias_;
};

}  // namespace layerwise
