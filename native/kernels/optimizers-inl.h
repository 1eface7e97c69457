// The optimizers, compiled once per instruction set. To add one, write its struct here and name it
// in OptimizerTable(): nothing else. The formulas and their defaults are PyTorch's.

namespace layerwise::LAYERWISE_TARGET {

inline constexpr double kUnbounded = std::numeric_limits<double>::infinity();

constexpr ParameterInfo LearningRate(double fallback) {
  return {.name = "learningRate",
          .fallback = fallback,
          .minimum = 0.0,
          .maximum = kUnbounded,
          .description = "The size of a step."};
}

constexpr ParameterInfo WeightDecay(double fallback, const char* description) {
  return {.name = "weightDecay",
          .fallback = fallback,
          .minimum = 0.0,
          .maximum = kUnbounded,
          .description = description};
}

inline constexpr const char* kCoupledDecay =
    "The factor of the L2 penalty, added to the gradient (coupled).";

// g += decay w;  v = momentum v + g;  w -= rate (nesterov ? g + momentum v : v)
struct Sgd {
  static constexpr ParameterInfo kParameters[] = {
      LearningRate(0.01),
      {.name = "momentum",
       .fallback = 0.0,
       .minimum = 0.0,
       .maximum = 1.0,
       .maximum_exclusive = true,
       .description = "The share of the last update that is kept (Polyak 1964)."},
      {.name = "nesterov",
       .fallback = 0.0,
       .minimum = 0.0,
       .maximum = 1.0,
       .is_boolean = true,
       .description = "Look ahead along the momentum (Nesterov 1983; Sutskever et al. 2013)."},
      WeightDecay(0.0, kCoupledDecay)};
  static constexpr RowInfo kInfo{
      "sgd", "v = momentum * v + g; w -= learningRate * (nesterov ? g + momentum * v : v)",
      "Stochastic gradient descent, with momentum on request.", kParameters};
  static constexpr int kStates = 1;

  static OptimizerConstants Prepare(const double* p, int64_t) {
    // With Nesterov the step is g + momentum * v, otherwise 0 * g + 1 * v.
    const bool nesterov = p[2] != 0.0;
    return {{static_cast<float>(-p[0]), static_cast<float>(p[1]), static_cast<float>(p[3]),
             nesterov ? 1.0f : 0.0f, nesterov ? static_cast<float>(p[1]) : 1.0f}};
  }
  static Vec Update(Vec w, Vec g, Vec (&state)[kStates], const Vec (&c)[kMaxOptimizerConstants]) {
    g = MulAdd(c[2], w, g);
    state[0] = MulAdd(c[1], state[0], g);
    const Vec step = MulAdd(c[4], state[0], Mul(c[3], g));
    return MulAdd(c[0], step, w);
  }
};

// m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2
// w -= rate / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon)
template <bool kDecoupled>
struct AdamFamily {
  static constexpr ParameterInfo kParameters[] = {
      LearningRate(0.001),
      {.name = "beta1",
       .fallback = 0.9,
       .minimum = 0.0,
       .maximum = 1.0,
       .maximum_exclusive = true,
       .description = "The decay of the mean of the gradients."},
      {.name = "beta2",
       .fallback = 0.999,
       .minimum = 0.0,
       .maximum = 1.0,
       .maximum_exclusive = true,
       .description = "The decay of the mean of the squared gradients."},
      {.name = "epsilon",
       .fallback = 1e-8,
       .minimum = 1e-30,  // far enough from zero to stay there in single precision
       .maximum = kUnbounded,
       .description = "Added to the denominator."},
      kDecoupled ? WeightDecay(0.01,
                               "The share of each parameter that a step takes away, times the "
                               "learning rate (decoupled).")
                 : WeightDecay(0.0, kCoupledDecay)};
  static constexpr RowInfo kInfo =
      kDecoupled
          ? RowInfo{"adamW", "w -= learningRate * weightDecay * w, then the update of adam",
                    "Adam with decoupled weight decay (Loshchilov and Hutter 2019).", kParameters}
          : RowInfo{"adam",
                    "w -= learningRate * mHat / (sqrt(vHat) + epsilon), mHat and vHat being the "
                    "bias-corrected means of g and g^2",
                    "Adaptive moment estimation (Kingma and Ba 2015).", kParameters};
  static constexpr int kStates = 2;

  static OptimizerConstants Prepare(const double* p, int64_t step) {
    const double t = static_cast<double>(step);
    const double correction1 = 1.0 - std::pow(p[1], t);
    const double correction2 = 1.0 - std::pow(p[2], t);
    return {{static_cast<float>(-p[0] / correction1), static_cast<float>(p[1]),
             static_cast<float>(1.0 - p[1]), static_cast<float>(p[2]),
             static_cast<float>(1.0 - p[2]), static_cast<float>(1.0 / std::sqrt(correction2)),
             static_cast<float>(p[3]), static_cast<float>(kDecoupled ? 1.0 - p[0] * p[4] : p[4])}};
  }
  static Vec Update(Vec w, Vec g, Vec (&state)[kStates], const Vec (&c)[kMaxOptimizerConstants]) {
    if constexpr (kDecoupled) {
      w = Mul(w, c[7]);
    } else {
      g = MulAdd(c[7], w, g);
    }
    state[0] = MulAdd(c[1], state[0], Mul(c[2], g));
    state[1] = MulAdd(c[3], state[1], Mul(c[4], Mul(g, g)));
    const Vec denominator = MulAdd(Sqrt(state[1]), c[5], c[6]);
    return MulAdd(c[0], Div(state[0], denominator), w);
  }
};

template <class Optimizer>
void UpdateBlock(const OptimizerBlock& block, const OptimizerConstants& constants) {
  Vec c[kMaxOptimizerConstants];
  for (int i = 0; i < kMaxOptimizerConstants; ++i) c[i] = Set(constants.values[i]);
  for (int64_t i = 0; i < block.count; i += kLanes) {
    Vec state[Optimizer::kStates];
    for (int s = 0; s < Optimizer::kStates; ++s) state[s] = Load(block.states[s] + i);
    const Vec updated =
        Optimizer::Update(Load(block.parameters + i), Load(block.gradient + i), state, c);
    Store(updated, block.parameters + i);
    for (int s = 0; s < Optimizer::kStates; ++s) Store(state[s], block.states[s] + i);
  }
}

template <class Optimizer>
constexpr OptimizerRow Row() {
  static_assert(Optimizer::kStates <= kMaxOptimizerStates);
  return {Optimizer::kInfo, Optimizer::kStates, &Optimizer::Prepare, &UpdateBlock<Optimizer>};
}

static const auto& OptimizerTable() {
  static constexpr OptimizerRow kRows[] = {Row<Sgd>(), Row<AdamFamily<false>>(),
                                           Row<AdamFamily<true>>()};
  return kRows;
}

}  // namespace layerwise::LAYERWISE_TARGET
