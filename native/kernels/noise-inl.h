// Noise, compiled once per instruction set. The loops over the blocks of a group have a constant
// length and no dependences, so that compilers turn them into vector instructions: integers need no
// vocabulary to be the same everywhere.

#include "native/kernels/simd/math-inl.h"

namespace layerwise::LAYERWISE_TARGET {

inline constexpr int kBlocks = static_cast<int>(kBlocksInNoiseGroup);
inline constexpr int kHalfGroup = 2 * kBlocks;

// One group of numbers; the constants are those of the paper (see random.cc).
LAYERWISE_INLINE void NoiseGroup(const NoiseStream& stream, uint32_t first_block,
                                 uint32_t* LAYERWISE_RESTRICT numbers) {
  uint32_t* c0 = numbers;
  uint32_t* c1 = numbers + kBlocks;
  uint32_t* c2 = numbers + 2 * kBlocks;
  uint32_t* c3 = numbers + 3 * kBlocks;
  for (int b = 0; b < kBlocks; ++b) {
    c0[b] = first_block + static_cast<uint32_t>(b);
    c1[b] = stream.step;
    c2[b] = stream.layer;
    c3[b] = stream.sequence;
  }
  uint32_t key0 = stream.key[0];
  uint32_t key1 = stream.key[1];
  for (int round = 0; round < 10; ++round) {
    for (int b = 0; b < kBlocks; ++b) {
      const uint64_t product0 = uint64_t{0xD2511F53} * c0[b];
      const uint64_t product1 = uint64_t{0xCD9E8D57} * c2[b];
      c0[b] = static_cast<uint32_t>(product1 >> 32) ^ c1[b] ^ key0;
      c1[b] = static_cast<uint32_t>(product1);
      c2[b] = static_cast<uint32_t>(product0 >> 32) ^ c3[b] ^ key1;
      c3[b] = static_cast<uint32_t>(product0);
    }
    key0 += 0x9E3779B9U;
    key1 += 0xBB67AE85U;
  }
}

// Calls fn(first column, columns, first block) for the groups of a row.
template <typename F>
LAYERWISE_INLINE void ForGroups(int64_t columns, uint32_t first_block, F&& fn) {
  for (int64_t j = 0; j < columns; j += kNoiseGroup) {
    const int64_t count = columns - j < kNoiseGroup ? columns - j : kNoiseGroup;
    fn(j, count, first_block + static_cast<uint32_t>(j / 4));
  }
}

static void NoiseNumbers(const NoiseStream& stream, uint32_t first_block, int64_t count,
                         uint32_t* out) {
  ForGroups(count, first_block,
            [&](int64_t j, int64_t, uint32_t block) { NoiseGroup(stream, block, out + j); });
}

static void NoiseReplace(const NoiseStream& stream, const NoiseRow& row,
                         const NoiseReplacement& replacement) {
  alignas(64) uint32_t numbers[kNoiseGroup];
  ForGroups(row.columns, row.first_block, [&](int64_t j, int64_t count, uint32_t block) {
    NoiseGroup(stream, block, numbers);
    const float* x = row.input + j;
    float* y = row.output + j;
    for (int64_t k = 0; k < count; ++k) {
      const float kept = replacement.scale * x[k] + replacement.shift;
      const float replaced =
          numbers[k] < replacement.low_threshold ? replacement.low : replacement.high;
      y[k] = numbers[k] < replacement.threshold ? replaced : kept;
    }
  });
}

// The sine and cosine of an angle of at most pi / 4 in either direction, by the Taylor series.
LAYERWISE_INLINE Vec SinNearZero(Vec x, Vec square) {
  Vec sum = MulAdd(square, Set(1.0f / 362880.0f), Set(-1.0f / 5040.0f));
  sum = MulAdd(square, sum, Set(1.0f / 120.0f));
  sum = MulAdd(square, sum, Set(-1.0f / 6.0f));
  return Mul(x, MulAdd(square, sum, Set(1.0f)));
}
LAYERWISE_INLINE Vec CosNearZero(Vec square) {
  Vec sum = MulAdd(square, Set(1.0f / 40320.0f), Set(-1.0f / 720.0f));
  sum = MulAdd(square, sum, Set(1.0f / 24.0f));
  sum = MulAdd(square, sum, Set(-0.5f));
  return MulAdd(square, sum, Set(1.0f));
}

// A group of numbers as normally distributed ones. The two upper bits of an angle's number say how
// many quarters of a turn are added to the angle that the others give.
LAYERWISE_INLINE void NormalGroup(const uint32_t* numbers, float* LAYERWISE_RESTRICT normals) {
  alignas(64) float uniform[kHalfGroup];
  alignas(64) float angle[kHalfGroup];
  alignas(64) float turned_cos[kHalfGroup];
  alignas(64) float turned_sin[kHalfGroup];
  for (int k = 0; k < kHalfGroup; ++k) {
    const uint32_t bits = numbers[kHalfGroup + k];
    const uint32_t quarters = bits >> 30;
    // 24 of its 30 bits: what a float holds exactly.
    const float fraction = static_cast<float>(static_cast<int32_t>(bits << 2 >> 8)) * 0x1p-24f;
    angle[k] = (fraction - 0.5f) * 1.57079632679f;
    turned_cos[k] = quarters == 0 ? 1.0f : quarters == 2 ? -1.0f : 0.0f;
    turned_sin[k] = quarters == 1 ? 1.0f : quarters == 3 ? -1.0f : 0.0f;
    // In (0, 1]: the upper and the lower half by themselves, as conversions are of signed numbers.
    const float upper = static_cast<float>(static_cast<int32_t>(numbers[k] >> 16));
    const float lower = static_cast<float>(static_cast<int32_t>(numbers[k] & 0xffffU)) + 1.0f;
    uniform[k] = upper * 0x1p-16f + lower * 0x1p-32f;
  }
  for (int k = 0; k < kHalfGroup; k += kLanes) {
    const Vec radius = Sqrt(Max(Mul(Set(-2.0f), Log(Load(uniform + k))), Zero()));
    const Vec x = Load(angle + k);
    const Vec square = Mul(x, x);
    const Vec sin = Mul(radius, SinNearZero(x, square));
    const Vec cos = Mul(radius, CosNearZero(square));
    const Vec quarter_cos = Load(turned_cos + k);
    const Vec quarter_sin = Load(turned_sin + k);
    Store(NegMulAdd(sin, quarter_sin, Mul(cos, quarter_cos)), normals + k);
    Store(MulAdd(cos, quarter_sin, Mul(sin, quarter_cos)), normals + kHalfGroup + k);
  }
}

static void NoiseAddNormal(const NoiseStream& stream, const NoiseRow& row, float deviation) {
  alignas(64) uint32_t numbers[kNoiseGroup];
  alignas(64) float normals[kNoiseGroup];
  ForGroups(row.columns, row.first_block, [&](int64_t j, int64_t count, uint32_t block) {
    NoiseGroup(stream, block, numbers);
    NormalGroup(numbers, normals);
    for (int64_t k = 0; k < count; ++k) {
      row.output[j + k] = row.input[j + k] + deviation * normals[k];
    }
  });
}

static const NoiseKernels& NoiseTable() {
  static constexpr NoiseKernels kTable{&NoiseNumbers, &NoiseReplace, &NoiseAddNormal};
  return kTable;
}

}  // namespace layerwise::LAYERWISE_TARGET
