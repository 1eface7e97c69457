// The losses of regression. No include guard: included once per instruction set, after the
// vocabulary.

namespace layerwise::LAYERWISE_TARGET {

struct MeanSquaredError : AnyNumbers {
  static constexpr RowInfo kInfo{
      "meanSquaredError",
      "mean over the outputs of (y - t)^2",
      "The usual loss of regression and of autoencoders, averaged over outputs and rows.",
      {}};
  static ElementLoss At(Vec y, Vec t, const float*) {
    const Vec error = Sub(y, t);
    return {Mul(error, error), Add(error, error), y};
  }
};

struct MeanAbsoluteError : AnyNumbers {
  static constexpr RowInfo kInfo{
      "meanAbsoluteError",
      "mean over the outputs of |y - t|",
      "Learns medians: outliers pull no harder than other rows. The gradient is 0 at y = t.",
      {}};
  static ElementLoss At(Vec y, Vec t, const float*) {
    const Vec sign = IfThenElse(Lt(t, y), Set(1.0f), IfThenElse(Lt(y, t), Set(-1.0f), Zero()));
    return {Abs(Sub(y, t)), sign, y};
  }
};

// With q = min(|e|, delta) both branches are q (|e| - q / 2).
struct Huber : AnyNumbers {
  static constexpr ParameterInfo kParameters[] = {
      {.name = "delta",
       .fallback = 1.0,
       .minimum = 0.0,
       .maximum = std::numeric_limits<double>::infinity(),
       .minimum_exclusive = true,
       .description = "the error from which on the loss is linear"}};
  static constexpr RowInfo kInfo{
      "huber",
      "mean over the outputs of e^2 / 2 for |e| <= delta, else delta (|e| - delta / 2), "
      "with e = y - t",
      "Squared for small errors, absolute for large ones, so that outliers do not dominate "
      "(Huber 1964).",
      kParameters};
  static ElementLoss At(Vec y, Vec t, const float* parameters) {
    const Vec delta = Set(parameters[0]);
    const Vec error = Sub(y, t);
    const Vec size = Abs(error);
    const Vec q = Min(delta, size);
    const Vec clamped = Max(Sub(Zero(), delta), Min(delta, error));
    return {Mul(q, NegMulAdd(Set(0.5f), q, size)), clamped, y};
  }
};

// |e| + log(1 + exp(-2 |e|)) - log 2 cannot overflow; near zero it would lose all digits, there the
// power series is exact.
struct LogCosh : AnyNumbers {
  static constexpr RowInfo kInfo{
      "logCosh",
      "mean over the outputs of log(cosh(y - t))",
      "Half the squared error for small errors, the absolute one less log 2 for large ones; "
      "smooth everywhere.",
      {}};
  static ElementLoss At(Vec y, Vec t, const float*) {
    const Vec error = Sub(y, t);
    const Vec size = Abs(error);
    const Vec e = Exp(Mul(Set(-2.0f), size));
    const Vec large = Add(size, Sub(Log1p(e), Set(0.693147181f)));
    const Vec u = Mul(error, error);
    Vec p = Set(-691.0f / 935550.0f);
    p = MulAdd(p, u, Set(31.0f / 14175.0f));
    p = MulAdd(p, u, Set(-17.0f / 2520.0f));
    p = MulAdd(p, u, Set(1.0f / 45.0f));
    p = MulAdd(p, u, Set(-1.0f / 12.0f));
    p = MulAdd(p, u, Set(0.5f));
    return {IfThenElse(Lt(size, Set(0.5f)), Mul(u, p), large), Tanh(error), y};
  }
};

struct Quantile : AnyNumbers {
  static constexpr ParameterInfo kParameters[] = {
      {.name = "tau",
       .fallback = 0.5,
       .minimum = 0.0,
       .maximum = 1.0,
       .minimum_exclusive = true,
       .maximum_exclusive = true,
       .description = "the share of targets that lie below what is learnt"}};
  static constexpr RowInfo kInfo{
      "quantile", "mean over the outputs of max(tau e, (tau - 1) e), with e = t - y",
      "The pinball loss: learns a quantile in place of the mean (Koenker and Bassett 1978). The "
      "gradient is 0 at y = t.",
      kParameters};
  static ElementLoss At(Vec y, Vec t, const float* parameters) {
    const Vec below = Set(-parameters[0]);  // the slope where y < t
    const Vec above = Set(1.0f - parameters[0]);
    const Vec error = Sub(y, t);
    const Vec slope = IfThenElse(Lt(t, y), above, IfThenElse(Lt(y, t), below, Zero()));
    return {Mul(error, IfThenElse(Lt(error, Zero()), below, above)), slope, y};
  }
};

struct Poisson : AnyNumbers {
  static constexpr double kTargetMinimum = 0.0;
  static constexpr RowInfo kInfo{
      "poisson",
      "mean over the outputs of exp(y) - t y",
      "For counts: y is the logarithm of the expected count, as in PyTorch's PoissonNLLLoss by "
      "default (the rate is exp(y)), so the last layer is linear. The term log(t!) is left out.",
      {}};
  static ElementLoss At(Vec y, Vec t, const float*) {
    const Vec rate = Exp(y);
    return {NegMulAdd(t, y, rate), Sub(rate, t), y};
  }
};

// 1 - y . t / (|y| |t|). In double precision: what is left of the target after its part along the
// outputs is taken away can be small beside both. (It is not one of the losses that large outputs
// would make a hot path.)
static void CosineOfRow(const LossBlock& block, int64_t i) {
  constexpr double kLeastNorm = 1e-8;
  const float* output = block.outputs + i * block.stride;
  const float* target = block.targets + i * block.target_stride;
  double dot = 0;
  double outputs = 0;
  double targets = 0;
  for (int64_t j = 0; j < block.columns; ++j) {
    const double y = static_cast<double>(output[j]);
    const double t = static_cast<double>(target[j]);
    dot += y * t;
    outputs += y * y;
    targets += t * t;
  }
  const double output_norm = std::sqrt(outputs);
  const double target_norm = std::sqrt(targets);
  const bool vanishes = output_norm < kLeastNorm;
  const double y_inverse = 1.0 / (vanishes ? kLeastNorm : output_norm);
  const double t_inverse = 1.0 / (target_norm < kLeastNorm ? kLeastNorm : target_norm);
  const double similarity = dot * y_inverse * t_inverse;
  block.row_losses[i] = 1.0 - similarity;
  if (block.gradient == nullptr) return;
  float* gradient = block.gradient + i * block.gradient_stride;
  const double scale = static_cast<double>(block.gradient_scale) * y_inverse;
  // A norm that is held at its least value does not follow the outputs.
  const double along = vanishes ? 0.0 : similarity * y_inverse;
  int64_t j = 0;
  for (; j < block.columns; ++j) {
    const double y = static_cast<double>(output[j]);
    const double t = static_cast<double>(target[j]);
    gradient[j] = static_cast<float>(scale * (along * y - t_inverse * t));
  }
  for (; j % kLanes != 0; ++j) gradient[j] = 0.0f;
}

static void Cosine(const LossBlock& block, const float*) {
  for (int64_t i = 0; i < block.rows; ++i) CosineOfRow(block, i);
}

inline constexpr RowInfo kCosineInfo{
    "cosine",
    "1 - y . t / (|y| |t|)",
    "One less the cosine of the angle between the outputs of a row and its targets; their lengths "
    "do not matter. Norms below 1e-8 count as 1e-8, as in PyTorch.",
    {}};

}  // namespace layerwise::LAYERWISE_TARGET
