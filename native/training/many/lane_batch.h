// A batch of every lane: rows of the data of each run in a lane of vectors.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "native/core/arena.h"
#include "native/data/class_weights.h"
#include "native/data/dataset.h"
#include "native/data/row_selection.h"
#include "native/training/many/lane_shape.h"

namespace layerwise {

inline constexpr int kMostLanes = 16;

class LaneBatch {
 public:
  // The shape outlives it.
  LaneBatch(const LaneShape& shape, int lanes);

  // Reserves its memory, and takes it.
  void Reserve(ArenaLayout& layout);
  void Bind(const Arena& arena);

  // A new batch, without rows in any lane.
  void Clear();
  // The rows of a lane. They come from the data itself, or where that has them in another form, or
  // something is measured of them, from the batch of the session that loads them. May throw what
  // reading a file throws.
  void Load(int lane, const Dataset& data, const RowSelection& rows,
            std::span<const ClassWeights> class_weights);
  void LoadFrom(int lane, const ExecutionPlan& plan, int64_t rows);
  // After the last one: what lanes have less than others are zeros.
  void Finish();

  int64_t rows() const { return rows_; }  // of the lane that has most
  int64_t rows(int lane) const { return lane_rows_[static_cast<size_t>(lane)]; }
  // Null where all lanes that have any have as many.
  const int32_t* lane_rows() const { return is_ragged_ ? lane_rows_.data() : nullptr; }

  const float* inputs() const { return inputs_; }  // (rows, inputs, lanes)
  const float* targets() const {                   // (rows, outputs, lanes)
    return shape_.targets == TargetKind::kInput ? inputs_ : targets_;
  }
  const int32_t* classes() const { return classes_; }  // (rows, lanes)
  // Null where all rows count the same.
  const float* weights() const { return has_weights_ ? weights_ : nullptr; }

 private:
  void LoadWeights(int lane, const Dataset& data, const RowSelection& rows,
                   std::span<const float> of_class);
  float* WeightsOf(int lane);
  void ZeroFrom(int lane, int64_t row);

  const LaneShape& shape_;
  const int64_t lanes_;
  int64_t rows_ = 0;
  bool is_ragged_ = false;
  bool has_weights_ = false;
  std::array<int32_t, kMostLanes> lane_rows_{};

  Slot<float> inputs_slot_;
  Slot<float> targets_slot_;
  Slot<int32_t> classes_slot_;
  Slot<float> weights_slot_;
  float* inputs_ = nullptr;
  float* targets_ = nullptr;
  int32_t* classes_ = nullptr;
  float* weights_ = nullptr;
};

// Columns [0, columns) of some rows, where rows lie `stride` apart, into a lane of (rows, columns,
// lanes), and back.
void ToLane(const float* from, int64_t stride, int64_t rows, int64_t columns, float* lane,
            int64_t lanes);
void FromLane(const float* lane, int64_t lanes, int64_t rows, int64_t columns, float* to,
              int64_t stride);

}  // namespace layerwise
