#include "native/kernels/block_sum.h"

#include <cmath>
#include <cstdint>
#include <cstring>

#include "native/kernels/dispatch.h"

#define LAYERWISE_TARGET_INCLUDE "native/kernels/block_sum-inl.h"
#include "native/kernels/foreach_target.h"

namespace layerwise {

const BlockSumKernels& BlockSumKernelsFor(InstructionSet set) {
  return LAYERWISE_DISPATCH(set, BlockSumTable);
}

}  // namespace layerwise
