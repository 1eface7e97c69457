// The vector vocabulary for AVX2 with FMA: eight lanes. See scalar.h for what each name means.
// No include guard: included once per translation unit by foreach_target.h.

namespace layerwise::LAYERWISE_TARGET {

inline constexpr int kLanes = 8;
inline constexpr int kMaxRows[3] = {12, 6, 4};
// Six rows a tile use a third of each cache line that they touch, from as many pages as the depth:
// where rows lie side by side, the operands are packed first.
inline constexpr int64_t kPackingPaysFrom = 256 * 1024;
// A tile loads eight times for twelve multiply-adds: it has no load to spare.
inline constexpr bool kPrefetchingPays = false;

using Vec = __m256;
using Mask = __m256;

LAYERWISE_INLINE __m256i FirstLanes(int count) {
  const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), lane);
}

LAYERWISE_INLINE Vec Set(float x) { return _mm256_set1_ps(x); }
LAYERWISE_INLINE Vec Zero() { return _mm256_setzero_ps(); }
LAYERWISE_INLINE Vec Load(const float* from) { return _mm256_loadu_ps(from); }
LAYERWISE_INLINE Vec LoadN(const float* from, int count) {
  return _mm256_maskload_ps(from, FirstLanes(count));
}
LAYERWISE_INLINE void Store(Vec v, float* to) { _mm256_storeu_ps(to, v); }
LAYERWISE_INLINE void StoreN(Vec v, float* to, int count) {
  _mm256_maskstore_ps(to, FirstLanes(count), v);
}
LAYERWISE_INLINE Vec KeepFirst(Vec v, int count) {
  return _mm256_and_ps(v, _mm256_castsi256_ps(FirstLanes(count)));
}
LAYERWISE_INLINE Vec LoadBytes(const uint8_t* from) {
  const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from));
  return _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(bytes));
}

LAYERWISE_INLINE Vec Add(Vec a, Vec b) { return _mm256_add_ps(a, b); }
LAYERWISE_INLINE Vec Sub(Vec a, Vec b) { return _mm256_sub_ps(a, b); }
LAYERWISE_INLINE Vec Mul(Vec a, Vec b) { return _mm256_mul_ps(a, b); }
LAYERWISE_INLINE Vec Div(Vec a, Vec b) { return _mm256_div_ps(a, b); }
LAYERWISE_INLINE Vec MulAdd(Vec a, Vec b, Vec c) { return _mm256_fmadd_ps(a, b, c); }
LAYERWISE_INLINE Vec NegMulAdd(Vec a, Vec b, Vec c) { return _mm256_fnmadd_ps(a, b, c); }
LAYERWISE_INLINE Vec Sqrt(Vec a) { return _mm256_sqrt_ps(a); }
LAYERWISE_INLINE Vec Abs(Vec a) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), a); }
LAYERWISE_INLINE Vec Min(Vec a, Vec b) { return _mm256_min_ps(a, b); }
LAYERWISE_INLINE Vec Max(Vec a, Vec b) { return _mm256_max_ps(a, b); }
LAYERWISE_INLINE Vec Round(Vec a) {
  return _mm256_round_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
LAYERWISE_INLINE Vec MulPow2(Vec x, Vec n) {
  const __m256i biased = _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127));
  return _mm256_mul_ps(x, _mm256_castsi256_ps(_mm256_slli_epi32(biased, 23)));
}
LAYERWISE_INLINE Vec Exponent(Vec x) {
  const __m256i biased = _mm256_srli_epi32(_mm256_castps_si256(x), 23);
  return _mm256_cvtepi32_ps(_mm256_sub_epi32(biased, _mm256_set1_epi32(127)));
}
LAYERWISE_INLINE Vec Mantissa(Vec x) {
  const __m256i fraction = _mm256_and_si256(_mm256_castps_si256(x), _mm256_set1_epi32(0x007fffff));
  return _mm256_castsi256_ps(_mm256_or_si256(fraction, _mm256_set1_epi32(0x3f800000)));
}
LAYERWISE_INLINE Mask Lt(Vec a, Vec b) { return _mm256_cmp_ps(a, b, _CMP_LT_OQ); }
LAYERWISE_INLINE Vec IfThenElse(Mask m, Vec yes, Vec no) { return _mm256_blendv_ps(no, yes, m); }
LAYERWISE_INLINE float ReduceSum(Vec a) {
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}
LAYERWISE_INLINE float ReduceMax(Vec a) {
  const __m128 four = _mm_max_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
  const __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_max_ss(two, _mm_shuffle_ps(two, two, 1)));
}
LAYERWISE_INLINE void Transpose(Vec (&r)[kLanes]) {
  Vec t[kLanes];
  LAYERWISE_UNROLL
  for (int i = 0; i < 8; i += 2) {
    t[i] = _mm256_unpacklo_ps(r[i], r[i + 1]);
    t[i + 1] = _mm256_unpackhi_ps(r[i], r[i + 1]);
  }
  Vec u[kLanes];
  LAYERWISE_UNROLL
  for (int i = 0; i < 8; i += 4) {
    u[i] = _mm256_shuffle_ps(t[i], t[i + 2], 0x44);
    u[i + 1] = _mm256_shuffle_ps(t[i], t[i + 2], 0xee);
    u[i + 2] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0x44);
    u[i + 3] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0xee);
  }
  LAYERWISE_UNROLL
  for (int i = 0; i < 4; ++i) {
    r[i] = _mm256_permute2f128_ps(u[i], u[i + 4], 0x20);
    r[i + 4] = _mm256_permute2f128_ps(u[i], u[i + 4], 0x31);
  }
}
LAYERWISE_INLINE void Prefetch(const void* address) {
  _mm_prefetch(static_cast<const char*>(address), _MM_HINT_T0);
}

