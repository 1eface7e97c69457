// Metrics: one row each, computed from the outputs and targets of a row and averaged over rows.
#pragma once

#include <cstdint>
#include <span>

#include "native/kernels/row_info.h"

namespace layerwise {

struct MetricInput {
  const float* outputs;  // (columns)
  const float* targets;  // (columns), or null when the target is a class
  int32_t target_class;
  int64_t columns;
  // Outputs are independent yes-or-no answers (sigmoid) rather than one choice out of several.
  bool independent_outputs;

  float Target(int64_t column) const {
    if (targets != nullptr) return targets[column];
    return column == target_class ? 1.0f : 0.0f;
  }
};

struct MetricRow {
  RowInfo info;
  double (*of_row)(const MetricInput& input) = nullptr;
};

std::span<const MetricRow> Metrics();

}  // namespace layerwise
