// The parameters that several optimizers share.

namespace layerwise::LAYERWISE_TARGET {

inline constexpr double kUnbounded = std::numeric_limits<double>::infinity();

// The first parameter of every optimizer, where schedules find it.
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
inline constexpr const char* kDecoupledDecay =
    "The share of each parameter that a step takes away, times the learning rate (decoupled).";

// A share that is kept of a mean or of a step, below 1.
constexpr ParameterInfo Share(const char* name, double fallback, const char* description) {
  return {.name = name,
          .fallback = fallback,
          .minimum = 0.0,
          .maximum = 1.0,
          .maximum_exclusive = true,
          .description = description};
}

constexpr ParameterInfo Beta1(double fallback) {
  return Share("beta1", fallback, "The decay of the mean of the gradients.");
}

constexpr ParameterInfo Beta2(double fallback) {
  return Share("beta2", fallback, "The decay of the mean of the squared gradients.");
}

constexpr ParameterInfo Epsilon(double fallback) {
  return {.name = "epsilon",
          .fallback = fallback,
          .minimum = 1e-30,  // far enough from zero to stay there in single precision
          .maximum = kUnbounded,
          .description = "Added to the denominator."};
}

}  // namespace layerwise::LAYERWISE_TARGET
