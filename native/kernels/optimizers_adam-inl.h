// Adam and what was made of it.

namespace layerwise::LAYERWISE_TARGET {

enum class AdamKind { kAdam, kAdamW, kAmsgrad };

// m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2;  amsgrad: x = max(x, v)
// w -= rate / (1 - beta1^t) * m / (sqrt(v or x) / sqrt(1 - beta2^t) + epsilon)
template <AdamKind kKind>
struct AdamFamily {
  static constexpr bool kDecoupled = kKind == AdamKind::kAdamW;
  static constexpr bool kKeepsMaximum = kKind == AdamKind::kAmsgrad;
  static constexpr ParameterInfo kParameters[] = {
      LearningRate(0.001), Beta1(0.9), Beta2(0.999), Epsilon(1e-8),
      kDecoupled ? WeightDecay(0.01, kDecoupledDecay) : WeightDecay(0.0, kCoupledDecay)};
  static constexpr RowInfo Info() {
    switch (kKind) {
      case AdamKind::kAdamW:
        return {"adamW", "w -= learningRate * weightDecay * w, then the update of adam",
                "Adam with decoupled weight decay (Loshchilov and Hutter 2019).", kParameters};
      case AdamKind::kAmsgrad:
        return {"amsgrad",
                "w -= learningRate * mHat / (sqrt(x) + epsilon), x being the largest v so far, "
                "bias-corrected",
                "Adam whose steps never grow again (Reddi, Kale and Kumar 2018); PyTorch's adam "
                "with amsgrad=True.",
                kParameters};
      default:
        return {"adam",
                "w -= learningRate * mHat / (sqrt(vHat) + epsilon), mHat and vHat being the "
                "bias-corrected means of g and g^2",
                "Adaptive moment estimation (Kingma and Ba 2015).", kParameters};
    }
  }
  static constexpr RowInfo kInfo = Info();
  static constexpr int kStates = kKeepsMaximum ? 3 : 2;

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
    if constexpr (kKeepsMaximum) state[2] = Max(state[2], state[1]);
    const Vec denominator = MulAdd(Sqrt(state[kStates - 1]), c[5], c[6]);
    return MulAdd(c[0], Div(state[0], denominator), w);
  }
};

// m and v as Adam's;  mu(t) = beta1 (1 - 0.96^(t momentumDecay) / 2), M(t) = mu(1) ... mu(t)
// w -= rate ((1 - mu(t)) / (1 - M(t)) g + mu(t + 1) / (1 - M(t + 1)) m)
//      / (sqrt(v / (1 - beta2^t)) + epsilon)
struct Nadam {
  static constexpr ParameterInfo kParameters[] = {
      LearningRate(0.002),
      Beta1(0.9),
      Beta2(0.999),
      Epsilon(1e-8),
      WeightDecay(0.0, kCoupledDecay),
      {.name = "momentumDecay",
       .fallback = 0.004,
       .minimum = 0.0,
       .maximum = kUnbounded,
       .description = "How fast the momentum grows to beta1."}};
  static constexpr RowInfo kInfo{
      "nadam",
      "w -= learningRate * ((1 - mu(t)) / (1 - M(t)) * g + mu(t + 1) / (1 - M(t + 1)) * m) / "
      "(sqrt(vHat) + epsilon), mu(t) = beta1 * (1 - 0.96^(t * momentumDecay) / 2), M(t) the "
      "product "
      "of mu(1) to mu(t)",
      "Adam with Nesterov's momentum (Dozat 2016).", kParameters};
  static constexpr int kStates = 2;

  static double Momentum(const double* p, int64_t step) {
    return p[1] * (1.0 - 0.5 * std::pow(0.96, static_cast<double>(step) * p[5]));
  }
  // The product of the momenta up to a step. A few hundred factors make it vanish beside 1.
  static double Product(const double* p, int64_t step) {
    const double ratio = std::pow(0.96, p[5]);
    double power = 1.0;
    double product = 1.0;
    for (int64_t t = 1; t <= step && product > 1e-18; ++t) {
      power *= ratio;
      product *= p[1] * (1.0 - 0.5 * power);
    }
    return product;
  }
  static OptimizerConstants Prepare(const double* p, int64_t step) {
    const double now = Momentum(p, step);
    const double next = Momentum(p, step + 1);
    const double product = Product(p, step);
    const double correction = 1.0 - std::pow(p[2], static_cast<double>(step));
    return {{static_cast<float>(-p[0] * (1.0 - now) / (1.0 - product)), static_cast<float>(p[1]),
             static_cast<float>(p[2]), static_cast<float>(1.0 - p[2]),
             static_cast<float>(-p[0] * next / (1.0 - product * next)),
             static_cast<float>(1.0 / std::sqrt(correction)), static_cast<float>(p[3]),
             static_cast<float>(p[4])}};
  }
  static Vec Update(Vec w, Vec g, Vec (&state)[kStates], const Vec (&c)[kMaxOptimizerConstants]) {
    g = MulAdd(c[7], w, g);
    const Vec kept = NegMulAdd(c[1], g, g);  // (1 - beta1) g
    state[0] = MulAdd(c[1], state[0], kept);
    state[1] = MulAdd(c[2], state[1], Mul(c[3], Mul(g, g)));
    const Vec denominator = MulAdd(Sqrt(state[1]), c[5], c[6]);
    const Vec step = MulAdd(c[0], g, Mul(c[4], state[0]));
    return Add(w, Div(step, denominator));
  }
};

}  // namespace layerwise::LAYERWISE_TARGET
