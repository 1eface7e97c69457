#include "native/kernels/losses.h"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include "native/kernels/dispatch.h"

#define LAYERWISE_TARGET_INCLUDE "native/kernels/losses-inl.h"
#include "native/kernels/foreach_target.h"

namespace layerwise {

std::span<const LossRow> LossesFor(InstructionSet set) {
  return LAYERWISE_DISPATCH(set, LossTable);
}

}  // namespace layerwise
