// The matrix products of training, measured alone: every form over the same kernels, layouts and
// split of the work as the trainer's.
#pragma once

#include <cstdint>

#include "native/kernels/instruction_set.h"

namespace layerwise::bench {

enum class GemmForm {
  kForward,         // Y (batch, outputs)  = X (batch, inputs)  * W
  kInputGradient,   // dX (batch, inputs)  = dY (batch, outputs) * W^T
  kWeightGradient,  // dW (inputs, outputs) = X^T * dY
};

struct GemmShape {
  int64_t batch = 0;
  int64_t inputs = 0;
  int64_t outputs = 0;
};

struct GemmResult {
  double operations_per_second = 0;
  double peak = 0;       // of as many threads, measured in between
  double share = 0;      // median of the shares of each pair of measurements
  double max_error = 0;  // against sums in double precision, relative to the sum of magnitudes
};

GemmResult MeasureGemm(InstructionSet set, GemmForm form, const GemmShape& shape, int threads,
                       double seconds);

}  // namespace layerwise::bench
