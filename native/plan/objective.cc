#include "native/plan/objective.h"

#include <cmath>
#include <limits>
#include <utility>

#include "native/core/error.h"
#include "native/kernels/choice.h"
#include "native/layers/activation.h"
#include "native/plan/metric_checks.h"

namespace layerwise {
namespace {

constexpr LossRow kCustomLossRow = {{"customLoss", "", "", {}},
                                    nullptr,
                                    LossTargets::kEither,
                                    -std::numeric_limits<double>::infinity(),
                                    std::numeric_limits<double>::infinity(),
                                    nullptr};

void CheckOutput(const OutputObjective& objective, const NetworkSpec& network) {
  const LossRow& loss = *objective.loss;
  if (loss.output == nullptr) return;
  const std::string activation = ActivationOf(EndOf(objective, network)).info.name;
  if (activation == loss.output) return;
  throw Error(ErrorKind::kArgument, objective.path + "loss",
              std::string("a loss for ") + activation + " outputs, as " + loss.info.name +
                  " needs " + loss.output,
              std::string(loss.info.name),
              std::string("Give the last layer the activation ") + loss.output +
                  " or choose another loss.");
}

std::string Count(int64_t count, const char* what) { return std::to_string(count) + " " + what; }

Error TargetError(const std::string& path, int64_t row, int64_t column, const LossRow& loss,
                  double value) {
  const char* range =
      std::isfinite(loss.target_maximum) ? "a number between 0 and 1 for " : "a number >= 0 for ";
  return {ErrorKind::kData, path + "[" + std::to_string(row) + "][" + std::to_string(column) + "]",
          std::string(range) + loss.info.name, std::to_string(value),
          "Scale the targets, or choose another loss."};
}

// Where the targets of an output are found: targets, or targets.NAME.
std::string TargetsPath(const OutputObjective& objective, const NetworkSpec& network,
                        const std::string& path) {
  const std::string& name = network.outputs[objective.output].name;
  return path + "targets" + (name.empty() ? "" : "." + name);
}

// Calls check(row, column, value) for the inputs that are targets of an output.
template <typename F>
void ForInputTargets(const Dataset& data, const OutputSpec& output, F&& check) {
  for (int64_t i = 0; i < data.rows(); ++i) {
    for (int64_t j = 0; j < output.columns; ++j) {
      const int64_t at = i * data.columns() + output.first_column + j;
      check(i, j,
            data.inputs_are_bytes()
                ? static_cast<double>(data.byte_inputs()[at]) * static_cast<double>(data.scale()) +
                      static_cast<double>(data.offset())
                : static_cast<double>(data.float_inputs()[at]));
    }
  }
}

void CheckBounds(const Dataset& data, const OutputObjective& objective, const NetworkSpec& network,
                 const std::string& path) {
  const LossRow& loss = *objective.loss;
  const TargetKind kind = data.target_kind(objective.output);
  if (!std::isfinite(loss.target_minimum) || kind == TargetKind::kClasses) return;
  const bool is_input = kind == TargetKind::kInput;
  // A scale such as 1 / 255 is rounded: allow for it.
  const double allowance = is_input && data.inputs_are_bytes() ? 1e-6 : 0.0;
  const auto check = [&](int64_t row, int64_t column, double value) {
    if (value >= loss.target_minimum - allowance && value <= loss.target_maximum + allowance)
      return;
    throw TargetError(TargetsPath(objective, network, path), row, column, loss, value);
  };
  if (is_input) {
    ForInputTargets(data, network.outputs[objective.output], check);
    return;
  }
  const float* targets = data.float_targets(objective.output);
  const int64_t columns = data.target_columns(objective.output);
  for (int64_t i = 0; i < data.rows() * columns; ++i) {
    check(i / columns, i % columns, static_cast<double>(targets[i]));
  }
}

void ReadLoss(const ValueReader& loss, OutputObjective& objective) {
  const auto losses = LossesFor(SelectedInstructionSet());
  const Choice choice = ReadChoice(loss, losses);
  objective.loss = &losses[choice.row];
  for (const double parameter : choice.parameters) {
    objective.loss_parameters.push_back(static_cast<float>(parameter));
  }
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
  for (const OutputSpec& output : network.outputs) {
    const ValueReader own = outputs.Member(output.name);
    own.AllowOnly(kOutputOptions);
    OutputObjective& read = objective.outputs.emplace_back();
    read.output = objective.outputs.size() - 1;
    read.name = output.name;
    read.path = own.path() + ".";
    read.weight = ReadWeight(own);
    ReadLoss(own.Member("loss"), read);
    CheckOutput(read, network);
    ReadMetrics(own, output.name + ".", read, objective.metric_names);
  }
  return objective;
}

void CheckTargets(const Dataset& data, const NetworkSpec& network, const OutputObjective& objective,
                  const std::string& path) {
  const TargetKind kind = data.target_kind(objective.output);
  const std::string at = TargetsPath(objective, network, path);
  if (kind == TargetKind::kNone) {
    throw Error(ErrorKind::kArgument, at, "targets", "none", "Give the targets beside the inputs.");
  }
  const bool classes = kind == TargetKind::kClasses;
  if (classes && objective.loss->targets == LossTargets::kMatrix) {
    throw Error(ErrorKind::kArgument, at,
                std::string("numbers for the loss ") + objective.loss->info.name, "class indices",
                "Give one column of targets for each output, or choose crossEntropy.");
  }
  const bool is_input = kind == TargetKind::kInput;
  const int64_t outputs =
      is_input ? network.output_size() : network.outputs[objective.output].columns;
  const int64_t columns = data.target_columns(objective.output);
  if (columns == outputs) return;
  const char* what = classes ? "classes" : "columns";
  throw Error(ErrorKind::kShape, at, Count(outputs, what) + ", one for each output of the network",
              Count(columns, what), "Change the units of the last layer or the targets.");
}

}  // namespace

const Layer& EndOf(const OutputObjective& objective, const NetworkSpec& network) {
  return *network.layers[network.outputs[objective.output].layer];
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
  OutputObjective& only = objective.outputs.emplace_back();
  if (custom != nullptr) {
    only.loss = &kCustomLossRow;
  } else {
    ReadLoss(options.Member("loss"), only);
    CheckOutput(only, network);
  }
  ReadMetrics(options, "", only, objective.metric_names);
  return objective;
}

void CheckShapes(const Dataset& data, const NetworkSpec& network, const Objective& objective,
                 const std::string& path) {
  if (data.columns() != network.input_size) {
    throw Error(ErrorKind::kShape, path + "inputs",
                Count(network.input_size, "columns, the inputSize of the network"),
                Count(data.columns(), "columns"), "Give one column for each input.");
  }
  const bool is_input = data.target_kind() == TargetKind::kInput;
  if (!is_input && data.outputs() != network.outputs.size()) {
    throw Error(
        ErrorKind::kShape, path + "targets",
        "targets for the " + std::to_string(network.outputs.size()) + " outputs of the network",
        "for " + std::to_string(data.outputs()), "Give each output targets of its own.");
  }
  for (const OutputObjective& output : objective.outputs) {
    CheckTargets(data, network, output, path);
    CheckMetrics(output, network, data);
  }
}

void CheckTargetBounds(const Dataset& data, const NetworkSpec& network, const Objective& objective,
                       const std::string& path) {
  for (const OutputObjective& output : objective.outputs) {
    CheckBounds(data, output, network, path);
  }
}

}  // namespace layerwise
