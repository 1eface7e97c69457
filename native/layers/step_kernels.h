// The kernels that steps are made of, all of one instruction set. A plan chooses it, once.
#pragma once

#include "native/kernels/batch_norm.h"
#include "native/kernels/bf16.h"
#include "native/kernels/block_sum.h"
#include "native/kernels/gemm.h"
#include "native/kernels/layer_norm.h"
#include "native/kernels/noise.h"
#include "native/kernels/regularisation.h"

namespace layerwise {

struct StepKernels {
  const GemmKernels& gemm;
  const BatchNormKernels& batch_norm;
  const LayerNormKernels& layer_norm;
  const NoiseKernels& noise;
  const RegularisationKernels& regularisation;
  const BlockSumKernels& block_sum;
  const Bf16Kernels* bf16;  // null unless products are of bfloat16 numbers
};

// Without bfloat16 the system is not asked for the tiles that they may need.
inline StepKernels StepKernelsFor(InstructionSet set, bool bf16) {
  return {GemmKernelsFor(set),
          BatchNormKernelsFor(set),
          LayerNormKernelsFor(set),
          NoiseKernelsFor(set),
          RegularisationKernelsFor(set),
          BlockSumKernelsFor(set),
          bf16 ? &Bf16KernelsFor(set) : nullptr};
}

}  // namespace layerwise
