#include "native/training/stratification.h"

#include <algorithm>

namespace layerwise {
namespace {

// One 1 among zeros; a single number may be either.
bool NamesOneClass(const float* targets, int64_t columns) {
  const auto ones = std::count(targets, targets + columns, 1.0f);
  const auto zeros = std::count(targets, targets + columns, 0.0f);
  return ones + zeros == columns && (columns == 1 || ones == 1);
}

bool AreClasses(const Dataset& data, const Objective& objective) {
  if (objective.has_heads() || data.outputs() != 1) return false;
  if (data.target_kind() == TargetKind::kClasses) return true;
  if (data.target_kind() != TargetKind::kMatrix) return false;
  const MetricTask task = objective.outputs.front().TaskFor(data.target_kind());
  if (task != MetricTask::kYesOrNo && task != MetricTask::kOneOfSeveral) return false;
  const int64_t columns = data.target_columns();
  for (int64_t row = 0; row < data.rows(); ++row) {
    if (!NamesOneClass(data.float_targets() + row * data.target_stride(), columns)) return false;
  }
  return true;
}

}  // namespace

RowClasses ClassesToStratify(const Dataset& data, const Objective& objective) {
  RowClasses classes;
  if (!AreClasses(data, objective)) return classes;
  classes.count = std::max<int64_t>(2, data.target_columns());
  classes.of_row.resize(static_cast<size_t>(data.rows()));
  for (int64_t row = 0; row < data.rows(); ++row) {
    classes.of_row[static_cast<size_t>(row)] = static_cast<uint32_t>(data.ClassOf(row));
  }
  return classes;
}

}  // namespace layerwise
