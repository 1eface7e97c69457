// The weights and the bias of layers that multiply: how their options are read, what they cost.
#pragma once

#include <cstdint>

#include "native/core/value.h"
#include "native/kernels/choice.h"
#include "native/layers/tensor.h"
#include "native/layers/training_factors.h"

namespace layerwise {

// Added to the loss: l1 sum |w| + l2 sum w^2.
struct WeightPenaltySpec {
  double l1 = 0;
  double l2 = 0;

  bool enabled() const { return l1 > 0 || l2 > 0; }
};

// What weights cost by themselves, and their bounds.
struct WeightRules {
  WeightPenaltySpec kernel_penalty;
  WeightPenaltySpec bias_penalty;
  double max_norm = 0;  // of the weights of each unit; 0 for no bound
};

struct WeightsSpec {
  bool bias = true;
  Choice kernel_initializer;
  Choice bias_initializer;
  WeightRules rules;
  WeightFactors factors;
};

// `kernel_initializer`: the default.
WeightsSpec ReadWeights(const ValueReader& layer, const Choice& kernel_initializer);
WeightsSpec ReadWeights(const ValueReader& layer, const char* kernel_initializer);
WeightPenaltySpec ReadPenalty(const ValueReader& layer, const char* member);
Choice ReadInitializer(const ValueReader& layer, const char* member, const Choice& fallback);
Choice ReadInitializer(const ValueReader& layer, const char* member, const char* fallback);
// The initializer of a name, with its default parameters.
Choice InitializerNamed(const char* name);

// The tensors `weight`, (rows, inputs), and `bias`, (rows), where there is one. The spec outlives
// what is made of the list.
void AddWeights(const WeightsSpec& spec, int64_t rows, int64_t inputs, TensorList& to);
void AddBias(const WeightsSpec& spec, int64_t rows, TensorList& to);

}  // namespace layerwise
