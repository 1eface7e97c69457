#include "native/kernels/bf16.h"

#include <cmath>
#include <cstdint>
#include <cstring>

#include "native/kernels/dispatch.h"

#define LAYERWISE_TARGET_INCLUDE "native/kernels/bf16-inl.h"
#define LAYERWISE_BF16_TARGET
#include "native/kernels/foreach_target.h"

namespace layerwise {

const Bf16Kernels& Bf16KernelsFor(InstructionSet set) {
#if LAYERWISE_X86
  if (set == InstructionSet::kAvx512 && HasAvx512Bf16()) return avx512bf16::Bf16Table();
#endif
  return EmulatedBf16KernelsFor(set);
}

const Bf16Kernels& EmulatedBf16KernelsFor(InstructionSet set) {
  return LAYERWISE_DISPATCH(set, Bf16Table);
}

}  // namespace layerwise
