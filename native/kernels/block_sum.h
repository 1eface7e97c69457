// Adds one block of a matrix to another: what a residual block does with its input.
#pragma once

#include <cstdint>

#include "native/kernels/instruction_set.h"

namespace layerwise {

// Strides leave room for whole vectors, which are read and written.
struct BlockSum {
  int64_t rows = 0;
  int64_t columns = 0;
  const float* from = nullptr;
  int64_t from_stride = 0;
  float* to = nullptr;  // may be `from`
  int64_t to_stride = 0;
};

struct BlockSumKernels {
  // to += from
  void (*add)(const BlockSum& block) = nullptr;
};

const BlockSumKernels& BlockSumKernelsFor(InstructionSet set);

}  // namespace layerwise
