#include "native/plan/objective_checks.h"

#include <algorithm>
#include <cmath>

#include "native/core/error.h"
#include "native/data/row_blocks.h"
#include "native/plan/metric_checks.h"

namespace layerwise {
namespace {

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
std::string TargetsPath(const OutputObjective& objective, const std::string& path) {
  return path + "targets" + (objective.name.empty() ? "" : "." + objective.name);
}

// Calls check(row, column, value) for the inputs of the first rows that are targets of an output.
template <typename F>
void ForInputTargets(const Dataset& data, int64_t count, const OutputObjective& output, F&& check) {
  ForEachBlock(data, [&](const Dataset& block, int64_t first, int64_t rows) {
    for (int64_t i = 0; i < std::min(rows, count - first); ++i) {
      for (int64_t j = 0; j < output.columns; ++j) {
        const int64_t at = i * block.input_stride() + output.first_column + j;
        check(first + i, j,
              data.inputs_are_bytes() ? static_cast<double>(block.byte_inputs()[at]) *
                                                static_cast<double>(data.scale()) +
                                            static_cast<double>(data.offset())
                                      : static_cast<double>(block.float_inputs()[at]));
      }
    }
  });
}

// Whether no byte stands for a number beyond the bounds, so that none has to be looked at.
bool AllBytesAreWithin(const Dataset& data, const LossRow& loss, double allowance) {
  const auto is_within = [&](double byte) {
    const double value =
        byte * static_cast<double>(data.scale()) + static_cast<double>(data.offset());
    return value >= loss.target_minimum - allowance && value <= loss.target_maximum + allowance;
  };
  return is_within(0) && is_within(255);
}

void CheckBounds(const Dataset& data, int64_t rows, const OutputObjective& objective,
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
    throw TargetError(TargetsPath(objective, path), row, column, loss, value);
  };
  if (is_input) {
    if (data.inputs_are_bytes() && AllBytesAreWithin(data, loss, allowance)) return;
    ForInputTargets(data, rows, objective, check);
    return;
  }
  const float* targets = data.float_targets(objective.output);
  const int64_t stride = data.target_stride(objective.output);
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = 0; j < data.target_columns(objective.output); ++j) {
      check(i, j, static_cast<double>(targets[i * stride + j]));
    }
  }
}

void CheckTargets(const Dataset& data, const NetworkSpec& network, const OutputObjective& objective,
                  const std::string& path) {
  const TargetKind kind = data.target_kind(objective.output);
  const std::string at = TargetsPath(objective, path);
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
  const int64_t outputs = is_input ? network.output_size() : objective.columns;
  const int64_t columns = data.target_columns(objective.output);
  if (columns == outputs) return;
  const char* what = classes ? "classes" : "columns";
  throw Error(ErrorKind::kShape, at, Count(outputs, what) + ", one for each output of the network",
              Count(columns, what), "Change the units of the last layer or the targets.");
}

}  // namespace

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
    CheckMetrics(output, data);
  }
}

void CheckTargetBounds(const Dataset& data, const Objective& objective, const std::string& path) {
  CheckTargetBounds(data, data.rows(), objective, path);
}

void CheckTargetBounds(const Dataset& block, int64_t rows, const Objective& objective,
                       const std::string& path) {
  for (const OutputObjective& output : objective.outputs) {
    CheckBounds(block, rows, output, path);
  }
}

}  // namespace layerwise
