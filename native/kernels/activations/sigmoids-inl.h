// Activations between two bounds. No include guard: included once per instruction set.

namespace layerwise::LAYERWISE_TARGET {

struct Sigmoid {
  static constexpr RowInfo kInfo{
      "sigmoid", "1 / (1 + exp(-x))", "The logistic function, with values in (0, 1).", {}};
  static constexpr ActivationFacts kFacts{.ulp = 3, .derivative_error = 2e-7};
  static constexpr DerivativeOf kDerivativeOf = DerivativeOf::kOutput;
  static Vec F(Vec x, const float*) { return Logistic(x); }
  static Vec Derivative(Vec y, const float*) { return Mul(y, Sub(Set(1.0f), y)); }
  static Vec Curvature(Vec y, const float* parameters) {
    return Mul(Derivative(y, parameters), NegMulAdd(Set(2.0f), y, Set(1.0f)));
  }
};

struct HyperbolicTangent {
  static constexpr RowInfo kInfo{
      "tanh", "tanh(x)", "The hyperbolic tangent, with values in (-1, 1).", {}};
  static constexpr ActivationFacts kFacts{.ulp = 6, .gain = 5.0 / 3.0};
  static constexpr DerivativeOf kDerivativeOf = DerivativeOf::kOutput;
  static Vec F(Vec x, const float*) { return Tanh(x); }
  static Vec Derivative(Vec y, const float*) { return NegMulAdd(y, y, Set(1.0f)); }
  static Vec Curvature(Vec y, const float* parameters) {
    return Mul(Mul(Set(-2.0f), y), Derivative(y, parameters));
  }
};

struct Softsign {
  static constexpr RowInfo kInfo{"softsign",
                                 "x / (1 + abs(x))",
                                 "Like tanh, but nears its limits -1 and 1 more slowly (Bergstra "
                                 "et al. 2009).",
                                 {}};
  static constexpr ActivationFacts kFacts = kCommonFacts;
  static constexpr DerivativeOf kDerivativeOf = DerivativeOf::kOutput;
  static constexpr float kLargest = std::numeric_limits<float>::max();
  static Vec F(Vec x, const float*) {
    const Vec finite = Clamp(x, kLargest);
    return Div(finite, Add(Set(1.0f), Abs(finite)));
  }
  static Vec Derivative(Vec y, const float*) {
    const Vec root = Sub(Set(1.0f), Abs(y));
    return Mul(root, root);
  }
  static Vec Curvature(Vec y, const float*) {
    const Vec root = Sub(Set(1.0f), Abs(y));
    const Vec bend = Mul(Set(2.0f), Mul(root, Mul(root, root)));
    return IfThenElse(Lt(Zero(), y), Sub(Zero(), bend), bend);
  }
};

// (x + 3) / 6 between 0 and 1
LAYERWISE_INLINE Vec LinearLogistic(Vec x) {
  return Min(Set(1.0f), Max(Zero(), Div(Add(x, Set(3.0f)), Set(6.0f))));
}

struct HardSigmoid {
  static constexpr RowInfo kInfo{"hardSigmoid",
                                 "min(max((x + 3) / 6, 0), 1)",
                                 "A sigmoid of three straight lines, with the slope 1/6 of PyTorch "
                                 "and Keras 3 (Courbariaux, Bengio and David 2015).",
                                 {}};
  static constexpr ActivationFacts kFacts = kCommonFacts;
  static constexpr DerivativeOf kDerivativeOf = DerivativeOf::kOutput;
  static Vec F(Vec x, const float*) { return LinearLogistic(x); }
  static Vec Derivative(Vec y, const float*) {
    return Mul(Inside(0.0f, y, 1.0f), Set(1.0f / 6.0f));
  }
};

struct HardTanh {
  static constexpr RowInfo kInfo{
      "hardTanh", "min(max(x, -1), 1)", "A tanh of three straight lines (Collobert 2004).", {}};
  static constexpr ActivationFacts kFacts{.ulp = 0, .derivative_error = 0};
  static constexpr DerivativeOf kDerivativeOf = DerivativeOf::kOutput;
  static Vec F(Vec x, const float*) { return Clamp(x, 1.0f); }
  static Vec Derivative(Vec y, const float*) { return Inside(-1.0f, y, 1.0f); }
};

inline constexpr ActivationRow kSigmoids[] = {
    ElementRow<Sigmoid>(),     ElementRow<HyperbolicTangent>(), ElementRow<Softsign>(),
    ElementRow<HardSigmoid>(), ElementRow<HardTanh>(),
};

}  // namespace layerwise::LAYERWISE_TARGET
