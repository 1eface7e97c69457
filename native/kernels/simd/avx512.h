// The vector vocabulary for AVX-512 (F, BW, VL, DQ): sixteen lanes. See scalar.h for what each name
// means. No include guard: included once per translation unit by foreach_target.h.

namespace layerwise::LAYERWISE_TARGET {

inline constexpr int kLanes = 16;
inline constexpr int kMaxRows[3] = {16, 14, 8};
// Tiles use most of each cache line that they touch, but where the operands lie on more pages than
// the processor has at hand, each line comes late.
inline constexpr int64_t kPackingPaysFrom = 512 * 1024;
inline constexpr bool kPrefetchingPays = true;

using Vec = __m512;
using Mask = __mmask16;

LAYERWISE_INLINE __mmask16 FirstLanes(int count) {
  return static_cast<__mmask16>((1U << count) - 1U);
}

LAYERWISE_INLINE Vec Set(float x) { return _mm512_set1_ps(x); }
LAYERWISE_INLINE Vec Zero() { return _mm512_setzero_ps(); }
LAYERWISE_INLINE Vec Load(const float* from) { return _mm512_loadu_ps(from); }
LAYERWISE_INLINE Vec LoadN(const float* from, int count) {
  return _mm512_maskz_loadu_ps(FirstLanes(count), from);
}
LAYERWISE_INLINE void Store(Vec v, float* to) { _mm512_storeu_ps(to, v); }
LAYERWISE_INLINE void StoreN(Vec v, float* to, int count) {
  _mm512_mask_storeu_ps(to, FirstLanes(count), v);
}
LAYERWISE_INLINE Vec KeepFirst(Vec v, int count) {
  return _mm512_maskz_mov_ps(FirstLanes(count), v);
}
LAYERWISE_INLINE Vec LoadBytes(const uint8_t* from) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  return _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(bytes));
}

LAYERWISE_INLINE Vec Add(Vec a, Vec b) { return _mm512_add_ps(a, b); }
LAYERWISE_INLINE Vec Sub(Vec a, Vec b) { return _mm512_sub_ps(a, b); }
LAYERWISE_INLINE Vec Mul(Vec a, Vec b) { return _mm512_mul_ps(a, b); }
LAYERWISE_INLINE Vec Div(Vec a, Vec b) { return _mm512_div_ps(a, b); }
LAYERWISE_INLINE Vec MulAdd(Vec a, Vec b, Vec c) { return _mm512_fmadd_ps(a, b, c); }
LAYERWISE_INLINE Vec NegMulAdd(Vec a, Vec b, Vec c) { return _mm512_fnmadd_ps(a, b, c); }
LAYERWISE_INLINE Vec Sqrt(Vec a) { return _mm512_sqrt_ps(a); }
LAYERWISE_INLINE Vec Abs(Vec a) { return _mm512_abs_ps(a); }
LAYERWISE_INLINE Vec Min(Vec a, Vec b) { return _mm512_min_ps(a, b); }
LAYERWISE_INLINE Vec Max(Vec a, Vec b) { return _mm512_max_ps(a, b); }
LAYERWISE_INLINE Vec Round(Vec a) {
  return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
LAYERWISE_INLINE Vec MulPow2(Vec x, Vec n) { return _mm512_scalef_ps(x, n); }
LAYERWISE_INLINE Vec Exponent(Vec x) { return _mm512_getexp_ps(x); }
LAYERWISE_INLINE Vec Mantissa(Vec x) {
  return _mm512_getmant_ps(x, _MM_MANT_NORM_1_2, _MM_MANT_SIGN_src);
}
LAYERWISE_INLINE Mask Lt(Vec a, Vec b) { return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ); }
LAYERWISE_INLINE Vec IfThenElse(Mask m, Vec yes, Vec no) {
  return _mm512_mask_blend_ps(m, no, yes);
}
LAYERWISE_INLINE __m256 UpperHalf(Vec a) { return _mm512_extractf32x8_ps(a, 1); }
LAYERWISE_INLINE float ReduceSum(Vec a) {
  const __m256 eight = _mm256_add_ps(_mm512_castps512_ps256(a), UpperHalf(a));
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}
LAYERWISE_INLINE float ReduceMax(Vec a) {
  const __m256 eight = _mm256_max_ps(_mm512_castps512_ps256(a), UpperHalf(a));
  const __m128 four = _mm_max_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  const __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_max_ss(two, _mm_shuffle_ps(two, two, 1)));
}
LAYERWISE_INLINE void Transpose(Vec (&r)[kLanes]) {
  Vec t[kLanes];
  LAYERWISE_UNROLL
  for (int i = 0; i < 16; i += 2) {
    t[i] = _mm512_unpacklo_ps(r[i], r[i + 1]);
    t[i + 1] = _mm512_unpackhi_ps(r[i], r[i + 1]);
  }
  LAYERWISE_UNROLL
  for (int i = 0; i < 16; i += 4) {
    r[i] = _mm512_shuffle_ps(t[i], t[i + 2], 0x44);
    r[i + 1] = _mm512_shuffle_ps(t[i], t[i + 2], 0xee);
    r[i + 2] = _mm512_shuffle_ps(t[i + 1], t[i + 3], 0x44);
    r[i + 3] = _mm512_shuffle_ps(t[i + 1], t[i + 3], 0xee);
  }
  // Now r[4q + j] holds, in its lane group g, column 4g + j of rows 4q .. 4q+3: transpose the
  // groups.
  LAYERWISE_UNROLL
  for (int j = 0; j < 4; ++j) {
    t[j] = _mm512_shuffle_f32x4(r[j], r[4 + j], 0x88);
    t[4 + j] = _mm512_shuffle_f32x4(r[j], r[4 + j], 0xdd);
    t[8 + j] = _mm512_shuffle_f32x4(r[8 + j], r[12 + j], 0x88);
    t[12 + j] = _mm512_shuffle_f32x4(r[8 + j], r[12 + j], 0xdd);
  }
  LAYERWISE_UNROLL
  for (int j = 0; j < 4; ++j) {
    r[j] = _mm512_shuffle_f32x4(t[j], t[8 + j], 0x88);
    r[8 + j] = _mm512_shuffle_f32x4(t[j], t[8 + j], 0xdd);
    r[4 + j] = _mm512_shuffle_f32x4(t[4 + j], t[12 + j], 0x88);
    r[12 + j] = _mm512_shuffle_f32x4(t[4 + j], t[12 + j], 0xdd);
  }
}
LAYERWISE_INLINE void Prefetch(const void* address) {
  _mm_prefetch(static_cast<const char*>(address), _MM_HINT_T0);
}

