// Products of pairs of bfloat16 numbers by AMX. The rows of A must be apart: a_depth_stride is 1.
//
// Every element of C is one chain in the order of the depth, in steps of sixteen words: results do
// not depend on how the rows are cut.
#pragma once

#include "native/kernels/bf16.h"
#include "native/kernels/simd/platform.h"

// The system call that gives a process the tiles is Linux's, and older compilers do not know them.
#if LAYERWISE_X86 && defined(__linux__) && defined(__clang__)
#define LAYERWISE_HAS_AMX (__clang_major__ >= 12)
#elif LAYERWISE_X86 && defined(__linux__) && defined(__GNUC__)
#define LAYERWISE_HAS_AMX (__GNUC__ >= 11)
#else
#define LAYERWISE_HAS_AMX 0
#endif

#if LAYERWISE_HAS_AMX
namespace layerwise::amx {

// By width, in vectors of sixteen.
void MultiplyPanel1(const Bf16Panel& g);
void MultiplyPanel2(const Bf16Panel& g);
void MultiplyPanel3(const Bf16Panel& g);

}  // namespace layerwise::amx
#endif
