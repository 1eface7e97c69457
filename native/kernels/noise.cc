#include "native/kernels/noise.h"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include "native/kernels/dispatch.h"

#define LAYERWISE_TARGET_INCLUDE "native/kernels/noise-inl.h"
#include "native/kernels/foreach_target.h"

namespace layerwise {

const NoiseKernels& NoiseKernelsFor(InstructionSet set) {
  return LAYERWISE_DISPATCH(set, NoiseTable);
}

}  // namespace layerwise
