#include "native/kernels/regularisation.h"

#include <cmath>
#include <cstdint>
#include <cstring>

#include "native/kernels/dispatch.h"

#define LAYERWISE_TARGET_INCLUDE "native/kernels/regularisation-inl.h"
#include "native/kernels/foreach_target.h"

namespace layerwise {

const RegularisationKernels& RegularisationKernelsFor(InstructionSet set) {
  return LAYERWISE_DISPATCH(set, RegularisationTable);
}

}  // namespace layerwise
