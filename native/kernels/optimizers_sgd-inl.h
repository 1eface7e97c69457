// Gradient descent with and without momentum, and by the sign.

namespace layerwise::LAYERWISE_TARGET {

// g += decay w;  v = momentum v + g;  w -= rate (nesterov ? g + momentum v : v)
struct MomentumUpdate {
  static constexpr int kStates = 1;

  static OptimizerConstants Constants(double rate, double momentum, bool nesterov, double decay) {
    // With Nesterov the step is g + momentum * v, otherwise 0 * g + 1 * v.
    return {{static_cast<float>(-rate), static_cast<float>(momentum), static_cast<float>(decay),
             nesterov ? 1.0f : 0.0f, nesterov ? static_cast<float>(momentum) : 1.0f}};
  }
  static Vec Update(Vec w, Vec g, Vec (&state)[kStates], const Vec (&c)[kMaxOptimizerConstants]) {
    g = MulAdd(c[2], w, g);
    state[0] = MulAdd(c[1], state[0], g);
    const Vec step = MulAdd(c[4], state[0], Mul(c[3], g));
    return MulAdd(c[0], step, w);
  }
};

inline constexpr const char* kMomentumDescription =
    "The share of the last update that is kept (Polyak 1964).";

struct Sgd : MomentumUpdate {
  static constexpr ParameterInfo kParameters[] = {
      LearningRate(0.01), Share("momentum", 0.0, kMomentumDescription),
      BooleanParameter("nesterov", false,
                       "Look ahead along the momentum (Nesterov 1983; Sutskever et al. 2013)."),
      WeightDecay(0.0, kCoupledDecay)};
  static constexpr RowInfo kInfo{
      "sgd", "v = momentum * v + g; w -= learningRate * (nesterov ? g + momentum * v : v)",
      "Stochastic gradient descent, with momentum on request.", kParameters};

  static OptimizerConstants Prepare(const double* p, int64_t) {
    return Constants(p[0], p[1], p[2] != 0.0, p[3]);
  }
};

// sgd under the names that textbooks give it.
template <bool kNesterov>
struct NamedMomentum : MomentumUpdate {
  static constexpr ParameterInfo kParameters[] = {LearningRate(0.01),
                                                  Share("momentum", 0.9, kMomentumDescription),
                                                  WeightDecay(0.0, kCoupledDecay)};
  static constexpr RowInfo kInfo =
      kNesterov
          ? RowInfo{"nesterov", "v = momentum * v + g; w -= learningRate * (g + momentum * v)",
                    "Gradient descent with Nesterov's momentum (Sutskever et al. 2013): sgd with "
                    "nesterov and a momentum of 0.9.",
                    kParameters}
          : RowInfo{"momentum", "v = momentum * v + g; w -= learningRate * v",
                    "Gradient descent with momentum (Polyak 1964): sgd with a momentum of 0.9.",
                    kParameters};

  static OptimizerConstants Prepare(const double* p, int64_t) {
    return Constants(p[0], p[1], kNesterov, p[2]);
  }
};

// u = sign(beta1 m + (1 - beta1) g);  m = beta2 m + (1 - beta2) g;  w -= rate (u + decay w)
struct Lion {
  static constexpr ParameterInfo kParameters[] = {
      LearningRate(0.0001),
      Share("beta1", 0.9, "The share of the kept mean in the direction of a step."),
      Share("beta2", 0.99, "The decay of the mean of the gradients."),
      WeightDecay(0.0, kDecoupledDecay)};
  static constexpr RowInfo kInfo{
      "lion",
      "w -= learningRate * (sign(beta1 * m + (1 - beta1) * g) + weightDecay * w); "
      "m = beta2 * m + (1 - beta2) * g",
      "Evolved sign momentum (Chen et al. 2023); wants a learning rate three to ten times smaller "
      "than adam's.",
      kParameters};
  static constexpr int kStates = 1;

  static OptimizerConstants Prepare(const double* p, int64_t) {
    return {{static_cast<float>(-p[0]), static_cast<float>(p[1]), static_cast<float>(1.0 - p[1]),
             static_cast<float>(p[2]), static_cast<float>(1.0 - p[2]),
             static_cast<float>(1.0 - p[0] * p[3])}};
  }
  static Vec Update(Vec w, Vec g, Vec (&state)[kStates], const Vec (&c)[kMaxOptimizerConstants]) {
    const Vec direction = MulAdd(c[1], state[0], Mul(c[2], g));
    // Zero has the sign zero, and a NaN stays one.
    const Vec negative = IfThenElse(Lt(direction, Zero()), Set(-1.0f), direction);
    const Vec sign = IfThenElse(Lt(Zero(), direction), Set(1.0f), negative);
    state[0] = MulAdd(c[3], state[0], Mul(c[4], g));
    return MulAdd(c[0], sign, Mul(w, c[5]));
  }
};

}  // namespace layerwise::LAYERWISE_TARGET
