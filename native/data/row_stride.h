// How far apart the rows of a data set lie in memory.
#pragma once

#include <cstdint>

namespace layerwise {

// In numbers of single precision. Rows that are a little shorter than a few cache lines begin at
// one: batches take them in random order, and most rows that lie close together would touch a line
// more than they fill. At most an eighth of the memory is given for that.
inline int64_t RowStride(int64_t columns) {
  constexpr int64_t kLine = 16;
  constexpr int64_t kMostShare = 8;
  const int64_t whole_lines = (columns + kLine - 1) / kLine * kLine;
  return (whole_lines - columns) * kMostShare <= columns ? whole_lines : columns;
}

}  // namespace layerwise
