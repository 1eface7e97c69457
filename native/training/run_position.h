// How far a run has got.
#pragma once

#include <cstdint>

namespace layerwise {

struct RunPosition {
  int64_t epoch = 0;  // epochs that are over, with their validation
  int64_t batch = 0;  // batches of the next epoch that are done

  // The number of the epoch that runs.
  int64_t current() const { return epoch + 1; }
};

}  // namespace layerwise
