// Weights of classes in the loss of a training: each row counts as much as its class in the targets
// of an output.
#pragma once

#include <cstdint>
#include <vector>

#include "native/core/value.h"
#include "native/data/dataset.h"
#include "native/data/row_selection.h"

namespace layerwise {

struct ClassWeights {
  int64_t classes = 0;
  bool balanced = false;        // computed from the rows that train
  std::vector<float> of_class;  // otherwise given; empty for none

  bool enabled() const { return balanced || !of_class.empty(); }
};

// Reads the option classWeights: "balanced", or one number for each class of an output with so many
// columns; a single one tells two classes apart.
ClassWeights ReadClassWeights(const ValueReader& options, int64_t columns);

// Weights with which all classes count the same: rows / (classes * rows of the class), as in
// scikit-learn. Classes without rows get zero. Reads all targets: not for the caller's thread.
std::vector<float> BalancedWeights(const Dataset& data, size_t output, const RowSelection& rows,
                                   int64_t classes);

}  // namespace layerwise
