// Copies rows of a data set into a plan's buffers.
#pragma once

#include <cstdint>
#include <span>

#include "native/core/thread_pool.h"
#include "native/plan/dataset.h"
#include "native/plan/execution_plan.h"

namespace layerwise {

// Which rows of a data set: a list, or a stretch when there is none.
struct RowSelection {
  const uint32_t* rows = nullptr;
  int64_t first = 0;
  int64_t count = 0;
  int64_t upcoming = 0;  // rows of the list behind these

  // Row i of the selection, among all rows of the data set.
  int64_t At(int64_t i) const { return rows == nullptr ? first + i : int64_t{rows[i]}; }
  RowSelection Slice(int64_t from, int64_t rows_of_slice) const {
    return {rows == nullptr ? nullptr : rows + from, first + from, rows_of_slice,
            upcoming + count - from - rows_of_slice};
  }
};

// Inputs and, where the plan wants them, targets and weights: those of the rows times those of
// their classes, where there are any.
void LoadBatch(const Dataset& data, const RowSelection& selection, const ExecutionPlan& plan,
               ThreadPool& pool, std::span<const float> class_weights = {});

}  // namespace layerwise
