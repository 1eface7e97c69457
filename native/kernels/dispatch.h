// Picks the table that one instruction set's namespace exports: every kernel family ends with
//   LAYERWISE_DISPATCH(set, GemmTable)  ->  scalar::GemmTable(), avx2::GemmTable(), ...
#pragma once

#include "native/kernels/instruction_set.h"
#include "native/kernels/simd/platform.h"

#if LAYERWISE_X86
#define LAYERWISE_DISPATCH(set, function)                                          \
  ((set) == ::layerwise::InstructionSet::kAvx512 ? ::layerwise::avx512::function() \
   : (set) == ::layerwise::InstructionSet::kAvx2 ? ::layerwise::avx2::function()   \
                                                 : ::layerwise::scalar::function())
#elif LAYERWISE_ARM64
#define LAYERWISE_DISPATCH(set, function)                                      \
  ((set) == ::layerwise::InstructionSet::kNeon ? ::layerwise::neon::function() \
                                               : ::layerwise::scalar::function())
#else
#define LAYERWISE_DISPATCH(set, function) (static_cast<void>(set), ::layerwise::scalar::function())
#endif
