// Activations of the form x g(x), with g between 0 and 1. They are not monotone, so that the
// derivative is computed from x. Far below zero the factor x is held, as its product with g = 0
// would be NaN at -infinity. No include guard: included once per instruction set.

namespace layerwise::LAYERWISE_TARGET {

struct Silu {
  static constexpr RowInfo kInfo{"silu",
                                 "x * sigmoid(x)",
                                 "The sigmoid linear unit, also known as swish "
                                 "(Elfwing, Uchibe and Doya 2018; Ramachandran, Zoph and Le 2017).",
                                 {}};
  static constexpr ActivationFacts kFacts{.initializer = "heNormal", .alias = "swish"};
  static constexpr DerivativeOf kDerivativeOf = DerivativeOf::kInput;
  static Vec F(Vec x, const float*) { return Mul(AtLeast(-200.0f, x), Logistic(x)); }
  static Vec Derivative(Vec x, const float*) {
    const Vec one = Set(1.0f);
    const Vec s = Logistic(x);
    return Mul(s, MulAdd(Clamp(x, 200.0f), Sub(one, s), one));
  }
  static Vec Curvature(Vec x, const float*) {
    const Vec one = Set(1.0f);
    const Vec s = Logistic(x);
    const Vec inner = MulAdd(Clamp(x, 200.0f), NegMulAdd(Set(2.0f), s, one), Set(2.0f));
    return Mul(Mul(s, Sub(one, s)), inner);
  }
};

struct Gelu {
  static constexpr ParameterInfo kParameters[] = {
      BooleanParameter("approximate", false,
                       "Whether the form with tanh is computed, as PyTorch's approximate='tanh'.")};
  static constexpr RowInfo kInfo{
      "gelu",
      "approximate ? x * sigmoid(sqrt(8 / pi) * (x + 0.044715 * x^3))"
      " : x * erfc(-x / sqrt(2)) / 2",
      "The Gaussian error linear unit, x P(N < x) for a standard normal N (Hendrycks and Gimpel "
      "2016). The approximation is x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2.",
      kParameters};
  static constexpr ActivationFacts kFacts{.ulp = 6, .initializer = "heNormal"};
  static constexpr DerivativeOf kDerivativeOf = DerivativeOf::kInput;
  static constexpr float kRoot = 1.59576912f;  // sqrt(8 / pi)
  static constexpr float kCubic = 0.044715f;