using WordVec = __m512i;

LAYERWISE_INLINE WordVec LoadWords(const uint32_t* from) { return _mm512_loadu_si512(from); }
LAYERWISE_INLINE void StoreWords(WordVec words, uint32_t* to) { _mm512_storeu_si512(to, words); }
LAYERWISE_INLINE WordVec SetWord(uint32_t word) {
  return _mm512_set1_epi32(static_cast<int32_t>(word));
}
LAYERWISE_INLINE Vec LowHalves(WordVec words) {
  return _mm512_castsi512_ps(_mm512_slli_epi32(words, 16));
}
LAYERWISE_INLINE Vec HighHalves(WordVec words) {
  return _mm512_castsi512_ps(
      _mm512_and_si512(words, _mm512_set1_epi32(static_cast<int32_t>(0xffff0000U))));
}
#if LAYERWISE_HAS_BF16
LAYERWISE_INLINE WordVec JoinNeighbours(Vec first, Vec second) {
  return reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(second, first));
}
LAYERWISE_INLINE WordVec JoinHalves(Vec low, Vec high) {
  const __m512i lower = _mm512_cvtepu16_epi32(reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(low)));
  const __m512i upper = _mm512_cvtepu16_epi32(reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(high)));
  return _mm512_or_si512(lower, _mm512_slli_epi32(upper, 16));
}
LAYERWISE_INLINE Vec DotAdd(WordVec a, WordVec b, Vec sum) {
#if defined(__clang__) && __clang_major__ <= 16
  // clang 16 crashes when it optimises the intrinsic.
  __asm__("vdpbf16ps %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
  return sum;
#else
  return _mm512_dpbf16_ps(sum, reinterpret_cast<__m512bh>(a), reinterpret_cast<__m512bh>(b));
#endif
}
#else
// Rounded numbers in the lower halves.
LAYERWISE_INLINE WordVec RoundToHalves(Vec numbers) {
  const __m512i bits = _mm512_castps_si512(numbers);
  const __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
  const __m512i rounded = _mm512_add_epi32(_mm512_add_epi32(bits, _mm512_set1_epi32(0x7fff)), odd);
  const __mmask16 is_nan = _mm512_cmp_ps_mask(numbers, numbers, _CMP_UNORD_Q);
  const __m512i chosen = _mm512_mask_or_epi32(rounded, is_nan, bits, _mm512_set1_epi32(0x00400000));
  return _mm512_srli_epi32(chosen, 16);
}
LAYERWISE_INLINE WordVec JoinHalves(Vec low, Vec high) {
  return _mm512_or_si512(RoundToHalves(low), _mm512_slli_epi32(RoundToHalves(high), 16));
}
LAYERWISE_INLINE WordVec JoinNeighbours(Vec first, Vec second) {
  const __m256i lower = _mm512_cvtepi32_epi16(RoundToHalves(first));
  const __m256i upper = _mm512_cvtepi32_epi16(RoundToHalves(second));
  return _mm512_inserti64x4(_mm512_castsi256_si512(lower), upper, 1);
}
LAYERWISE_INLINE Vec DotAdd(WordVec a, WordVec b, Vec sum) {
  sum = MulAdd(LowHalves(a), LowHalves(b), sum);
  return MulAdd(HighHalves(a), HighHalves(b), sum);
}
#endif

}  // namespace layerwise::LAYERWISE_TARGET
