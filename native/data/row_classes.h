// The class of each row, where rows are told apart by one.
#pragma once

#include <cstdint>
#include <vector>

namespace layerwise {

struct RowClasses {
  std::vector<uint32_t> of_row;  // empty where rows have none
  int64_t count = 0;             // of the classes
};

}  // namespace layerwise
