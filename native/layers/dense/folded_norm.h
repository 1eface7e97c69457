// A dense layer and the batch normalisation behind it as one dense layer, for prediction: with
// running statistics, y = gamma (W x + b - mean) / deviation + beta is W' x + b' with W' = s W, b'
// = s (b - mean) + beta and s = gamma / deviation.
#pragma once

#include "native/layers/parameter_layout.h"
#include "native/layers/step.h"
#include "native/layers/step_memory.h"

namespace layerwise {

class FoldedNorm {
 public:
  FoldedNorm(const ParameterLayout& layout, size_t dense_layer, const NormToFold& norm);

  void Reserve(StepReservation& memory);
  void Bind(const StepMemory& memory);

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
  // The dense layer's panels, and (columns), padded.
  Slot<float> weights_slot_;
  Slot<float> bias_slot_;
  float* weights_ = nullptr;
  float* bias_ = nullptr;
};

}  // namespace layerwise
