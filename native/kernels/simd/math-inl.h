// Elementary functions over the vector vocabulary, in single precision. The polynomials were fitted
// for these intervals (relative minimax error by weighted least squares); errors are those of the
// whole function against double precision. A NaN stays a NaN. No include guard: included once per
// instruction set, after the vocabulary.

namespace layerwise::LAYERWISE_TARGET {

inline constexpr float kInfinity = std::numeric_limits<float>::infinity();

// e^x, 2 ulp; 0 below -87.3 (the result would be denormal), infinity above 88.7.
LAYERWISE_INLINE Vec Exp(Vec x) {
  const Vec clamped = Max(Set(-87.5f), Min(Set(88.8f), x));
  const Vec n = Round(Mul(clamped, Set(1.44269504f)));
  // x - n ln 2, with ln 2 in two parts so that the difference keeps its bits.
  Vec r = NegMulAdd(n, Set(0.693359375f), clamped);
  r = NegMulAdd(n, Set(-2.12194440e-4f), r);
  Vec p = Set(0.00138368315f);
  p = MulAdd(p, r, Set(0.00837482403f));
  p = MulAdd(p, r, Set(0.0416682263f));
  p = MulAdd(p, r, Set(0.166664201f));
  p = MulAdd(p, r, Set(0.499999921f));
  p = MulAdd(p, r, Set(1.0f));
  p = MulAdd(p, r, Set(1.0f));
  // 2^128 is beyond a float's exponent: scale in two steps.
  const Vec half = Round(Mul(n, Set(0.5f)));
  const Vec power = MulPow2(MulPow2(p, half), Sub(n, half));
  const Vec finite = IfThenElse(Lt(x, Set(-87.3f)), Zero(), power);
  return IfThenElse(Lt(Set(88.7228f), x), Set(kInfinity), finite);
}

// e^x - 1 for x <= 0, 2 ulp; -1 from about x = -18 on. Inputs above zero count as zero.
LAYERWISE_INLINE Vec Expm1OfNegative(Vec x) {
  const Vec clamped = Max(Set(-20.0f), Min(Zero(), x));
  const Vec n = Round(Mul(clamped, Set(1.44269504f)));
  Vec r = NegMulAdd(n, Set(0.693359375f), clamped);
  r = NegMulAdd(n, Set(-2.12194440e-4f), r);
  // e^r - 1 = r + r^2 p(r), with the p of Exp; then 2^n (e^r - 1) + (2^n - 1).
  Vec p = Set(0.00138368315f);
  p = MulAdd(p, r, Set(0.00837482403f));
  p = MulAdd(p, r, Set(0.0416682263f));
  p = MulAdd(p, r, Set(0.166664201f));
  p = MulAdd(p, r, Set(0.499999921f));
  p = MulAdd(p, Mul(r, r), r);
  const Vec power = MulPow2(Set(1.0f), n);
  return MulAdd(power, p, Sub(power, Set(1.0f)));
}

// Natural logarithm of a normal positive number, 2 ulp. A NaN may come out as a number.
LAYERWISE_INLINE Vec Log(Vec x) {
  Vec m = Mantissa(x);
  Vec e = Exponent(x);
  // Into [sqrt(1/2), sqrt(2)], where the polynomial holds.
  const Mask large = Lt(Set(1.41421356f), m);
  m = IfThenElse(large, Mul(m, Set(0.5f)), m);
  e = IfThenElse(large, Add(e, Set(1.0f)), e);
  const Vec t = Sub(m, Set(1.0f));
  Vec p = Set(0.0703759169f);
  p = MulAdd(p, t, Set(-0.115145467f));
  p = MulAdd(p, t, Set(0.116770027f));
  p = MulAdd(p, t, Set(-0.124201506f));
  p = MulAdd(p, t, Set(0.142493237f));
  p = MulAdd(p, t, Set(-0.166680572f));
  p = MulAdd(p, t, Set(0.200007147f));
  p = MulAdd(p, t, Set(-0.24999994f));
  p = MulAdd(p, t, Set(0.333333312f));
  const Vec t2 = Mul(t, t);
  Vec y = Mul(Mul(t2, t), p);
  y = MulAdd(e, Set(-2.12194440e-4f), y);
  y = NegMulAdd(Set(0.5f), t2, y);
  return MulAdd(e, Set(0.693359375f), Add(t, y));
}

// log(1 + x) for x in [0, 1], 3 ulp: what is lost when x is added to 1 is brought back.
LAYERWISE_INLINE Vec Log1p(Vec x) {
  const Vec one = Set(1.0f);
  const Vec sum = Add(one, x);
  const Vec lost = Sub(x, Sub(sum, one));
  return Add(Log(sum), Div(lost, sum));
}

// 1 / (1 + e^-x)
LAYERWISE_INLINE Vec Logistic(Vec x) {
  const Vec one = Set(1.0f);
  return Div(one, Add(one, Exp(Sub(Zero(), x))));
}

// The normal distribution at x: its density without the factor 1 / sqrt(2 pi), and P(N < x), of
// which small values keep their bits as well (4 ulp; 0 where they would be denormal).
struct NormalAt {
  Vec density;  // e^(-x^2 / 2)
  Vec below;    // (1 + erf(x / sqrt(2))) / 2
};
LAYERWISE_INLINE NormalAt Normal(Vec x) {
  const Vec one = Set(1.0f);
  const Vec z = Min(Set(13.5f), Abs(x));
  // z^2 = coarse^2 + (z - coarse)(z + coarse), where coarse^2 is exact.
  const Vec coarse = Mul(Round(Mul(z, Set(256.0f))), Set(0.00390625f));
  const Vec rest = Mul(Mul(Sub(z, coarse), Add(z, coarse)), Set(-0.5f));
  const Vec exponential = Exp(Mul(Mul(coarse, coarse), Set(-0.5f)));
  Vec correction = MulAdd(rest, Set(0.166666667f), Set(0.5f));
  correction = MulAdd(Mul(rest, rest), correction, rest);
  const Vec density = MulAdd(exponential, correction, exponential);
  // The tail is the density times a smooth function of (z - 3.5) / (z + 3.5), over 1 + 0.8 z.
  const Vec t = Div(Sub(z, Set(3.5f)), Add(z, Set(3.5f)));
  Vec p = Set(0.00011708874f);
  p = MulAdd(p, t, Set(0.0001054708f));
  p = MulAdd(p, t, Set(-0.0010401176f));
  p = MulAdd(p, t, Set(-4.5152432e-05f));
  p = MulAdd(p, t, Set(0.007986966f));
  p = MulAdd(p, t, Set(-0.020396065f));
  p = MulAdd(p, t, Set(0.01811075f));
  p = MulAdd(p, t, Set(0.02580083f));
  p = MulAdd(p, t, Set(-0.115598015f));
  p = MulAdd(p, t, Set(0.4041116f));
  const Vec tail = Div(Mul(density, p), MulAdd(z, Set(0.8f), one));
  return {density, IfThenElse(Lt(x, Zero()), tail, Sub(one, tail))};
}

// x P(x^2) / Q(x^2), 6 ulp; exactly +-1 from about |x| = 9 on.
LAYERWISE_INLINE Vec Tanh(Vec x) {
  const Vec clamped = Max(Set(-9.0f), Min(Set(9.0f), x));
  const Vec u = Mul(clamped, clamped);
  Vec p = Set(1.33546063e-08f);
  p = MulAdd(p, u, Set(2.0609039e-05f));
  p = MulAdd(p, u, Set(0.00349558541f));
  p = MulAdd(p, u, Set(0.133810237f));
  p = MulAdd(p, u, Set(1.0f));
  Vec q = Set(7.77653497e-07f);
  q = MulAdd(q, u, Set(0.000328563037f));
  q = MulAdd(q, u, Set(0.025876971f));
  q = MulAdd(q, u, Set(0.467143387f));
  q = MulAdd(q, u, Set(1.0f));
  return Max(Set(-1.0f), Min(Set(1.0f), Div(Mul(clamped, p), q)));
}

}  // namespace layerwise::LAYERWISE_TARGET
