#include "native/plan/objective.h"

#include <cmath>
#include <limits>
#include <utility>

#include "native/core/error.h"
#include "native/kernels/choice.h"
#include "native/layers/activation.h"

namespace layerwise {
namespace {

constexpr LossRow kCustomLossRow = {{"customLoss", "", "", {}},
                                    nullptr,
                                    LossTargets::kEither,
                                    -std::numeric_limits<double>::infinity(),
                                    std::numeric_limits<double>::infinity(),
                                    nullptr};

// What the network alone says of an output.
OutputObjective ObjectiveOf(size_t index, const NetworkSpec& network) {
  const OutputSpec& output = network.outputs[index];
  OutputObjective objective;
  objective.output = index;
  objective.name = output.name;
  objective.layer = output.layer;
  objective.first_column = output.first_column;
  objective.columns = output.columns;
  objective.activation = ActivationOf(*network.layers[output.layer]).info.name;
  return objective;
}

void CheckActivation(const OutputObjective& objective) {
  const LossRow& loss = *objective.loss;
  if (!objective.fuses_activation() || objective.activation == loss.output) return;
  throw Error(ErrorKind::kArgument, objective.path + "loss",
              std::string("a loss for ") + std::string(objective.activation) + " outputs, as " +
                  loss.info.name + " needs " + loss.output,
              std::string(loss.info.name),
              std::string("Give the last layer the activation ") + loss.output +
                  " or choose another loss.");
}

void ReadLoss(const ValueReader& loss, OutputObjective& objective) {
  const auto losses = LossesFor(SelectedInstructionSet());
  const Choice choice = ReadChoice(loss, losses);
  objective.loss = &losses[choice.row];
  for (const double parameter : choice.parameters) {
    objective.loss_parameters.push_back(static_cast<float>(parameter));
  }
  CheckActivation(objective);
}

float ReadWeight(const ValueReader& options) {
  if (!options.Has("weight")) return 1;
  const ValueReader reader = options.Member("weight");
  const auto weight = static_cast<float>(reader.Number());
  if (weight >= 0 && std::isfinite(weight)) return weight;
  throw Error(ErrorKind::kArgument, reader.path(), "a finite number of at least 0",
              reader.value().Describe(), "An output of weight 0 is not learnt.");
}

void ReadMetrics(const ValueReader& options, const std::string& prefix, OutputObjective& objective,
                 std::vector<std::string>& names) {
  if (!options.Has("metrics")) return;
  const ValueReader metrics = options.Member("metrics");
  for (size_t i = 0; i < metrics.ArraySize(); ++i) {
    Choice choice = ReadChoice(metrics.Item(i), Metrics());
    const MetricRow& row = Metrics()[choice.row];
    objective.metrics.push_back({&row, std::move(choice.parameters)});
    names.push_back(prefix + row.info.name);
  }
}

void RefuseOptionsOfOneOutput(const ValueReader& options) {
  for (const char* name : {"loss", "metrics", "classWeights"}) {
    if (!options.Has(name)) continue;
    throw Error(ErrorKind::kArgument, name, "no such option for a network of several outputs",
                options.Member(name).value().Describe(),
                std::string("Give it to an output: outputs.NAME.") + name + ".");
  }
}

Objective ReadOutputs(const ValueReader& options, const NetworkSpec& network) {
  RefuseOptionsOfOneOutput(options);
  const ValueReader outputs = options.Member("outputs");
  Objective objective;
  for (size_t i = 0; i < network.outputs.size(); ++i) {
    OutputObjective& read = objective.outputs.emplace_back(ObjectiveOf(i, network));
    const ValueReader own = outputs.Member(read.name);
    own.AllowOnly(kOutputOptions);
    read.path = own.path() + ".";
    read.weight = ReadWeight(own);
    ReadLoss(own.Member("loss"), read);
    ReadMetrics(own, read.name + ".", read, objective.metric_names);
  }
  return objective;
}

}  // namespace

bool OutputObjective::has_independent_outputs() const {
  return activation == "sigmoid" && (is_custom() || fuses_activation());
}

std::string OutputObjective::PathOfMetric(size_t metric) const {
  return path + "metrics[" + std::to_string(metric) + "]";
}

MetricTask OutputObjective::TaskFor(TargetKind targets) const {
  const bool is_single = columns == 1;
  if (targets == TargetKind::kClasses) {
    return is_single ? MetricTask::kYesOrNo : MetricTask::kOneOfSeveral;
  }
  if (targets == TargetKind::kInput) return MetricTask::kNumbers;
  if (is_single) return activation == "sigmoid" ? MetricTask::kYesOrNo : MetricTask::kNumbers;
  if (has_independent_outputs()) return MetricTask::kLabels;
  const bool is_choice = activation == "softmax" || activation == "sigmoid";
  return is_choice ? MetricTask::kOneOfSeveral : MetricTask::kNumbers;
}

std::vector<OutputNames> NamesOf(const Objective& objective) {
  std::vector<OutputNames> names;
  for (const OutputObjective& output : objective.outputs) {
    OutputNames& own = names.emplace_back(OutputNames{output.name, {}});
    for (const ChosenMetric& metric : output.metrics)
      own.metrics.emplace_back(metric.row->info.name);
  }
  return names;
}

Objective ReadObjective(const ValueReader& options, const NetworkSpec& network,
                        CustomLoss* custom) {
  if (network.has_heads() && custom != nullptr) {
    throw Error(ErrorKind::kArgument, "loss",
                "losses of the table for a network of several outputs", "a custom loss",
                "Train it by hand: model.trainer.");
  }
  if (network.has_heads()) return ReadOutputs(options, network);
  if (options.Has("outputs")) {
    throw Error(ErrorKind::kArgument, "outputs", "no such option for a network of one output",
                options.Member("outputs").value().Describe(), "Give its loss and metrics alone.");
  }
  Objective objective;
  objective.custom = custom;
  OutputObjective& only = objective.outputs.emplace_back(ObjectiveOf(0, network));
  if (custom != nullptr) {
    only.loss = &kCustomLossRow;
  } else {
    ReadLoss(options.Member("loss"), only);
  }
  ReadMetrics(options, "", only, objective.metric_names);
  return objective;
}

}  // namespace layerwise
