#include "native/kernels/activations.h"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include "native/kernels/dispatch.h"

#define LAYERWISE_TARGET_INCLUDE "native/kernels/activations-inl.h"
#include "native/kernels/foreach_target.h"

namespace layerwise {

std::span<const ActivationRow> ActivationsFor(InstructionSet set) {
  return LAYERWISE_DISPATCH(set, ActivationTable);
}

}  // namespace layerwise