  // The logistic function of this is what stands in for P(N < x).
  static Vec Exponent(Vec x) {
    return Mul(Mul(Set(kRoot), x), MulAdd(Mul(Set(kCubic), x), x, Set(1.0f)));
  }
  static Vec F(Vec x, const float* parameters) {
    const Vec factor = AtLeast(-14.0f, x);
    if (parameters[0] != 0) return Mul(factor, Logistic(Exponent(Clamp(x, 14.0f))));
    return Mul(factor, Normal(x).below);
  }
  static Vec Derivative(Vec x, const float* parameters) {
    const Vec one = Set(1.0f);
    const Vec z = Clamp(x, 14.0f);
    if (parameters[0] == 0) {
      const NormalAt normal = Normal(z);
      return MulAdd(Mul(z, Set(0.39894228f)), normal.density, normal.below);  // 1 / sqrt(2 pi)
    }
    const Vec s = Logistic(Exponent(z));
    const Vec slope = Mul(Set(kRoot), MulAdd(Mul(Set(3.0f * kCubic), z), z, one));
    return Mul(s, MulAdd(Mul(z, slope), Sub(one, s), one));
  }
  static Vec Curvature(Vec x, const float* parameters) {
    const Vec one = Set(1.0f);
    const Vec two = Set(2.0f);
    const Vec z = Clamp(x, 14.0f);
    if (parameters[0] == 0) {
      const Vec density = Mul(Set(0.39894228f), Normal(z).density);  // 1 / sqrt(2 pi)
      return Mul(density, NegMulAdd(z, z, two));
    }
    const Vec s = Logistic(Exponent(z));
    const Vec slope = Mul(Set(kRoot), MulAdd(Mul(Set(3.0f * kCubic), z), z, one));
    const Vec bend = Mul(Mul(z, z), Set(6.0f * kCubic * kRoot));  // z times the slope of the slope
    const Vec squared = Mul(Mul(z, slope), Mul(slope, NegMulAdd(two, s, one)));
    return Mul(Mul(s, Sub(one, s)), Add(MulAdd(two, slope, bend), squared));
  }
};

struct Mish {
  static constexpr RowInfo kInfo{
      "mish", "x * tanh(log1p(exp(x)))", "x tanh(softplus(x)) (Misra 2020).", {}};
  static constexpr ActivationFacts kFacts{.ulp = 6, .initializer = "heNormal"};
  static constexpr DerivativeOf kDerivativeOf = DerivativeOf::kInput;
  // tanh(log(1 + e)) = n / (n + 2) with n = e (e + 2); 1 in single precision from x = 9 on.
  static Vec F(Vec x, const float*) {
    const Vec e = Exp(Min(Set(20.0f), x));
    const Vec n = Mul(e, Add(e, Set(2.0f)));
    return Mul(AtLeast(-200.0f, x), Div(n, Add(n, Set(2.0f))));
  }
  static Vec Derivative(Vec x, const float*) {
    const Vec one = Set(1.0f);
    const Vec two = Set(2.0f);
    const Vec z = Max(Set(-200.0f), Min(Set(20.0f), x));
    const Vec e = Exp(z);
    const Vec n = Mul(e, Add(e, two));
    const Vec t = Div(n, Add(n, two));
    const Vec complement = Div(two, Add(n, two));  // 1 - t
    const Vec squares = Mul(complement, Add(one, t));
    return MulAdd(Mul(z, squares), Div(e, Add(one, e)), t);
  }
  // With t = tanh(softplus(x)) and s = sigmoid(x): t' = (1 - t^2) s, t'' = t' (1 - s - 2 t s).
  static Vec Curvature(Vec x, const float*) {
    const Vec one = Set(1.0f);
    const Vec two = Set(2.0f);
    const Vec z = Max(Set(-80.0f), Min(Set(20.0f), x));
    const Vec e = Exp(z);
    const Vec n = Mul(e, Add(e, two));
    const Vec t = Div(n, Add(n, two));
    const Vec s = Div(e, Add(one, e));
    const Vec slope = Mul(Mul(Div(two, Add(n, two)), Add(one, t)), s);
    const Vec inner = Sub(Sub(one, s), Mul(two, Mul(t, s)));
    return Mul(slope, MulAdd(z, inner, two));
  }
};

struct HardSwish {
  static constexpr RowInfo kInfo{"hardSwish",
                                 "x * min(max(x + 3, 0), 6) / 6",
                                 "x hardSigmoid(x), a silu of straight lines and a parabola "
                                 "(Howard et al. 2019).",
                                 {}};
  static constexpr ActivationFacts kFacts{.initializer = "heNormal"};
  static constexpr DerivativeOf kDerivativeOf = DerivativeOf::kInput;
  static Vec F(Vec x, const float*) { return Mul(AtLeast(-3.0f, x), LinearLogistic(x)); }
  static Vec Derivative(Vec x, const float*) {
    const Vec parabola = Div(MulAdd(Set(2.0f), x, Set(3.0f)), Set(6.0f));
    const Vec right = IfThenElse(Lt(x, Set(3.0f)), parabola, Set(1.0f));
    return IfThenElse(Lt(Set(-3.0f), x), right, Zero());
  }
  static Vec Curvature(Vec x, const float*) {
    return Mul(Inside(-3.0f, x, 3.0f), Set(1.0f / 3.0f));
  }
};

inline constexpr ActivationRow kGates[] = {ElementRow<Silu>(), ElementRow<Gelu>(),
                                           ElementRow<Mish>(), ElementRow<HardSwish>()};

}  // namespace layerwise::LAYERWISE_TARGET
