// In which precision matrices are multiplied.
#pragma once

#include "native/core/value.h"

namespace layerwise {

enum class Precision {
  kFloat32,
  // Products of bfloat16 numbers. Parameters, sums, losses and updates stay in single precision.
  kBf16,
};

// The member `precision` of options: 'float32' (also when absent) or 'bf16'.
Precision ReadPrecision(const ValueReader& options);

}  // namespace layerwise
