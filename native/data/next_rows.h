// Fetches the rows of the next batch while this one is computed. In random order the memory cannot
// foresee them, and asked for all at once they wait for each other.
#pragma once

#include <cstdint>

#include "native/data/dataset.h"
#include "native/data/row_selection.h"
#include "native/kernels/rows.h"

namespace layerwise {

class NextRows {
 public:
  // Whether batches of so many rows are small enough to lie near until they are needed.
  static bool Pays(const Dataset& data, int64_t batch_rows);

  NextRows() = default;
  // The rows listed behind those of a batch, as many again, in so many parts.
  NextRows(const Dataset& data, const RowSelection& batch, int64_t parts);

  void FetchPart();

 private:
  RowFetch inputs_;
  RowFetch targets_;  // from null where the inputs are the targets
  const uint32_t* rows_ = nullptr;
  int64_t left_ = 0;
  int64_t in_part_ = 0;
};

}  // namespace layerwise
