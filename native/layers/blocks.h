// Cutting a value buffer into blocks that threads work on. The cut depends on the sizes alone.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "native/layers/step.h"

namespace layerwise {

// What an element costs beside a multiply-add: it is mostly moved through memory.
inline constexpr double kOperationsPerElement = 16.0;

// Where part `index` of `parts` begins, of so many things shared out evenly. The usual cases pass
// by the division, which takes as long as many multiplications.
inline int64_t PartBegin(int64_t count, int64_t index, int64_t parts) {
  if (index == 0) return 0;
  if (index == parts) return count;
  return parts == count ? index : count * index / parts;
}

// An operand of a product that is read again for every panel should stay in the last-level cache
// meanwhile: into how many blocks one of so many rows and columns is cut.
inline int64_t CachedBlocks(int64_t rows, int64_t columns) {
  constexpr double kCachedBytes = 4.0 * 1024 * 1024;
  const double bytes = sizeof(float) * static_cast<double>(rows) * static_cast<double>(columns);
  return static_cast<int64_t>(std::ceil(bytes / kCachedBytes));
}

// Runs fn(first row, rows) over blocks of rows.
template <typename F>
void ForRows(const StepContext& context, int64_t columns, F&& fn) {
  constexpr int64_t kRowsInTask = 16;
  const int64_t tasks = (context.rows + kRowsInTask - 1) / kRowsInTask;
  const double operations =
      kOperationsPerElement * static_cast<double>(context.rows) * static_cast<double>(columns);
  context.Parallel(tasks, operations, [&](int64_t task, int) {
    const int64_t first = task * kRowsInTask;
    fn(first, std::min(kRowsInTask, context.rows - first));
  });
}

inline constexpr int64_t kColumnsInTask = 64;

// Runs fn(block) over blocks of whole columns.
template <typename F>
void ForColumns(const StepContext& context, int64_t columns, F&& fn) {
  const int64_t tasks = (columns + kColumnsInTask - 1) / kColumnsInTask;
  const double operations =
      kOperationsPerElement * static_cast<double>(context.rows) * static_cast<double>(columns);
  context.Parallel(tasks, operations, [&](int64_t task, int) {
    const int64_t first = task * kColumnsInTask;
    fn(Block{0, context.rows, first, std::min(kColumnsInTask, columns - first)});
  });
}

// Runs fn(block) over blocks of rows, or of whole columns where the buffer needs them.
template <typename F>
void ForBlocks(const StepContext& context, const ValueBuffer& value, F&& fn) {
  if (value.NeedsWholeColumns()) {
    ForColumns(context, value.columns, fn);
    return;
  }
  ForRows(context, value.columns, [&](int64_t first, int64_t rows) {
    fn(Block{first, rows, 0, value.columns});
  });
}

// Copies a block, but not what lies behind the last column.
inline void CopyBlock(const MatrixView& from, const MatrixView& to, const Block& block) {
  for (int64_t i = block.first_row; i < block.first_row + block.rows; ++i) {
    std::copy_n(from.Row(i) + block.first_column, block.columns, to.Row(i) + block.first_column);
  }
}

// Zeros behind the last column, where the block has it: whole vectors are read later.
inline void ClearPadding(const MatrixView& values, const Block& block) {
  if (block.first_column + block.columns < values.columns) return;
  for (int64_t i = block.first_row; i < block.first_row + block.rows; ++i) {
    std::fill(values.Row(i) + values.columns, values.Row(i) + values.stride, 0.0f);
  }
}

}  // namespace layerwise
