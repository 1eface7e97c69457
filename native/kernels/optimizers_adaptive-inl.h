// A learning rate for each parameter, from the squares of its gradients.

namespace layerwise::LAYERWISE_TARGET {

// g += decay w;  s += g^2;  w -= rate / (1 + (t - 1) rateDecay) g / (sqrt(s) + epsilon)
struct Adagrad {
  static constexpr ParameterInfo kParameters[] = {
      LearningRate(0.01),
      {.name = "learningRateDecay",
       .fallback = 0.0,
       .minimum = 0.0,
       .maximum = kUnbounded,
       .description = "How fast the learning rate falls, beside the effect of the sum."},
      {.name = "initialAccumulator",
       .fallback = 0.0,
       .minimum = 0.0,
       .maximum = kUnbounded,
       .description = "What the sums of squares start from."},
      Epsilon(1e-10),
      WeightDecay(0.0, kCoupledDecay)};
  static constexpr RowInfo kInfo{
      "adagrad",
      "s += g^2; w -= learningRate / (1 + (t - 1) * learningRateDecay) * g / (sqrt(s) + epsilon)",
      "Adaptive gradients (Duchi, Hazan and Singer 2011): for sparse inputs.", kParameters};
  static constexpr int kStates = 1;

  static OptimizerStart Start(const double* p) { return {{static_cast<float>(p[2])}}; }
  static OptimizerConstants Prepare(const double* p, int64_t step) {
    const double rate = p[0] / (1.0 + static_cast<double>(step - 1) * p[1]);
    return {{static_cast<float>(-rate), static_cast<float>(p[3]), static_cast<float>(p[4])}};
  }
  static Vec Update(Vec w, Vec g, Vec (&state)[kStates], const Vec (&c)[kMaxOptimizerConstants]) {
    g = MulAdd(c[2], w, g);
    state[0] = MulAdd(g, g, state[0]);
    return MulAdd(c[0], Div(g, Add(Sqrt(state[0]), c[1])), w);
  }
};

// g += decay w;  s = rho s + (1 - rho) g^2;  d = sqrt(u + epsilon) / sqrt(s + epsilon) g
// u = rho u + (1 - rho) d^2;  w -= rate d
struct Adadelta {
  static constexpr ParameterInfo kParameters[] = {
      LearningRate(1.0),
      Share("rho", 0.9, "The decay of the means of squares, of gradients and of steps."),
      Epsilon(1e-6), WeightDecay(0.0, kCoupledDecay)};
  static constexpr RowInfo kInfo{
      "adadelta",
      "d = g * sqrt(u + epsilon) / sqrt(s + epsilon); w -= learningRate * d, s and u being the "
      "running means of g^2 and of the earlier d^2",
      "Steps in the unit of the parameters, with no learning rate to choose (Zeiler 2012).",
      kParameters};
  static constexpr int kStates = 2;

  static OptimizerConstants Prepare(const double* p, int64_t) {
    return {{static_cast<float>(-p[0]), static_cast<float>(p[1]), static_cast<float>(1.0 - p[1]),
             static_cast<float>(p[2]), static_cast<float>(p[3])}};
  }
  static Vec Update(Vec w, Vec g, Vec (&state)[kStates], const Vec (&c)[kMaxOptimizerConstants]) {
    g = MulAdd(c[4], w, g);
    state[0] = MulAdd(c[1], state[0], Mul(c[2], Mul(g, g)));
    const Vec ratio = Div(Sqrt(Add(state[1], c[3])), Sqrt(Add(state[0], c[3])));
    const Vec step = Mul(ratio, g);
    state[1] = MulAdd(c[1], state[1], Mul(c[2], Mul(step, step)));
    return MulAdd(c[0], step, w);
  }
};

// g += decay w;  s = alpha s + (1 - alpha) g^2;  m = alpha m + (1 - alpha) g
// b = momentum b + g / (sqrt(centered ? s - m^2 : s) + epsilon);  w -= rate b
struct RmsProp {
  static constexpr ParameterInfo kParameters[] = {
      LearningRate(0.01),
      Share("alpha", 0.99, "The decay of the mean of the squared gradients."),
      Epsilon(1e-8),
      WeightDecay(0.0, kCoupledDecay),
      Share("momentum", 0.0, "The share of the last step that is kept."),
      BooleanParameter("centered", false,
                       "Divide by the deviation of the gradients instead (Graves 2013).")};
  static constexpr RowInfo kInfo{
      "rmsprop",
      "b = momentum * b + g / (sqrt(s) + epsilon); w -= learningRate * b, s being the running mean "
      "of g^2, or the variance of g if centered",
      "Gradients divided by their running root mean square (Tieleman and Hinton 2012).",
      kParameters};
  static constexpr int kStates = 3;

  static OptimizerConstants Prepare(const double* p, int64_t) {
    return {{static_cast<float>(-p[0]), static_cast<float>(p[1]), static_cast<float>(1.0 - p[1]),
             static_cast<float>(p[2]), static_cast<float>(p[3]), static_cast<float>(p[4]),
             static_cast<float>(p[5])}};
  }
  static Vec Update(Vec w, Vec g, Vec (&state)[kStates], const Vec (&c)[kMaxOptimizerConstants]) {
    g = MulAdd(c[4], w, g);
    state[0] = MulAdd(c[1], state[0], Mul(c[2], Mul(g, g)));
    state[1] = MulAdd(c[1], state[1], Mul(c[2], g));
    // c[6] is 1 if centered, else 0. Rounding may leave a variance just below zero.
    const Vec spread = NegMulAdd(Mul(c[6], state[1]), state[1], state[0]);
    const Vec denominator = Add(Sqrt(Max(Zero(), spread)), c[3]);
    state[2] = MulAdd(c[5], state[2], Div(g, denominator));
    return MulAdd(c[0], state[2], w);
  }
};

}  // namespace layerwise::LAYERWISE_TARGET
