// What the layers of a network did with a batch: how their outputs, their gradients and their
// updates are spread. For people who look into a training, and for the warnings made of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "native/network/parameters.h"
#include "native/network/spec.h"

namespace layerwise {

class ExecutionPlan;

// The mean, standard deviation and Euclidean norm of some numbers.
struct Spread {
  double mean = 0;
  double deviation = 0;
  double norm = 0;
};

struct LayerStatistics {
  size_t layer = 0;  // of the network; those within a residual block have the block's
  std::string path;
  std::string type;
  bool is_output = false;  // whether it gives an output of the network
  Spread outputs;
  // Share of the units whose output is zero for every row.
  double dead_units = 0;
  // Share of the outputs at which the activation is all but flat, and not zero: a rectifier that is
  // off is not saturated. Absent where the activation works on whole rows.
  std::optional<double> saturated;
  // Of the loss, by what the layer computes before its activation. Absent before the first layer
  // that learns.
  std::optional<Spread> output_gradients;
  // What follows is of all trainable parameters of the layer, and absent where it has none.
  std::optional<Spread> gradients;
  std::optional<double> weight_norm;
  // Norm of the last update over that of the parameters; absent too where these are all zero.
  std::optional<double> update_ratio;
};

// An activation is all but flat where its derivative is smaller.
inline constexpr float kFlatDerivative = 0.01f;

// Of every layer, after a training pass over so many rows. The plan inspects (PlanOptions);
// `before` are the parameters before the last update.
std::vector<LayerStatistics> StatisticsOf(const ExecutionPlan& plan, const NetworkSpec& spec,
                                          const ParameterLayout& layout, int64_t rows,
                                          const float* before);

}  // namespace layerwise
