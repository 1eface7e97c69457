#include "native/plan/objective.h"

#include <cmath>
#include <limits>
#include <utility>

#include "native/core/error.h"
#include "native/network/choice.h"
#include "native/plan/metric_checks.h"

namespace layerwise {
namespace {

constexpr LossRow kCustomLossRow = {{"customLoss", "", "", {}},
                                    nullptr,
                                    LossTargets::kEither,
                                    -std::numeric_limits<double>::infinity(),
                                    std::numeric_limits<double>::infinity(),
                                    nullptr};

void CheckOutput(const LossRow& loss, const NetworkSpec& network, const std::string& path) {
  if (loss.output == nullptr) return;
  const std::string activation = ActivationOf(network.output_layer()).info.name;
  if (activation == loss.output) return;
  throw Error(ErrorKind::kArgument, path,
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
  return {ErrorKind::kData,
          path + "targets[" + std::to_string(row) + "][" + std::to_string(column) + "]",
          std::string(range) + loss.info.name, std::to_string(value),
          "Scale the targets, or choose another loss."};
}

void CheckByteInputs(const Dataset& data, const LossRow& loss, const std::string& path) {
  const int64_t columns = data.columns();
  const uint8_t* bytes = data.byte_inputs();
  for (int64_t i = 0; i < data.rows() * columns; ++i) {
    const double value = static_cast<double>(bytes[i]) * static_cast<double>(data.scale()) +
                         static_cast<double>(data.offset());
    // A scale such as 1 / 255 is rounded: allow for it.
    if (value >= loss.target_minimum - 1e-6 && value <= loss.target_maximum + 1e-6) continue;
    throw TargetError(path, i / columns, i % columns, loss, value);
  }
}

void ReadLoss(const ValueReader& loss, Objective& objective) {
  const auto losses = LossesFor(SelectedInstructionSet());
  const Choice choice = ReadChoice(loss, losses);
  objective.loss = &losses[choice.row];
  for (const double parameter : choice.parameters) {
    objective.loss_parameters.push_back(static_cast<float>(parameter));
  }
}

}  // namespace

Objective ReadObjective(const ValueReader& options, const NetworkSpec& network,
                        CustomLoss* custom) {
  Objective objective;
  if (custom != nullptr) {
    objective.loss = &kCustomLossRow;
    objective.custom = custom;
  } else {
    ReadLoss(options.Member("loss"), objective);
    CheckOutput(*objective.loss, network, "loss");
  }
  if (!options.Has("metrics")) return objective;
  const ValueReader metrics = options.Member("metrics");
  for (size_t i = 0; i < metrics.ArraySize(); ++i) {
    Choice choice = ReadChoice(metrics.Item(i), Metrics());
    const MetricRow& row = Metrics()[choice.row];
    objective.metrics.push_back({&row, std::move(choice.parameters)});
    objective.metric_names.emplace_back(row.info.name);
  }
  return objective;
}

void CheckShapes(const Dataset& data, const NetworkSpec& network, const Objective& objective,
                 const std::string& path) {
  if (data.columns() != network.input_size) {
    throw Error(ErrorKind::kShape, path + "inputs",
                Count(network.input_size, "columns, the inputSize of the network"),
                Count(data.columns(), "columns"), "Give one column for each input.");
  }
  if (data.target_kind() == TargetKind::kNone) {
    throw Error(ErrorKind::kArgument, path + "targets", "targets", "none",
                "Give the targets beside the inputs.");
  }
  const bool classes = data.target_kind() == TargetKind::kClasses;
  if (classes && objective.loss->targets == LossTargets::kMatrix) {
    throw Error(ErrorKind::kArgument, path + "targets",
                std::string("numbers for the loss ") + objective.loss->info.name, "class indices",
                "Give one column of targets for each output, or choose crossEntropy.");
  }
  const int64_t outputs = network.output_layer().output_size;
  const int64_t columns =
      data.target_kind() == TargetKind::kInput ? data.columns() : data.target_columns();
  if (columns != outputs) {
    const char* what = classes ? "classes" : "columns";
    throw Error(ErrorKind::kShape, path + "targets",
                Count(outputs, what) + ", one for each output of the network", Count(columns, what),
                "Change the units of the last layer or the targets.");
  }
  CheckMetrics(objective, network, data);
}

void CheckTargetBounds(const Dataset& data, const Objective& objective, const std::string& path) {
  const LossRow& loss = *objective.loss;
  if (!std::isfinite(loss.target_minimum) || data.target_kind() == TargetKind::kClasses) return;
  if (data.target_kind() == TargetKind::kInput && data.inputs_are_bytes()) {
    CheckByteInputs(data, loss, path);
    return;
  }
  const bool is_input = data.target_kind() == TargetKind::kInput;
  const float* targets = is_input ? data.float_inputs() : data.float_targets();
  const int64_t columns = is_input ? data.columns() : data.target_columns();
  for (int64_t i = 0; i < data.rows() * columns; ++i) {
    const double value = static_cast<double>(targets[i]);
    if (value >= loss.target_minimum && value <= loss.target_maximum) continue;
    throw TargetError(path, i / columns, i % columns, loss, value);
  }
}

}  // namespace layerwise
