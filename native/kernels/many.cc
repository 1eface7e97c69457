#include "native/kernels/many.h"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include "native/kernels/dispatch.h"
#include "native/kernels/losses.h"

#define LAYERWISE_TARGET_INCLUDE "native/kernels/many-inl.h"
#include "native/kernels/foreach_target.h"

namespace layerwise {

const ManyKernels& ManyKernelsFor(InstructionSet set) { return LAYERWISE_DISPATCH(set, ManyTable); }

}  // namespace layerwise
