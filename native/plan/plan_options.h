// What a plan is compiled for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "native/data/dataset.h"
#include "native/kernels/optimizers.h"
#include "native/layers/network_spec.h"
#include "native/network/precision.h"
#include "native/plan/objective.h"

namespace layerwise {

struct PlanOptions {
  // The layers [from, to).
  size_t from = 0;
  size_t to = 0;
  int64_t batch_rows = 1;
  int threads = 1;
  // With an objective the plan computes losses; a fused output activation is then left to the loss.
  const Objective* objective = nullptr;
  // Of each output, or of all of them where the inputs are the targets.
  std::vector<TargetKind> targets;
  bool weights = false;  // whether the rows of a batch may count more or less in the loss
  // Whether they may do so in the loss of one of several outputs.
  std::vector<bool> output_weights;
  // With an optimizer it trains; `gradients` asks for the gradients to be kept, for Update or for
  // whoever wants to look at them.
  const OptimizerRow* optimizer = nullptr;
  bool gradients = false;
  // Whether to keep what every layer computes, and its gradient, until the next pass: layers then
  // are not fused. Only with gradients.
  bool inspects = false;
  bool input_gradient = false;  // whether the gradient of the loss by the inputs is wanted too
  Precision precision = Precision::kFloat32;

  bool backward() const { return optimizer != nullptr || gradients; }
  bool bf16() const { return precision == Precision::kBf16; }
};

// Of a plan for the losses of a data set over the whole network.
inline PlanOptions MeasuringPlan(const NetworkSpec& spec, const Dataset& data,
                                 const Objective& objective) {
  PlanOptions options;
  options.to = spec.layers.size();
  options.objective = &objective;
  for (size_t i = 0; i < data.outputs(); ++i) options.targets.push_back(data.target_kind(i));
  options.weights = data.has_weights();
  return options;
}

}  // namespace layerwise
