#include "native/kernels/gemm.h"

#include <cmath>
#include <cstdint>
#include <cstring>

#include "native/kernels/dispatch.h"

#define LAYERWISE_TARGET_INCLUDE "native/kernels/gemm-inl.h"
#include "native/kernels/foreach_target.h"

namespace layerwise {

const GemmKernels& GemmKernelsFor(InstructionSet set) { return LAYERWISE_DISPATCH(set, GemmTable); }

}  // namespace layerwise
