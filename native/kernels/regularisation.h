// What weights cost by themselves, and bounds on their norms. Weights come in tiles: some rows of a
// panel (panels.h), one behind the other, a whole number of vectors wide.
#pragma once

#include <cstdint>

#include "native/kernels/instruction_set.h"

namespace layerwise {

struct RegularisationKernels {
  // For each column of (rows, vectors) weights: the sum of |w| and that of w^2.
  void (*column_sums)(const float* weights, int64_t rows, int vectors, float* absolute,
                      float* squares) = nullptr;
  // gradient += l1 sign(w) + factor w, with a factor for each column.
  void (*add_gradient)(const float* weights, int64_t rows, int vectors, float l1,
                       const float* factors, float* gradient) = nullptr;
  // w *= factor, with a factor for each column.
  void (*scale_columns)(float* weights, int64_t rows, int vectors, const float* factors) = nullptr;
};

const RegularisationKernels& RegularisationKernelsFor(InstructionSet set);

}  // namespace layerwise
