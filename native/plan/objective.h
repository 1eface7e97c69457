// What a network is measured by: a loss and any metrics of each of its outputs. What follows from
// that and the network is decided here, for the plan, the metrics and the checks of the data.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
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

// What one output is measured by.
struct OutputObjective {
  size_t output = 0;              // among those of the network
  std::string name;               // of the output; empty for the only one
  std::string path;               // of its options: outputs.NAME. , or empty for the only output
  const LossRow* loss = nullptr;  // with a custom one, a row that describes it
  std::vector<float> loss_parameters;
  float weight = 1;  // of the loss in that of the network
  std::vector<ChosenMetric> metrics;

  size_t layer = 0;             // gives the output
  int64_t first_column = 0;     // of the output among those of all outputs
  int64_t columns = 0;          // of the output
  std::string_view activation;  // that the output ends with

  bool is_custom() const { return loss->compute == nullptr; }
  // Whether the loss computes that activation too, so that the layer leaves it out.
  bool fuses_activation() const { return loss->output != nullptr; }
  // Whether outputs are yes-or-no answers, each for itself.
  bool has_independent_outputs() const;
  // Where the option stands.
  std::string PathOfMetric(size_t metric) const;
  // What the outputs and targets of this kind are to metrics.
  MetricTask TaskFor(TargetKind targets) const;
};

struct Objective {
  std::vector<OutputObjective> outputs;  // all of the network, in their order
  CustomLoss* custom = nullptr;          // computes the loss of the only output in place of the row

  // The names of the metrics of all outputs, one after the other; where there are several outputs,
  // the name of the output and a dot come before each.
  std::vector<std::string> metric_names;

  // Whether the outputs are those of heads, which have names.
  bool has_heads() const { return !outputs.front().name.empty(); }
};

// What the numbers of a result belong to.
struct OutputNames {
  std::string output;  // empty for the only one
  std::vector<std::string> metrics;
};
std::vector<OutputNames> NamesOf(const Objective& objective);

// The options of one of several outputs.
inline constexpr const char* kOutputOptions[] = {"loss", "weight", "metrics", "classWeights"};

// Reads { loss, metrics? }, and of a network with heads { outputs: { NAME: { loss, weight?,
// metrics? }}}; throws when a loss does not fit its output. A custom loss stands for the option.
Objective ReadObjective(const ValueReader& options, const NetworkSpec& network,
                        CustomLoss* custom = nullptr);

}  // namespace layerwise
