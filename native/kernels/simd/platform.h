// What the compiler and the processor family offer.
#pragma once

#include <cstdint>

#if defined(__x86_64__) || defined(_M_X64)
#define LAYERWISE_X86 1
// The intrinsics of gcc 12 read a deliberately undefined register, and gcc then warns of its own
// headers.
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
#pragma GCC diagnostic pop
#endif
#else
#define LAYERWISE_X86 0
#endif

#if defined(__aarch64__) || defined(_M_ARM64)
#define LAYERWISE_ARM64 1
#include <arm_neon.h>
#else
#define LAYERWISE_ARM64 0
#endif

#if defined(_MSC_VER) && !defined(__clang__)
#define LAYERWISE_INLINE static __forceinline
#define LAYERWISE_INLINE_MEMBER __forceinline
#define LAYERWISE_RESTRICT __restrict
#define LAYERWISE_UNROLL
#elif defined(__clang__)
#define LAYERWISE_INLINE [[maybe_unused]] static inline __attribute__((always_inline))
#define LAYERWISE_INLINE_MEMBER inline __attribute__((always_inline))
#define LAYERWISE_RESTRICT __restrict__
#define LAYERWISE_UNROLL _Pragma("clang loop unroll(full)")
#else
#define LAYERWISE_INLINE [[maybe_unused]] static inline __attribute__((always_inline))
#define LAYERWISE_INLINE_MEMBER inline __attribute__((always_inline))
#define LAYERWISE_RESTRICT __restrict__
#define LAYERWISE_UNROLL _Pragma("GCC unroll 32")
#endif

// Keeps the compiler from deriving a pointer anew from others, which would cost it more registers.
#if defined(__GNUC__) || defined(__clang__)
#define LAYERWISE_KEEP_IN_REGISTER(pointer) __asm__("" : "+r"(pointer))
#else
#define LAYERWISE_KEEP_IN_REGISTER(pointer) static_cast<void>(pointer)
#endif
