// What a network is measured by: a loss and any metrics of each of its outputs, checked against the
// network and the data.
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

// Of one output.
struct OutputObjective {
  size_t output = 0;              // among those of the network
  std::string name;               // of the output; empty for the only one
  std::string path;               // of its options: outputs.NAME. , or empty for the only output
  const LossRow* loss = nullptr;  // with a custom one, a row that describes it
  std::vector<float> loss_parameters;
  float weight = 1;  // of the loss in that of the network
  std::vector<ChosenMetric> metrics;

  bool is_custom() const { return loss->compute == nullptr; }
};

struct Objective {
  std::vector<OutputObjective> outputs;  // all of the network, in their order
  CustomLoss* custom = nullptr;          // computes the loss of the only output in place of the row

  // Of the metrics of all outputs, one after the other; of several outputs with the name of the
  // output and a dot before them.
  std::vector<std::string> metric_names;
};

// What the numbers of a result belong to.
struct OutputNames {
  std::string output;  // empty for the only one
  std::vector<std::string> metrics;
};
std::vector<OutputNames> NamesOf(const Objective& objective);

// The layer that gives the output.
const Layer& EndOf(const OutputObjective& objective, const NetworkSpec& network);

// The options of one of several outputs.
inline constexpr const char* kOutputOptions[] = {"loss", "weight", "metrics", "classWeights"};

// Reads { loss, metrics? }, and of a network with heads { outputs: { NAME: { loss, weight?,
// metrics? }}}; throws when a loss does not fit its output. A custom loss stands for the option.
Objective ReadObjective(const ValueReader& options, const NetworkSpec& network,
                        CustomLoss* custom = nullptr);

// Throws when the data's shapes do not fit the network or its targets the loss or a metric.
void CheckShapes(const Dataset& data, const NetworkSpec& network, const Objective& objective,
                 const std::string& path);

// Throws when a target lies outside the loss's bounds. Reads all targets: not for the caller's
// thread.
void CheckTargetBounds(const Dataset& data, const NetworkSpec& network, const Objective& objective,
                       const std::string& path);

}  // namespace layerwise
