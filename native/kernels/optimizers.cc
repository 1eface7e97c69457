#include "native/kernels/optimizers.h"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include "native/kernels/dispatch.h"

#define LAYERWISE_TARGET_INCLUDE "native/kernels/optimizers-inl.h"
#include "native/kernels/foreach_target.h"

namespace layerwise {

std::span<const OptimizerRow> OptimizersFor(InstructionSet set) {
  return LAYERWISE_DISPATCH(set, OptimizerTable);
}

}  // namespace layerwise
