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
