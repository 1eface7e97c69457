// What a network is measured by: a loss and any metrics, checked against the network and the data.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "native/core/value.h"
#include "native/data/dataset.h"
#include "native/kernels/losses.h"
#include "native/network/spec.h"
#include "native/plan/custom_loss.h"
#include "native/plan/metrics.h"

namespace layerwise {

struct ChosenMetric {
  const MetricRow* row;
  std::vector<double> parameters;
};

struct Objective {
  const LossRow* loss = nullptr;  // with a custom one, a row that describes it
  CustomLoss* custom = nullptr;   // computes the loss in place of the row
  std::vector<float> loss_parameters;
  std::vector<ChosenMetric> metrics;
  std::vector<std::string> metric_names;
};

// Reads { loss, metrics? }; throws when the loss does not fit the network's output. A custom loss
// stands for the option.
Objective ReadObjective(const ValueReader& options, const NetworkSpec& network,
                        CustomLoss* custom = nullptr);

// Throws when the data's shapes do not fit the network or its targets the loss or a metric.
void CheckShapes(const Dataset& data, const NetworkSpec& network, const Objective& objective,
                 const std::string& path);

// Throws when a target lies outside the loss's bounds. Reads all targets: not for the caller's
// thread.
void CheckTargetBounds(const Dataset& data, const Objective& objective, const std::string& path);

}  // namespace layerwise
