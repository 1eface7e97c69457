#include "native/kernels/layer_norm.h"

#include <cmath>
#include <cstdint>
#include <cstring>

#include "native/kernels/dispatch.h"

#define LAYERWISE_TARGET_INCLUDE "native/kernels/layer_norm-inl.h"
#include "native/kernels/foreach_target.h"

namespace layerwise {

const LayerNormKernels& LayerNormKernelsFor(InstructionSet set) {
  return LAYERWISE_DISPATCH(set, LayerNormTable);
}

}  // namespace layerwise
