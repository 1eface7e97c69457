// A loss that the caller computes, for what no row of the table of losses holds.
#pragma once

#include <cstdint>

#include "native/layers/value_buffer.h"

namespace layerwise {

struct LossBatch {
  int64_t rows = 0;
  MatrixView outputs;                // (rows, columns)
  MatrixView targets;                // the same; absent where the targets are classes
  const int32_t* classes = nullptr;  // (rows)
  const float* weights = nullptr;    // (rows); null where all rows count the same
  // To be written, padding included, with the derivative of the loss by the outputs; absent where
  // it is not wanted.
  MatrixView gradient;
};

class CustomLoss {
 public:
  virtual ~CustomLoss() = default;
  // The loss of the batch, as a mean over its rows. Called on the thread of the run; throws Error
  // when there is no answer.
  virtual double Compute(const LossBatch& batch) = 0;
};

}  // namespace layerwise
