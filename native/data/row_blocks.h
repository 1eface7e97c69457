// All rows of a data set one after the other, wherever they lie.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "native/data/dataset.h"

namespace layerwise {

// Calls look(block, first, rows) with the rows [first, first + rows) of the data, which are the
// first rows of the block: all of them at once where the data lies in memory, otherwise as many as
// are read at a time.
template <typename F>
void ForEachBlock(const Dataset& data, F&& look) {
  if (!data.reads_file()) {
    look(data, int64_t{0}, data.rows());
    return;
  }
  constexpr int64_t kBlockBytes = int64_t{4} << 20;
  const int64_t most = std::min(data.rows(), std::max<int64_t>(1, kBlockBytes / data.row_bytes()));
  const std::unique_ptr<Dataset> block = Dataset::InMemory(data, most);
  std::vector<RowPlace> places;
  std::vector<std::byte> buffer;
  for (int64_t first = 0; first < data.rows(); first += most) {
    const int64_t rows = std::min(most, data.rows() - first);
    places.clear();
    for (int64_t i = 0; i < rows; ++i) {
      places.push_back({static_cast<uint32_t>(first + i), static_cast<uint32_t>(i)});
    }
    data.CopyRows(places, *block, buffer);
    look(*block, first, rows);
  }
  data.RequireUnchanged();
}

}  // namespace layerwise