using WordVec = __m256i;

LAYERWISE_INLINE WordVec LoadWords(const uint32_t* from) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
}
LAYERWISE_INLINE void StoreWords(WordVec words, uint32_t* to) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), words);
}
LAYERWISE_INLINE WordVec SetWord(uint32_t word) {
  return _mm256_set1_epi32(static_cast<int32_t>(word));
}
LAYERWISE_INLINE Vec LowHalves(WordVec words) {
  return _mm256_castsi256_ps(_mm256_slli_epi32(words, 16));
}
LAYERWISE_INLINE Vec HighHalves(WordVec words) {
  return _mm256_castsi256_ps(
      _mm256_and_si256(words, _mm256_set1_epi32(static_cast<int32_t>(0xffff0000U))));
}
// Rounded numbers in the lower halves.
LAYERWISE_INLINE WordVec RoundToHalves(Vec numbers) {
  const __m256i bits = _mm256_castps_si256(numbers);
  const __m256i odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
  const __m256i rounded = _mm256_add_epi32(_mm256_add_epi32(bits, _mm256_set1_epi32(0x7fff)), odd);
  const __m256i quiet = _mm256_or_si256(bits, _mm256_set1_epi32(0x00400000));
  const __m256 is_nan = _mm256_cmp_ps(numbers, numbers, _CMP_UNORD_Q);
  const __m256 chosen =
      _mm256_blendv_ps(_mm256_castsi256_ps(rounded), _mm256_castsi256_ps(quiet), is_nan);
  return _mm256_srli_epi32(_mm256_castps_si256(chosen), 16);
}
LAYERWISE_INLINE WordVec JoinHalves(Vec low, Vec high) {
  return _mm256_or_si256(RoundToHalves(low), _mm256_slli_epi32(RoundToHalves(high), 16));
}
LAYERWISE_INLINE WordVec JoinNeighbours(Vec first, Vec second) {
  const __m256i packed = _mm256_packus_epi32(RoundToHalves(first), RoundToHalves(second));
  return _mm256_permute4x64_epi64(packed, 0xd8);
}
LAYERWISE_INLINE Vec DotAdd(WordVec a, WordVec b, Vec sum) {
  sum = MulAdd(LowHalves(a), LowHalves(b), sum);
  return MulAdd(HighHalves(a), HighHalves(b), sum);
}

}  // namespace layerwise::LAYERWISE_TARGET
