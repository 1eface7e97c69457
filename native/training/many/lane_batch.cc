#include "native/training/many/lane_batch.h"

#include <algorithm>

namespace layerwise {
namespace {

// Rows of a matrix, from one of which to the next it is `stride`, into a lane. Few columns are
// known to the compiler: a loop over them would take longer than they do.
template <int kColumns>
void GatherColumns(const float* from, int64_t stride, const RowSelection& rows, int64_t columns,
                   float* lane, int64_t lanes) {
  const int64_t count = kColumns > 0 ? kColumns : columns;
  for (int64_t i = 0; i < rows.count; ++i) {
    const float* row = from + rows.At(i) * stride;
    float* to = lane + i * count * lanes;
    for (int64_t j = 0; j < count; ++j) to[j * lanes] = row[j];
  }
}

void Gather(const float* from, int64_t stride, const RowSelection& rows, int64_t columns,
            float* lane, int64_t lanes) {
  switch (columns) {
    case 1:
      return GatherColumns<1>(from, stride, rows, columns, lane, lanes);
    case 2:
      return GatherColumns<2>(from, stride, rows, columns, lane, lanes);
    case 4:
      return GatherColumns<4>(from, stride, rows, columns, lane, lanes);
    case 8:
      return GatherColumns<8>(from, stride, rows, columns, lane, lanes);
    default:
      return GatherColumns<0>(from, stride, rows, columns, lane, lanes);
  }
}

}  // namespace

void ToLane(const float* from, int64_t stride, int64_t rows, int64_t columns, float* lane,
            int64_t lanes) {
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t j = 0; j < columns; ++j) {
      lane[(row * columns + j) * lanes] = from[row * stride + j];
    }
  }
}

void FromLane(const float* lane, int64_t lanes, int64_t rows, int64_t columns, float* to,
              int64_t stride) {
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t j = 0; j < columns; ++j) {
      to[row * stride + j] = lane[(row * columns + j) * lanes];
    }
  }
}

LaneBatch::LaneBatch(const LaneShape& shape, int lanes) : shape_(shape), lanes_(lanes) {}

void LaneBatch::Reserve(ArenaLayout& layout) {
  const auto rows = static_cast<size_t>(shape_.batch_size * lanes_);
  inputs_slot_ = layout.Reserve<float>(rows * static_cast<size_t>(shape_.inputs()));
  weights_slot_ = layout.Reserve<float>(rows);
  if (shape_.targets == TargetKind::kMatrix) {
    targets_slot_ = layout.Reserve<float>(rows * static_cast<size_t>(shape_.outputs()));
  }
  if (shape_.targets == TargetKind::kClasses) classes_slot_ = layout.Reserve<int32_t>(rows);
}

void LaneBatch::Bind(const Arena& arena) {
  inputs_ = arena.At(inputs_slot_);
  weights_ = arena.At(weights_slot_);
  if (targets_slot_.count > 0) targets_ = arena.At(targets_slot_);
  if (classes_slot_.count > 0) classes_ = arena.At(classes_slot_);
}

void LaneBatch::Clear() {
  rows_ = 0;
  is_ragged_ = false;
  has_weights_ = false;
  lane_rows_.fill(0);
}

void LaneBatch::Load(int lane, const Dataset& data, const RowSelection& rows,
                     std::span<const ClassWeights> class_weights) {
  lane_rows_[static_cast<size_t>(lane)] = static_cast<int32_t>(rows.count);
  Gather(data.float_inputs(), data.input_stride(), rows, shape_.inputs(), inputs_ + lane, lanes_);
  if (targets_ != nullptr) {
    Gather(data.float_targets(), data.target_stride(), rows, shape_.outputs(), targets_ + lane,
           lanes_);
  }
  for (int64_t i = 0; i < rows.count && classes_ != nullptr; ++i) {
    classes_[i * lanes_ + lane] = data.class_targets()[rows.At(i)];
  }
  const std::span<const float> of_class =
      class_weights.empty() ? std::span<const float>() : class_weights.front().of_class;
  if (data.has_weights() || !of_class.empty()) LoadWeights(lane, data, rows, of_class);
}

// As LoadBatch (batch_loader.cc) multiplies them.
void LaneBatch::LoadWeights(int lane, const Dataset& data, const RowSelection& rows,
                            std::span<const float> of_class) {
  float* weights = WeightsOf(lane);
  for (int64_t i = 0; i < rows.count; ++i) {
    const int64_t row = rows.At(i);
    float weight = data.has_weights() ? data.weights()[row] : 1.0f;
    if (!of_class.empty()) weight *= of_class[static_cast<size_t>(data.ClassOf(row))];
    weights[i * lanes_] = weight;
  }
}

// The lanes before it, which have none, count every row once.
float* LaneBatch::WeightsOf(int lane) {
  if (!has_weights_) std::fill_n(weights_, shape_.batch_size * lanes_, 1.0f);
  has_weights_ = true;
  return weights_ + lane;
}

void LaneBatch::LoadFrom(int lane, const ExecutionPlan& plan, int64_t rows) {
  lane_rows_[static_cast<size_t>(lane)] = static_cast<int32_t>(rows);
  const BatchMemory& batch = plan.batch();
  ToLane(batch.inputs().data, batch.inputs().stride, rows, shape_.inputs(), inputs_ + lane, lanes_);
  if (targets_ != nullptr) {
    ToLane(batch.targets().data, batch.targets().stride, rows, shape_.outputs(), targets_ + lane,
           lanes_);
  }
  for (int64_t i = 0; i < rows && classes_ != nullptr; ++i) {
    classes_[i * lanes_ + lane] = batch.classes()[i];
  }
  const float* of_rows = batch.weights(0);
  if (of_rows != nullptr) ToLane(of_rows, 1, rows, 1, WeightsOf(lane), lanes_);
}

void LaneBatch::Finish() {
  rows_ = *std::max_element(lane_rows_.begin(), lane_rows_.end());
  for (int lane = 0; lane < lanes_; ++lane) {
    if (rows(lane) == rows_) continue;
    is_ragged_ |= rows(lane) > 0;
    ZeroFrom(lane, rows(lane));
  }
}

void LaneBatch::ZeroFrom(int lane, int64_t row) {
  const auto zero = [&](auto* values, int64_t columns) {
    for (int64_t i = row * columns; values != nullptr && i < rows_ * columns; ++i) {
      values[i * lanes_ + lane] = 0;
    }
  };
  zero(inputs_, shape_.inputs());
  zero(targets_, shape_.outputs());
  zero(classes_, 1);
}

}  // namespace layerwise
