#include "native/training/stream_checks.h"

#include <string>

#include "native/plan/index_checks.h"
#include "native/plan/objective_checks.h"
#include "native/training/weight_checks.h"

namespace layerwise {
namespace {

std::string PathOf(const RowStream::Block& block) {
  return "data.rows({ epoch: " + std::to_string(block.epoch) +
         ", row: " + std::to_string(block.first) + " }).";
}

}  // namespace

StreamChecks::StreamChecks(const Objective& objective, std::span<const ClassWeights> class_weights,
                           const NetworkSpec& network, const Dataset& form)
    : objective_(objective),
      class_weights_(class_weights),
      network_(network),
      metric_rows_(objective, form) {}

void StreamChecks::Look(const RowStream::Block& block) {
  CheckTargetBounds(*block.data, block.rows, objective_, PathOf(block));
  CheckIndices(*block.data, block.rows, network_, PathOf(block));
  if (block.first == 0) Begin();
  if (!is_whole_) return;
  Add(block);
  if (block.ends_epoch) Require();
}

void StreamChecks::Begin() {
  is_whole_ = true;
  counts_ = false;
  classes_count_.assign(class_weights_.size(), false);
  metric_rows_.Clear();
}

void StreamChecks::Add(const RowStream::Block& block) {
  const RowSelection rows{nullptr, 0, block.rows};
  counts_ = counts_ || AnyCounts(*block.data, rows);
  for (size_t output = 0; output < class_weights_.size(); ++output) {
    const std::vector<float>& of_class = class_weights_[output].of_class;
    if (classes_count_[output]) continue;
    classes_count_[output] = of_class.empty() || AnyCounts(*block.data, rows, output, of_class);
  }
  metric_rows_.Add(*block.data, rows);
}

void StreamChecks::Require() const {
  if (!counts_) throw NoRowCounts("data.rows().", "of an epoch");
  for (size_t output = 0; output < classes_count_.size(); ++output) {
    if (!classes_count_[output]) throw NoClassCounts(network_.outputs[output]);
  }
  metric_rows_.Require("of an epoch");
}

}  // namespace layerwise
