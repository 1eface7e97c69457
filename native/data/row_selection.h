#pragma once

#include <cstdint>

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

}  // namespace layerwise
