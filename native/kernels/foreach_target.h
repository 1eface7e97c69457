// Includes LAYERWISE_TARGET_INCLUDE once per instruction set, each time in a region that is
// compiled for that set and with LAYERWISE_TARGET naming its namespace. No include guard on
// purpose.
//
// A family that has a use for AVX512-BF16 defines LAYERWISE_BF16_TARGET; it gets the namespace
// avx512bf16 too.
//
// Everything else must have been included before: a standard template compiled inside a region
// could be the copy that the linker keeps for the whole program, and would crash older processors.

#if !defined(LAYERWISE_TARGET_INCLUDE)
#error "define LAYERWISE_TARGET_INCLUDE before including foreach_target.h"
#endif

#include "native/kernels/simd/platform.h"

#undef LAYERWISE_HAS_BF16
#define LAYERWISE_HAS_BF16 0

#define LAYERWISE_TARGET scalar
#include "native/kernels/simd/scalar.h"
//
#include LAYERWISE_TARGET_INCLUDE
#undef LAYERWISE_TARGET

#if LAYERWISE_X86

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#elif defined(__GNUC__)
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif
#define LAYERWISE_TARGET avx2
#include "native/kernels/simd/avx2.h"
//
#include LAYERWISE_TARGET_INCLUDE
#undef LAYERWISE_TARGET
#if defined(__clang__)
#pragma clang attribute pop
#elif defined(__GNUC__)
#pragma GCC pop_options
#endif

#if defined(__clang__)
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma"))), apply_to = function)
#elif defined(__GNUC__)
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma")
#endif
#define LAYERWISE_TARGET avx512
#include "native/kernels/simd/avx512.h"
//
#include LAYERWISE_TARGET_INCLUDE
#undef LAYERWISE_TARGET
#if defined(__clang__)
#pragma clang attribute pop
#elif defined(__GNUC__)
#pragma GCC pop_options
#endif

#if defined(LAYERWISE_BF16_TARGET)
#if defined(__clang__)
#pragma clang attribute push(                                                          \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,avx2,fma"))), \
    apply_to = function)
#elif defined(__GNUC__)
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,avx2,fma")
#endif
#define LAYERWISE_TARGET avx512bf16
#undef LAYERWISE_HAS_BF16
#define LAYERWISE_HAS_BF16 1
#include "native/kernels/simd/avx512.h"
//
#include LAYERWISE_TARGET_INCLUDE
#undef LAYERWISE_TARGET
#if defined(__clang__)
#pragma clang attribute pop
#elif defined(__GNUC__)
#pragma GCC pop_options
#endif
#endif

#elif LAYERWISE_ARM64

#define LAYERWISE_TARGET neon
#include "native/kernels/simd/neon.h"
//
#include LAYERWISE_TARGET_INCLUDE
#undef LAYERWISE_TARGET

#endif

#undef LAYERWISE_TARGET_INCLUDE
#undef LAYERWISE_BF16_TARGET
