// The options learningRateFactor and weightDecayFactor of layers: how what they learn is trained
// beside the rest of the network.
#pragma once

#include <limits>

#include "native/core/value.h"
#include "native/kernels/row_info.h"
#include "native/layers/tensor.h"

namespace layerwise {

// Of layers whose options are all in their row.
constexpr ParameterInfo TrainingFactor(const char* name, const char* description) {
  return {.name = name,
          .fallback = 1.0,
          .minimum = 0.0,
          .maximum = std::numeric_limits<double>::max(),
          .description = description};
}
inline constexpr ParameterInfo kLearningRateFactor = TrainingFactor(
    "learningRateFactor", "What the learning rate is multiplied by for what the layer learns.");
inline constexpr ParameterInfo kWeightDecayFactor = TrainingFactor(
    "weightDecayFactor", "What the weight decay is multiplied by for what the layer learns.");

// Of layers with weights and biases, where each option is { kernel, bias }.
struct WeightFactors {
  TrainingFactors kernel;
  TrainingFactors bias;
};
WeightFactors ReadWeightFactors(const ValueReader& layer);

// Of layers that learn one kind of thing, where each is a number.
TrainingFactors ReadTrainingFactors(const ValueReader& layer);

}  // namespace layerwise
