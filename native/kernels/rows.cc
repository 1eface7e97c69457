#include "native/kernels/rows.h"

#include <cmath>
#include <cstdint>
#include <cstring>

#include "native/kernels/dispatch.h"

#define LAYERWISE_TARGET_INCLUDE "native/kernels/rows-inl.h"
#include "native/kernels/foreach_target.h"

namespace layerwise {

const RowKernels& RowKernelsFor(InstructionSet set) { return LAYERWISE_DISPATCH(set, RowTable); }

}  // namespace layerwise
