// The identity and the family of relu. No include guard: included once per instruction set.

namespace layerwise::LAYERWISE_TARGET {

struct Linear {
  static constexpr RowInfo kInfo{"linear", "x", "No activation.", {}};
  static constexpr ActivationFacts kFacts{.ulp = 0, .derivative_error = 0};
  static constexpr DerivativeOf kDerivativeOf = DerivativeOf::kOutput;
  static Vec F(Vec x, const float*) { return x; }
  static Vec Derivative(Vec, const float*) { return Set(1.0f); }
};

struct Relu {
  static constexpr RowInfo kInfo{
      "relu", "max(x, 0)", "The rectified linear unit (Nair and Hinton 2010).", {}};
  static constexpr ActivationFacts kFacts{
      .ulp = 0, .derivative_error = 0, .initializer = "heNormal", .gain = 1.4142135623730951};
  static constexpr DerivativeOf kDerivativeOf = DerivativeOf::kOutput;
  static Vec F(Vec x, const float*) { return Max(Zero(), x); }
  static Vec Derivative(Vec y, const float*) {
    return IfThenElse(Lt(Zero(), y), Set(1.0f), Zero());
  }
};

struct Relu6 {
  static constexpr RowInfo kInfo{"relu6",
                                 "min(max(x, 0), 6)",
                                 "A relu that stops at 6, for arithmetic of few bits (Krizhevsky "
                                 "2010; Howard et al. 2017).",
                                 {}};
  static constexpr ActivationFacts kFacts{
      .ulp = 0, .derivative_error = 0, .initializer = "heNormal", .gain = 1.4142135623730951};
  static constexpr DerivativeOf kDerivativeOf = DerivativeOf::kOutput;
  static Vec F(Vec x, const float*) { return Min(Set(6.0f), Max(Zero(), x)); }
  static Vec Derivative(Vec y, const float*) { return Inside(0.0f, y, 6.0f); }
};

struct LeakyRelu {
  static constexpr ParameterInfo kParameters[] = {
      {.name = "slope",
       .fallback = 0.01,
       .minimum = 0.0,
       .maximum = std::numeric_limits<double>::infinity(),
       .description = "The slope for negative inputs."}};
  static constexpr RowInfo kInfo{"leakyRelu", "x > 0 ? x : slope * x",
                                 "A rectifier that lets a little through for negative inputs "
                                 "(Maas, Hannun and Ng 2013).",
                                 kParameters};
  static constexpr ActivationFacts kFacts{.ulp = 0.5,
                                          .derivative_error = 1e-8,
                                          .initializer = "heNormal",
                                          .gain = 1.4142135623730951,
                                          .gain_slope = "slope"};
  static constexpr DerivativeOf kDerivativeOf = DerivativeOf::kOutput;
  static Vec F(Vec x, const float* parameters) {
    return IfThenElse(Lt(Zero(), x), x, Mul(x, Set(parameters[0])));
  }
  static Vec Derivative(Vec y, const float* parameters) {
    return IfThenElse(Lt(Zero(), y), Set(1.0f), Set(parameters[0]));
  }
};

struct Elu {
  static constexpr ParameterInfo kParameters[] = {
      {.name = "alpha",
       .fallback = 1.0,
       .minimum = 0.0,
       .maximum = std::numeric_limits<double>::infinity(),
       .description = "Minus the limit for negative inputs."}};
  static constexpr RowInfo kInfo{"elu", "x > 0 ? x : alpha * expm1(x)",
                                 "The exponential linear unit, with outputs of mean near zero "
                                 "(Clevert, Unterthiner and Hochreiter 2016).",
                                 kParameters};
  static constexpr ActivationFacts kFacts{.initializer = "heNormal"};
  static constexpr DerivativeOf kDerivativeOf = DerivativeOf::kOutput;
  static Vec F(Vec x, const float* parameters) {
    return IfThenElse(Lt(Zero(), x), x, Mul(Set(parameters[0]), Expm1OfNegative(x)));
  }
  static Vec Derivative(Vec y, const float* parameters) {
    return IfThenElse(Lt(Zero(), y), Set(1.0f), Add(y, Set(parameters[0])));
  }
  static Vec Curvature(Vec y, const float* parameters) {
    return IfThenElse(Lt(Zero(), y), Zero(), Add(y, Set(parameters[0])));
  }
};

struct Selu {
  static constexpr double kScale = 1.0507009873554804934;
  static constexpr double kScaleAlpha = 1.7580993408473768600;
  static constexpr RowInfo kInfo{
      "selu",
      "1.0507009873554805 * (x > 0 ? x : 1.6732632423543773 * expm1(x))",
      "The scaled exponential linear unit: with weights of lecunNormal and standardised inputs, "
      "the outputs of deep layers keep mean 0 and variance 1 (Klambauer et al. 2017).",
      {}};
  static constexpr ActivationFacts kFacts{.initializer = "lecunNormal", .gain = 0.75};
  static constexpr DerivativeOf kDerivativeOf = DerivativeOf::kOutput;
  static Vec F(Vec x, const float*) {
    return IfThenElse(Lt(Zero(), x), Mul(Set(static_cast<float>(kScale)), x),
                      Mul(Set(static_cast<float>(kScaleAlpha)), Expm1OfNegative(x)));
  }
  static Vec Derivative(Vec y, const float*) {
    return IfThenElse(Lt(Zero(), y), Set(static_cast<float>(kScale)),
                      Add(y, Set(static_cast<float>(kScaleAlpha))));
  }
  static Vec Curvature(Vec y, const float*) {
    return IfThenElse(Lt(Zero(), y), Zero(), Add(y, Set(static_cast<float>(kScaleAlpha))));
  }
};

struct Celu {
  static constexpr ParameterInfo kParameters[] = {
      {.name = "alpha",
       .fallback = 1.0,
       .minimum = 1e-30,  // far enough from zero to stay there in single precision
       .maximum = std::numeric_limits<double>::infinity(),
       .description = "Minus the limit for negative inputs, and how fast it is neared."}};
  static constexpr RowInfo kInfo{"celu", "x > 0 ? x : alpha * expm1(x / alpha)",
                                 "An elu whose derivative has no jump for any alpha (Barron 2017).",
                                 kParameters};
  static constexpr ActivationFacts kFacts{.initializer = "heNormal"};
  static constexpr DerivativeOf kDerivativeOf = DerivativeOf::kOutput;
  static Vec F(Vec x, const float* parameters) {
    const Vec alpha = Set(parameters[0]);
    return IfThenElse(Lt(Zero(), x), x, Mul(alpha, Expm1OfNegative(Div(x, alpha))));
  }
  static Vec Derivative(Vec y, const float* parameters) {
    const Vec one = Set(1.0f);
    return IfThenElse(Lt(Zero(), y), one, Add(Div(y, Set(parameters[0])), one));
  }
  static Vec Curvature(Vec y, const float* parameters) {
    const Vec alpha = Set(parameters[0]);
    return IfThenElse(Lt(Zero(), y), Zero(), Div(Add(Div(y, alpha), Set(1.0f)), alpha));
  }
};

struct Softplus {
  static constexpr ParameterInfo kParameters[] = {
      {.name = "beta",
       .fallback = 1.0,
       .minimum = 1e-30,  // far enough from zero to stay there in single precision
       .maximum = std::numeric_limits<double>::infinity(),
       .description = "The larger, the nearer to relu."}};
  static constexpr RowInfo kInfo{
      "softplus", "max(x, 0) + log1p(exp(-beta * abs(x))) / beta",
      "A smooth relu, log(1 + exp(beta x)) / beta, in a form that never overflows (Dugas et al. "
      "2001).",
      kParameters};
  static constexpr ActivationFacts kFacts{.ulp = 5, .initializer = "heNormal"};
  static constexpr DerivativeOf kDerivativeOf = DerivativeOf::kOutput;
  static Vec F(Vec x, const float* parameters) {
    const Vec beta = Set(parameters[0]);
    const Vec exponential = Exp(NegMulAdd(beta, Abs(x), Zero()));
    // A NaN comes through the maximum.
    return Add(Max(Zero(), x), Div(Log1p(exponential), beta));
  }
  static Vec Derivative(Vec y, const float* parameters) {
    return Sub(Zero(), Expm1OfNegative(Mul(Set(-parameters[0]), y)));
  }
  static Vec Curvature(Vec y, const float* parameters) {
    const Vec slope = Derivative(y, parameters);
    return Mul(Mul(Set(parameters[0]), slope), Sub(Set(1.0f), slope));
  }
};

inline constexpr ActivationRow kRectifiers[] = {
    ElementRow<Linear>(), ElementRow<Relu>(), ElementRow<Relu6>(), ElementRow<LeakyRelu>(),
    ElementRow<Elu>(),    ElementRow<Selu>(), ElementRow<Celu>(),  ElementRow<Softplus>(),
};

}  // namespace layerwise::LAYERWISE_TARGET
