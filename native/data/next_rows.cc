#include "native/data/next_rows.h"

#include <algorithm>

#include "native/kernels/instruction_set.h"

namespace layerwise {
namespace {

// Twice as much fits the first-level caches of today: this batch and the next.
constexpr int64_t kMostBytes = 16 * 1024;

RowFetch FetchOf(const void* from, size_t bytes_of_value, int64_t columns, int64_t stride) {
  if (from == nullptr) return {};
  const auto bytes = static_cast<int64_t>(bytes_of_value);
  return {from, bytes * columns, bytes * stride};
}

RowFetch InputsOf(const Dataset& data) {
  const int64_t stride = data.input_stride();
  return data.inputs_are_bytes()
             ? FetchOf(data.byte_inputs(), sizeof(uint8_t), data.columns(), stride)
             : FetchOf(data.float_inputs(), sizeof(float), data.columns(), stride);
}

RowFetch TargetsOf(const Dataset& data) {
  return data.class_targets() != nullptr ? FetchOf(data.class_targets(), sizeof(int32_t), 1, 1)
                                         : FetchOf(data.float_targets(), sizeof(float),
                                                   data.target_columns(), data.target_stride());
}

}  // namespace

bool NextRows::Pays(const Dataset& data, int64_t batch_rows) {
  if (data.reads_file()) return false;  // ReadAhead fetches them
  return batch_rows * (InputsOf(data).row_bytes + TargetsOf(data).row_bytes) <= kMostBytes;
}

NextRows::NextRows(const Dataset& data, const RowSelection& batch, int64_t parts) {
  if (batch.rows == nullptr) return;  // one after the other, as memory foresees
  inputs_ = InputsOf(data);
  targets_ = TargetsOf(data);
  rows_ = batch.rows + batch.count;
  left_ = std::min(batch.count, batch.upcoming);
  in_part_ = (left_ + parts - 1) / parts;
}

void NextRows::FetchPart() {
  if (left_ == 0) return;
  const RowKernels& kernels = RowKernelsFor(SelectedInstructionSet());
  const int64_t count = std::min(in_part_, left_);
  for (RowFetch* part : {&inputs_, &targets_}) {
    if (part->from == nullptr) continue;
    part->rows = rows_;
    part->count = count;
    kernels.fetch(*part);
  }
  rows_ += count;
  left_ -= count;
}

}  // namespace layerwise
