// The vector vocabulary for 64-bit Arm: four lanes. See scalar.h for what each name means.
// No include guard: included once per translation unit by foreach_target.h.

namespace layerwise::LAYERWISE_TARGET {

inline constexpr int kLanes = 4;
inline constexpr int kMaxRows[3] = {16, 12, 8};
// Tiles use most of each cache line that they touch: packing costs more than it saves.
inline constexpr int64_t kPackingPaysFrom = INT64_MAX;
inline constexpr bool kPrefetchingPays = true;

using Vec = float32x4_t;
using Mask = uint32x4_t;

LAYERWISE_INLINE Vec Set(float x) { return vdupq_n_f32(x); }
LAYERWISE_INLINE Vec Zero() { return vdupq_n_f32(0.0f); }
LAYERWISE_INLINE Vec Load(const float* from) { return vld1q_f32(from); }
LAYERWISE_INLINE Vec LoadN(const float* from, int count) {
  float lanes[kLanes] = {};
  for (int i = 0; i < count; ++i) lanes[i] = from[i];
  return vld1q_f32(lanes);
}
LAYERWISE_INLINE void Store(Vec v, float* to) { vst1q_f32(to, v); }
LAYERWISE_INLINE void StoreN(Vec v, float* to, int count) {
  float lanes[kLanes];
  vst1q_f32(lanes, v);
  for (int i = 0; i < count; ++i) to[i] = lanes[i];
}
LAYERWISE_INLINE Vec KeepFirst(Vec v, int count) {
  constexpr uint32_t kLane[kLanes] = {0, 1, 2, 3};
  const uint32x4_t kept = vcltq_u32(vld1q_u32(kLane), vdupq_n_u32(static_cast<uint32_t>(count)));
  return vreinterpretq_f32_u32(vandq_u32(vreinterpretq_u32_f32(v), kept));
}
LAYERWISE_INLINE Vec LoadBytes(const uint8_t* from) {
  const float lanes[kLanes] = {static_cast<float>(from[0]), static_cast<float>(from[1]),
                               static_cast<float>(from[2]), static_cast<float>(from[3])};
  return vld1q_f32(lanes);
}

LAYERWISE_INLINE Vec Add(Vec a, Vec b) { return vaddq_f32(a, b); }
LAYERWISE_INLINE Vec Sub(Vec a, Vec b) { return vsubq_f32(a, b); }
LAYERWISE_INLINE Vec Mul(Vec a, Vec b) { return vmulq_f32(a, b); }
LAYERWISE_INLINE Vec Div(Vec a, Vec b) { return vdivq_f32(a, b); }
LAYERWISE_INLINE Vec MulAdd(Vec a, Vec b, Vec c) { return vfmaq_f32(c, a, b); }
LAYERWISE_INLINE Vec NegMulAdd(Vec a, Vec b, Vec c) { return vfmsq_f32(c, a, b); }
LAYERWISE_INLINE Vec Sqrt(Vec a) { return vsqrtq_f32(a); }
LAYERWISE_INLINE Vec Abs(Vec a) { return vabsq_f32(a); }
LAYERWISE_INLINE Mask Lt(Vec a, Vec b) { return vcltq_f32(a, b); }
LAYERWISE_INLINE Vec IfThenElse(Mask m, Vec yes, Vec no) { return vbslq_f32(m, yes, no); }
LAYERWISE_INLINE Vec Min(Vec a, Vec b) { return vbslq_f32(vcltq_f32(a, b), a, b); }
LAYERWISE_INLINE Vec Max(Vec a, Vec b) { return vbslq_f32(vcgtq_f32(a, b), a, b); }
LAYERWISE_INLINE Vec Round(Vec a) { return vrndnq_f32(a); }
LAYERWISE_INLINE Vec MulPow2(Vec x, Vec n) {
  const int32x4_t biased = vaddq_s32(vcvtq_s32_f32(n), vdupq_n_s32(127));
  return vmulq_f32(x, vreinterpretq_f32_s32(vshlq_n_s32(biased, 23)));
}
LAYERWISE_INLINE Vec Exponent(Vec x) {
  const int32x4_t biased = vreinterpretq_s32_u32(vshrq_n_u32(vreinterpretq_u32_f32(x), 23));
  return vcvtq_f32_s32(vsubq_s32(biased, vdupq_n_s32(127)));
}
LAYERWISE_INLINE Vec Mantissa(Vec x) {
  const uint32x4_t fraction = vandq_u32(vreinterpretq_u32_f32(x), vdupq_n_u32(0x007fffffU));
  return vreinterpretq_f32_u32(vorrq_u32(fraction, vdupq_n_u32(0x3f800000U)));
}
LAYERWISE_INLINE float ReduceSum(Vec a) {
  const float32x2_t two = vadd_f32(vget_low_f32(a), vget_high_f32(a));
  return vget_lane_f32(two, 0) + vget_lane_f32(two, 1);
}
LAYERWISE_INLINE float ReduceMax(Vec a) { return vmaxvq_f32(a); }
LAYERWISE_INLINE void Transpose(Vec (&r)[kLanes]) {
  const float32x4x2_t low = vtrnq_f32(r[0], r[1]);
  const float32x4x2_t high = vtrnq_f32(r[2], r[3]);
  r[0] = vcombine_f32(vget_low_f32(low.val[0]), vget_low_f32(high.val[0]));
  r[1] = vcombine_f32(vget_low_f32(low.val[1]), vget_low_f32(high.val[1]));
  r[2] = vcombine_f32(vget_high_f32(low.val[0]), vget_high_f32(high.val[0]));
  r[3] = vcombine_f32(vget_high_f32(low.val[1]), vget_high_f32(high.val[1]));
}
LAYERWISE_INLINE void Prefetch(const void* address) { __builtin_prefetch(address); }

using WordVec = uint32x4_t;

LAYERWISE_INLINE WordVec LoadWords(const uint32_t* from) { return vld1q_u32(from); }
LAYERWISE_INLINE void StoreWords(WordVec words, uint32_t* to) { vst1q_u32(to, words); }
LAYERWISE_INLINE WordVec SetWord(uint32_t word) { return vdupq_n_u32(word); }
LAYERWISE_INLINE Vec LowHalves(WordVec words) {
  return vreinterpretq_f32_u32(vshlq_n_u32(words, 16));
}
LAYERWISE_INLINE Vec HighHalves(WordVec words) {
  return vreinterpretq_f32_u32(vandq_u32(words, vdupq_n_u32(0xffff0000U)));
}
// Rounded numbers in the lower halves.
LAYERWISE_INLINE WordVec RoundToHalves(Vec numbers) {
  const uint32x4_t bits = vreinterpretq_u32_f32(numbers);
  const uint32x4_t odd = vandq_u32(vshrq_n_u32(bits, 16), vdupq_n_u32(1));
  const uint32x4_t rounded = vaddq_u32(vaddq_u32(bits, vdupq_n_u32(0x7fff)), odd);
  const uint32x4_t quiet = vorrq_u32(bits, vdupq_n_u32(0x00400000));
  return vshrq_n_u32(vbslq_u32(vceqq_f32(numbers, numbers), rounded, quiet), 16);
}
LAYERWISE_INLINE WordVec JoinHalves(Vec low, Vec high) {
  return vorrq_u32(RoundToHalves(low), vshlq_n_u32(RoundToHalves(high), 16));
}
LAYERWISE_INLINE WordVec JoinNeighbours(Vec first, Vec second) {
  const uint16x8_t halves =
      vcombine_u16(vmovn_u32(RoundToHalves(first)), vmovn_u32(RoundToHalves(second)));
  return vreinterpretq_u32_u16(halves);
}
LAYERWISE_INLINE Vec DotAdd(WordVec a, WordVec b, Vec sum) {
  sum = MulAdd(LowHalves(a), LowHalves(b), sum);
  return MulAdd(HighHalves(a), HighHalves(b), sum);
}

}  // namespace layerwise::LAYERWISE_TARGET
