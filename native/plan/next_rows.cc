#include "native/plan/next_rows.h"

#include <algorithm>

#include "native/kernels/instruction_set.h"

namespace layerwise {
namespace {

// Twice as much fits the first-level caches of today: this batch and the next.
constexpr int64_t kMostBytes = 16 * 1024;

RowFetch FetchOf(const void* from, size_t bytes_of_value, int64_t columns, const uint32_t* rows) {
  if (from == nullptr) return {};
  return {from, static_cast<int64_t>(bytes_of_value) * columns, rows, 0};
}

RowFetch InputsOf(const Dataset& data, const uint32_t* rows) {
  return data.inputs_are_bytes()
             ? FetchOf(data.byte_inputs(), sizeof(uint8_t), data.columns(), rows)
             : FetchOf(data.float_inputs(), sizeof(float), data.columns(), rows);
}

RowFetch TargetsOf(const Dataset& data, const uint32_t* rows) {
  return data.class_targets() != nullptr
             ? FetchOf(data.class_targets(), sizeof(int32_t), 1, rows)
             : FetchOf(data.float_targets(), sizeof(float), data.target_columns(), rows);
}

}  // namespace

bool NextRows::Pays(const Dataset& data, int64_t batch_rows) {
  const int64_t bytes = InputsOf(data, nullptr).row_bytes + TargetsOf(data, nullptr).row_bytes;
  return batch_rows * bytes <= kMostBytes;
}

NextRows::NextRows(const Dataset& data, const RowSelection& batch, int64_t parts) {
  if (batch.rows == nullptr) return;  // one after the other, as memory foresees
  const uint32_t* rows = batch.rows + batch.count;
  inputs_ = InputsOf(data, rows);
  targets_ = TargetsOf(data, rows);
  left_ = std::min(batch.count, batch.upcoming);
  in_part_ = (left_ + parts - 1) / parts;
}

void NextRows::FetchPart() {
  if (left_ == 0) return;
  const RowKernels& kernels = RowKernelsFor(SelectedInstructionSet());
  const int64_t count = std::min(in_part_, left_);
  for (RowFetch* part : {&inputs_, &targets_}) {
    part->count = part->from == nullptr ? 0 : count;
    kernels.fetch(*part);
    part->rows += count;
  }
  left_ -= count;
}

}  // namespace layerwise
