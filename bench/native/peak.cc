#include "bench/native/peak.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "bench/native/timing.h"
#include "native/kernels/bf16_amx.h"
#include "native/kernels/simd/platform.h"

#if LAYERWISE_HAS_AMX
#include "native/kernels/simd/amx.h"
#endif

#if LAYERWISE_X86 && (defined(__GNUC__) || defined(__clang__))
#define BENCH_TARGET(features) __attribute__((target(features)))
#else
#define BENCH_TARGET(features)
#endif

namespace layerwise::bench {
namespace {

// Chains of dependent multiply-adds that run side by side: enough to hide the latency on every
// processor (two units of four or five cycles each), few enough to stay in registers with the two
// factors.
constexpr int kChainsOf16Registers = 12;
constexpr int kChainsOf32Registers = 24;

// Values that stay finite and normal however often they are multiplied. Volatile, so that the
// compiler knows neither them nor that the result is unused; each chain reads its own start,
// because chains that are known to be equal would be computed once.
volatile float g_factor = 0.999F;
volatile float g_summand = 0.001F;
volatile float g_result;

// Runs `count` rounds and returns the operations of one round.
using PeakFunction = double (*)(int64_t count);

#if LAYERWISE_X86

BENCH_TARGET("avx2,fma") double PeakAvx2(int64_t count) {
  const __m256 factor = _mm256_set1_ps(g_factor);
  const __m256 summand = _mm256_set1_ps(g_summand);
  __m256 chain[kChainsOf16Registers];
  LAYERWISE_UNROLL
  for (int i = 0; i < kChainsOf16Registers; ++i) chain[i] = _mm256_set1_ps(g_summand);
  for (int64_t n = 0; n < count; ++n) {
    LAYERWISE_UNROLL
    for (int i = 0; i < kChainsOf16Registers; ++i) {
      chain[i] = _mm256_fmadd_ps(chain[i], factor, summand);
    }
  }
  __m256 sum = chain[0];
  LAYERWISE_UNROLL
  for (int i = 1; i < kChainsOf16Registers; ++i) sum = _mm256_add_ps(sum, chain[i]);
  g_result = _mm256_cvtss_f32(sum);
  return kChainsOf16Registers * 8 * 2.0;
}

BENCH_TARGET("avx512f") double PeakAvx512(int64_t count) {
  const __m512 factor = _mm512_set1_ps(g_factor);
  const __m512 summand = _mm512_set1_ps(g_summand);
  __m512 chain[kChainsOf32Registers];
  LAYERWISE_UNROLL
  for (int i = 0; i < kChainsOf32Registers; ++i) chain[i] = _mm512_set1_ps(g_summand);
  for (int64_t n = 0; n < count; ++n) {
    LAYERWISE_UNROLL
    for (int i = 0; i < kChainsOf32Registers; ++i) {
      chain[i] = _mm512_fmadd_ps(chain[i], factor, summand);
    }
  }
  __m512 sum = chain[0];
  LAYERWISE_UNROLL
  for (int i = 1; i < kChainsOf32Registers; ++i) sum = _mm512_add_ps(sum, chain[i]);
  g_result = _mm512_cvtss_f32(sum);
  return kChainsOf32Registers * 16 * 2.0;
}

BENCH_TARGET("avx512f,avx512bw,avx512vl,avx512bf16") double PeakBfloat16(int64_t count) {
  // The sums grow by 2 * 0.001 * 0.001 a round: far from any overflow.
  const __m512 small = _mm512_set1_ps(g_summand);
  const __m512bh factor = _mm512_cvtne2ps_pbh(small, small);
  __m512 chain[kChainsOf32Registers];
  LAYERWISE_UNROLL
  for (int i = 0; i < kChainsOf32Registers; ++i) chain[i] = _mm512_set1_ps(g_summand);
  for (int64_t n = 0; n < count; ++n) {
    LAYERWISE_UNROLL
    for (int i = 0; i < kChainsOf32Registers; ++i) {
      chain[i] = _mm512_dpbf16_ps(chain[i], factor, factor);
    }
  }
  __m512 sum = chain[0];
  LAYERWISE_UNROLL
  for (int i = 1; i < kChainsOf32Registers; ++i) sum = _mm512_add_ps(sum, chain[i]);
  g_result = _mm512_cvtss_f32(sum);
  return kChainsOf32Registers * 32 * 2.0;
}

#if LAYERWISE_HAS_AMX

// Pairs of bfloat16 numbers of either sign, 1 to 2 in size, of no pattern: tiles of zeros take less
// power, by which the processor's clock, and with it the peak, comes out up to a fifth too high.
constexpr std::array<uint32_t, amx::kTileRows * amx::kTileWords> TileOfNumbers(uint32_t seed) {
  std::array<uint32_t, amx::kTileRows* amx::kTileWords> words = {};
  for (uint32_t& word : words) {
    seed = seed * 1'664'525 + 1'013'904'223;  // Numerical Recipes
    constexpr uint32_t kSignsAndFractions = 0x807F'807F;
    constexpr uint32_t kOnes = 0x3F80'3F80;
    word = (seed & kSignsAndFractions) | kOnes;
  }
  return words;
}

LAYERWISE_AMX double PeakAmx(int64_t count) {
  alignas(64) static constexpr auto kInputs = TileOfNumbers(1);
  alignas(64) static constexpr auto kWeights = TileOfNumbers(2);
  _tile_loadconfig(&amx::kFullTiles);
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  LAYERWISE_LOAD_TILE(4, kInputs.data(), amx::kTileWords);
  LAYERWISE_LOAD_TILE(5, kWeights.data(), amx::kTileWords);
  for (int64_t n = 0; n < count; ++n) {
    _tile_dpbf16ps(0, 4, 5);
    _tile_dpbf16ps(1, 4, 5);
    _tile_dpbf16ps(2, 4, 5);
    _tile_dpbf16ps(3, 4, 5);
  }
  _tile_release();
  return 4.0 * 2.0 * 16 * 16 * 32;
}

#endif

#elif LAYERWISE_ARM64

double PeakNeon(int64_t count) {
  const float32x4_t factor = vdupq_n_f32(g_factor);
  const float32x4_t summand = vdupq_n_f32(g_summand);
  float32x4_t chain[kChainsOf32Registers];
  LAYERWISE_UNROLL
  for (int i = 0; i < kChainsOf32Registers; ++i) chain[i] = vdupq_n_f32(g_summand);
  for (int64_t n = 0; n < count; ++n) {
    LAYERWISE_UNROLL
    for (int i = 0; i < kChainsOf32Registers; ++i) {
      // Adds into the chain: the factors are the constants.
      chain[i] = vfmaq_f32(chain[i], factor, summand);
    }
  }
  float32x4_t sum = chain[0];
  LAYERWISE_UNROLL
  for (int i = 1; i < kChainsOf32Registers; ++i) sum = vaddq_f32(sum, chain[i]);
  g_result = vgetq_lane_f32(sum, 0);
  return kChainsOf32Registers * 4 * 2.0;
}

#endif

bool HasBfloat16() {
#if LAYERWISE_X86 && (defined(__GNUC__) || defined(__clang__))
  return __builtin_cpu_supports("avx512bf16");
#else
  return false;
#endif
}

PeakFunction FindPeak(InstructionSet set, Precision precision) {
#if LAYERWISE_X86
#if LAYERWISE_HAS_AMX
  if (precision == Precision::kBfloat16 && set == InstructionSet::kAvx512 && HasAmxBf16()) {
    return &PeakAmx;
  }
#endif
  if (precision == Precision::kBfloat16) {
    return set == InstructionSet::kAvx512 && HasBfloat16() ? &PeakBfloat16 : nullptr;
  }
  if (set == InstructionSet::kAvx512) return &PeakAvx512;
  if (set == InstructionSet::kAvx2) return &PeakAvx2;
#elif LAYERWISE_ARM64
  if (set == InstructionSet::kNeon && precision == Precision::kFloat32) return &PeakNeon;
#endif
  static_cast<void>(set);
  static_cast<void>(precision);
  return nullptr;
}

}  // namespace

bool HasPeak(InstructionSet set, Precision precision) {
  return FindPeak(set, precision) != nullptr;
}

double MeasurePeak(InstructionSet set, Precision precision, int threads, double seconds) {
  const PeakFunction peak = FindPeak(set, precision);
  if (peak == nullptr) return 0;
  // Short enough that some slices are free of interrupts, long enough for the clock.
  constexpr double kSliceSeconds = 0.003;
  int64_t count = 100'000;
  for (double taken = 0; taken < kSliceSeconds / 2;) {
    taken = RunTogether(1, [&](int) { peak(count); });
    count = static_cast<int64_t>(static_cast<double>(count) *
                                 std::clamp(kSliceSeconds / taken, 0.1, 10.0)) +
            1;
  }
  const double operations = peak(1) * static_cast<double>(count) * threads;
  double best = 0;
  const Clock::time_point start = Clock::now();
  do {
    const double taken = RunTogether(threads, [&](int) { peak(count); });
    best = std::max(best, operations / taken);
  } while (SecondsSince(start) < seconds);
  return best;
}

}  // namespace layerwise::bench
