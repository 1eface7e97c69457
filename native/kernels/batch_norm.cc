#include "native/kernels/batch_norm.h"

#include <cmath>
#include <cstdint>
#include <cstring>

#include "native/kernels/dispatch.h"

#define LAYERWISE_TARGET_INCLUDE "native/kernels/batch_norm-inl.h"
#include "native/kernels/foreach_target.h"

namespace layerwise {

const BatchNormKernels& BatchNormKernelsFor(InstructionSet set) {
  return LAYERWISE_DISPATCH(set, BatchNormTable);
}

}  // namespace layerwise
