// The vector vocabulary in plain C++: four lanes, multiply and add rounded separately. The set that
// runs everywhere. The other sets define the same names; Google Highway's names are used where it
// has one. No include guard: included once per translation unit by foreach_target.h.

namespace layerwise::LAYERWISE_TARGET {

inline constexpr int kLanes = 4;

// How many rows of each width (1, 2 or 3 vectors) the registers hold in a matrix product.
inline constexpr int kMaxRows[3] = {8, 4, 2};
// Whether the gradient of the weights gains from operands that were packed before (see gemm.h).
inline constexpr int64_t kPackingPaysFrom = INT64_MAX;
// Whether a product gains from fetching what it will read of its second operand. Memory foresees
// that anyway, only less far.
inline constexpr bool kPrefetchingPays = false;

struct Vec {
  float lane[kLanes];
};
struct Mask {
  bool lane[kLanes];
};

template <typename F>
LAYERWISE_INLINE Vec EachLane(F&& f) {
  Vec result;
  for (int i = 0; i < kLanes; ++i) result.lane[i] = f(i);
  return result;
}
template <typename F>
LAYERWISE_INLINE Mask EachTruth(F&& f) {
  Mask result;
  for (int i = 0; i < kLanes; ++i) result.lane[i] = f(i);
  return result;
}

LAYERWISE_INLINE Vec Set(float x) {
  return EachLane([&](int) { return x; });
}
LAYERWISE_INLINE Vec Zero() { return Set(0.0f); }
LAYERWISE_INLINE Vec Load(const float* from) {
  return EachLane([&](int i) { return from[i]; });
}
LAYERWISE_INLINE Vec LoadN(const float* from, int count) {
  return EachLane([&](int i) { return i < count ? from[i] : 0.0f; });
}
LAYERWISE_INLINE void Store(Vec v, float* to) {
  for (int i = 0; i < kLanes; ++i) to[i] = v.lane[i];
}
LAYERWISE_INLINE void StoreN(Vec v, float* to, int count) {
  for (int i = 0; i < count; ++i) to[i] = v.lane[i];
}
// Zeros in the place of all lanes but the first ones.
LAYERWISE_INLINE Vec KeepFirst(Vec v, int count) {
  return EachLane([&](int i) { return i < count ? v.lane[i] : 0.0f; });
}
// Bytes as numbers.
LAYERWISE_INLINE Vec LoadBytes(const uint8_t* from) {
  return EachLane([&](int i) { return static_cast<float>(from[i]); });
}

LAYERWISE_INLINE Vec Add(Vec a, Vec b) {
  return EachLane([&](int i) { return a.lane[i] + b.lane[i]; });
}
LAYERWISE_INLINE Vec Sub(Vec a, Vec b) {
  return EachLane([&](int i) { return a.lane[i] - b.lane[i]; });
}
LAYERWISE_INLINE Vec Mul(Vec a, Vec b) {
  return EachLane([&](int i) { return a.lane[i] * b.lane[i]; });
}
LAYERWISE_INLINE Vec Div(Vec a, Vec b) {
  return EachLane([&](int i) { return a.lane[i] / b.lane[i]; });
}
// a * b + c
LAYERWISE_INLINE Vec MulAdd(Vec a, Vec b, Vec c) {
  return EachLane([&](int i) { return a.lane[i] * b.lane[i] + c.lane[i]; });
}
// c - a * b
LAYERWISE_INLINE Vec NegMulAdd(Vec a, Vec b, Vec c) {
  return EachLane([&](int i) { return c.lane[i] - a.lane[i] * b.lane[i]; });
}
LAYERWISE_INLINE Vec Sqrt(Vec a) {
  return EachLane([&](int i) { return std::sqrt(a.lane[i]); });
}
LAYERWISE_INLINE Vec Abs(Vec a) {
  return EachLane([&](int i) { return std::fabs(a.lane[i]); });
}
// b where the two cannot be compared: Min(bound, x) keeps a NaN in x.
LAYERWISE_INLINE Vec Min(Vec a, Vec b) {
  return EachLane([&](int i) { return a.lane[i] < b.lane[i] ? a.lane[i] : b.lane[i]; });
}
LAYERWISE_INLINE Vec Max(Vec a, Vec b) {
  return EachLane([&](int i) { return a.lane[i] > b.lane[i] ? a.lane[i] : b.lane[i]; });
}
// To the nearest integer, ties to even.
LAYERWISE_INLINE Vec Round(Vec a) {
  return EachLane([&](int i) { return std::nearbyint(a.lane[i]); });
}
// x * 2^n for an integer n in [-126, 127].
LAYERWISE_INLINE Vec MulPow2(Vec x, Vec n) {
  return EachLane([&](int i) {
    const uint32_t bits = static_cast<uint32_t>(static_cast<int32_t>(n.lane[i]) + 127) << 23;
    float power;
    std::memcpy(&power, &bits, sizeof(power));
    return x.lane[i] * power;
  });
}
// x = mantissa * 2^exponent with the mantissa in [1, 2), for normal positive x.
LAYERWISE_INLINE Vec Exponent(Vec x) {
  return EachLane([&](int i) {
    uint32_t bits;
    std::memcpy(&bits, &x.lane[i], sizeof(bits));
    return static_cast<float>(static_cast<int32_t>(bits >> 23) - 127);
  });
}
LAYERWISE_INLINE Vec Mantissa(Vec x) {
  return EachLane([&](int i) {
    uint32_t bits;
    std::memcpy(&bits, &x.lane[i], sizeof(bits));
    bits = (bits & 0x007fffffU) | 0x3f800000U;
    float mantissa;
    std::memcpy(&mantissa, &bits, sizeof(mantissa));
    return mantissa;
  });
}
LAYERWISE_INLINE Mask Lt(Vec a, Vec b) {
  return EachTruth([&](int i) { return a.lane[i] < b.lane[i]; });
}
LAYERWISE_INLINE Vec IfThenElse(Mask m, Vec yes, Vec no) {
  return EachLane([&](int i) { return m.lane[i] ? yes.lane[i] : no.lane[i]; });
}
LAYERWISE_INLINE float ReduceSum(Vec a) {
  return (a.lane[0] + a.lane[2]) + (a.lane[1] + a.lane[3]);
}
LAYERWISE_INLINE float ReduceMax(Vec a) {
  float max = a.lane[0];
  for (int i = 1; i < kLanes; ++i) max = max > a.lane[i] ? max : a.lane[i];
  return max;
}
// rows[i] becomes column i.
LAYERWISE_INLINE void Transpose(Vec (&rows)[kLanes]) {
  for (int i = 0; i < kLanes; ++i) {
    for (int j = i + 1; j < kLanes; ++j) {
      const float kept = rows[i].lane[j];
      rows[i].lane[j] = rows[j].lane[i];
      rows[j].lane[i] = kept;
    }
  }
}
LAYERWISE_INLINE void Prefetch(const void*) {}

// Pairs of bfloat16 numbers in 32-bit words, the first one in the lower half. Rounded to nearest
// even.
struct WordVec {
  uint32_t lane[kLanes];
};
LAYERWISE_INLINE WordVec LoadWords(const uint32_t* from) {
  WordVec words;
  for (int i = 0; i < kLanes; ++i) words.lane[i] = from[i];
  return words;
}
LAYERWISE_INLINE void StoreWords(WordVec words, uint32_t* to) {
  for (int i = 0; i < kLanes; ++i) to[i] = words.lane[i];
}
LAYERWISE_INLINE WordVec SetWord(uint32_t word) {
  WordVec words;
  for (int i = 0; i < kLanes; ++i) words.lane[i] = word;
  return words;
}
LAYERWISE_INLINE float FloatOfBits(uint32_t bits) {
  float number;
  std::memcpy(&number, &bits, sizeof(number));
  return number;
}
LAYERWISE_INLINE Vec LowHalves(WordVec words) {
  return EachLane([&](int i) { return FloatOfBits(words.lane[i] << 16); });
}
LAYERWISE_INLINE Vec HighHalves(WordVec words) {
  return EachLane([&](int i) { return FloatOfBits(words.lane[i] & 0xffff0000U); });
}
LAYERWISE_INLINE uint32_t RoundToHalf(float number) {
  uint32_t bits;
  std::memcpy(&bits, &number, sizeof(bits));
  if (number != number) return (bits >> 16) | 0x40U;
  return (bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16;
}
// Word i is (low[i], high[i]).
LAYERWISE_INLINE WordVec JoinHalves(Vec low, Vec high) {
  WordVec words;
  for (int i = 0; i < kLanes; ++i) {
    words.lane[i] = RoundToHalf(low.lane[i]) | (RoundToHalf(high.lane[i]) << 16);
  }
  return words;
}
// The words of the numbers of `first`, then those of `second`: pairs of neighbours.
LAYERWISE_INLINE WordVec JoinNeighbours(Vec first, Vec second) {
  WordVec words;
  for (int i = 0; i < kLanes / 2; ++i) {
    words.lane[i] = RoundToHalf(first.lane[2 * i]) | (RoundToHalf(first.lane[2 * i + 1]) << 16);
    words.lane[kLanes / 2 + i] =
        RoundToHalf(second.lane[2 * i]) | (RoundToHalf(second.lane[2 * i + 1]) << 16);
  }
  return words;
}
// sum + the products of both halves
LAYERWISE_INLINE Vec DotAdd(WordVec a, WordVec b, Vec sum) {
  sum = MulAdd(LowHalves(a), LowHalves(b), sum);
  return MulAdd(HighHalves(a), HighHalves(b), sum);
}

}  // namespace layerwise::LAYERWISE_TARGET
