#include "native/layers/initializers.h"

#include <cmath>
#include <limits>

#include "native/layers/matrix_initializers.h"

namespace layerwise {
namespace {

constexpr double kUnbounded = std::numeric_limits<double>::infinity();

constexpr ParameterInfo Parameter(const char* name, double fallback, const char* description,
                                  double minimum = -kUnbounded, double maximum = kUnbounded) {
  return {.name = name,
          .fallback = fallback,
          .minimum = minimum,
          .maximum = maximum,
          .description = description};
}

constexpr ParameterInfo kConstantParameters[] = {
    Parameter("value", 0.0, "The value of all elements.")};
constexpr ParameterInfo kNormalParameters[] = {
    Parameter("mean", 0.0, "The mean of the distribution."),
    Parameter("standardDeviation", 0.01, "Its standard deviation.", 0.0)};
constexpr ParameterInfo kTruncatedNormalParameters[] = {
    Parameter("mean", 0.0, "The mean of the distribution."),
    Parameter("standardDeviation", 0.05, "Its standard deviation before it is cut off.", 0.0)};
constexpr ParameterInfo kUniformParameters[] = {
    Parameter("minimum", -0.05, "The lower end of the interval."),
    Parameter("maximum", 0.05, "Its upper end.")};
constexpr ParameterInfo kGain[] = {
    Parameter("gain", 1.0, "A factor on the standard deviation.", 0.0)};
constexpr ParameterInfo kFactor[] = {Parameter("gain", 1.0, "A factor on all elements.", 0.0)};
constexpr ParameterInfo kSparseParameters[] = {
    Parameter("sparsity", 0.9, "The share of each column that is zero.", 0.0, 1.0),
    Parameter("standardDeviation", 0.01, "The standard deviation of the others.", 0.0)};

constexpr const char* kFans[] = {"fanIn", "fanOut", "fanAverage"};
enum class Fan { kIn, kOut, kAverage };
constexpr const char* kDistributions[] = {"truncatedNormal", "normal", "uniform"};
enum class Distribution { kTruncatedNormal, kNormal, kUniform };
constexpr ParameterInfo kVarianceScalingParameters[] = {
    Parameter("scale", 1.0, "A factor on the variance.", 0.0),
    {.name = "mode",
     .fallback = 0,
     .minimum = 0,
     .maximum = 2,
     .choices = kFans,
     .description = "What the variance is divided by: the number of inputs, of outputs, or the "
                    "mean of both."},
    {.name = "distribution",
     .fallback = 0,
     .minimum = 0,
     .maximum = 2,
     .choices = kDistributions,
     .description = "The shape; a truncated normal ends at two standard deviations."}};

double Between(const InitializerContext& c, uint64_t index, double low, double high) {
  return low + (high - low) * static_cast<double>(c.stream.Uniform(index));
}

double Gaussian(const InitializerContext& c, uint64_t index, double deviation) {
  return deviation * static_cast<double>(c.stream.Normal(index));
}

// Draws again while the number lies beyond two standard deviations.
double TruncatedGaussian(const InitializerContext& c, uint64_t index, double deviation) {
  constexpr uint64_t kNextAttempt = uint64_t{1} << 40;  // beyond the indices of elements
  for (;; index += kNextAttempt) {
    const double number = static_cast<double>(c.stream.Normal(index));
    if (std::fabs(number) <= 2.0) return deviation * number;
  }
}

// The deviation of a normal distribution that is cut off at two of its standard deviations.
constexpr double kTruncatedDeviation = 0.87962566103423978;

double FanOf(const InitializerContext& c, Fan mode) {
  switch (mode) {
    case Fan::kIn:
      return c.fan_in;
    case Fan::kOut:
      return c.fan_out;
    case Fan::kAverage:
      break;
  }
  return (c.fan_in + c.fan_out) / 2.0;
}

// All that follow are this: the variance is factor^2 * scale / fan.
float ScaledVariance(const InitializerContext& c, uint64_t index, double scale, Fan mode,
                     Distribution distribution, double factor) {
  const double deviation = factor * std::sqrt(scale / FanOf(c, mode));
  switch (distribution) {
    case Distribution::kTruncatedNormal:
      return static_cast<float>(TruncatedGaussian(c, index, deviation / kTruncatedDeviation));
    case Distribution::kNormal:
      return static_cast<float>(Gaussian(c, index, deviation));
    case Distribution::kUniform:
      break;
  }
  // A uniform distribution of the same deviation reaches sqrt(3) times as far.
  const double limit = std::sqrt(3.0) * deviation;
  return static_cast<float>(Between(c, index, -limit, limit));
}

// A row over varianceScaling with the gain as its parameter.
template <int kScale, Fan kMode, Distribution kDistribution>
float Scaled(const InitializerContext& c, uint64_t index) {
  return ScaledVariance(c, index, kScale, kMode, kDistribution, c.parameters[0]);
}

constexpr InitializerRow kRows[] = {
    {{"zeros",
      "w = 0",
      "All zeros: for biases. As weights it keeps all units of a layer equal for ever.",
      {}},
     [](const InitializerContext&, uint64_t) { return 0.0f; }},
    {{"ones", "w = 1", "All ones.", {}}, [](const InitializerContext&, uint64_t) { return 1.0f; }},
    {{"constant", "w = value", "All elements the same.", kConstantParameters},
     [](const InitializerContext& c, uint64_t) { return static_cast<float>(c.parameters[0]); }},
    {{"identity", "w = gain on the diagonal, else 0",
      "Passes inputs on; those that have no output of their own are dropped.", kFactor},
     [](const InitializerContext& c, uint64_t i) {
       const auto columns = static_cast<uint64_t>(c.columns);
       return i / columns == i % columns ? static_cast<float>(c.parameters[0]) : 0.0f;
     }},
    {{"smallRandom",
      "w ~ N(0, 0.01^2)",
      "What was usual before 2010. Activations vanish in deep networks: see glorotNormal.",
      {}},
     [](const InitializerContext& c, uint64_t i) {
       return static_cast<float>(Gaussian(c, i, 0.01));
     }},
    {{"normal", "w ~ N(mean, standardDeviation^2)", "Normally distributed.", kNormalParameters},
     [](const InitializerContext& c, uint64_t i) {
       return static_cast<float>(c.parameters[0] + Gaussian(c, i, c.parameters[1]));
     }},
    {{"uniform", "w ~ U(minimum, maximum)", "Uniformly distributed.", kUniformParameters},
     [](const InitializerContext& c, uint64_t i) {
       return static_cast<float>(Between(c, i, c.parameters[0], c.parameters[1]));
     }},
    {{"truncatedNormal", "w ~ N(mean, standardDeviation^2) within two standard deviations",
      "Normally distributed, without outliers.", kTruncatedNormalParameters},
     [](const InitializerContext& c, uint64_t i) {
       return static_cast<float>(c.parameters[0] + TruncatedGaussian(c, i, c.parameters[1]));
     }},
    {{"varianceScaling", "w of mean 0 and variance scale / fan",
      "What glorot, he and lecun are cases of; names and defaults as in Keras.",
      kVarianceScalingParameters},
     [](const InitializerContext& c, uint64_t i) {
       return ScaledVariance(c, i, c.parameters[0], static_cast<Fan>(c.parameters[1]),
                             static_cast<Distribution>(c.parameters[2]), 1.0);
     }},
    {.info = {"glorotNormal", "w ~ N(0, gain^2 * 2 / (fanIn + fanOut))",
              "Keeps the spread of activations under tanh and sigmoid (Glorot and Bengio 2010).",
              kGain},
     .sample = &Scaled<1, Fan::kAverage, Distribution::kNormal>,
     .alias = "xavierNormal"},
    {.info = {"glorotUniform", "w ~ U(-a, a), a = gain * sqrt(6 / (fanIn + fanOut))",
              "Keeps the spread of activations under tanh and sigmoid (Glorot and Bengio 2010).",
              kGain},
     .sample = &Scaled<1, Fan::kAverage, Distribution::kUniform>,
     .alias = "xavierUniform"},
    {.info = {"heNormal", "w ~ N(0, gain^2 * 2 / fanIn)",
              "Keeps the spread of activations under relu (He et al. 2015).", kGain},
     .sample = &Scaled<2, Fan::kIn, Distribution::kNormal>,
     .alias = "kaimingNormal"},
    {.info = {"heUniform", "w ~ U(-a, a), a = gain * sqrt(6 / fanIn)",
              "Keeps the spread of activations under relu (He et al. 2015).", kGain},
     .sample = &Scaled<2, Fan::kIn, Distribution::kUniform>,
     .alias = "kaimingUniform"},
    {{"lecunNormal", "w ~ N(0, gain^2 / fanIn)",
      "Keeps the spread of activations under selu (LeCun et al. 1998; Klambauer et al. 2017).",
      kGain},
     &Scaled<1, Fan::kIn, Distribution::kNormal>},
    {{"lecunUniform", "w ~ U(-a, a), a = gain * sqrt(3 / fanIn)",
      "Keeps the spread of activations under selu (LeCun et al. 1998; Klambauer et al. 2017).",
      kGain},
     &Scaled<1, Fan::kIn, Distribution::kUniform>},
    {.info = {"orthogonal", "w = gain * Q, with Q Q' = 1 or Q' Q = 1",
              "Keeps lengths and angles, through many layers (Saxe, McClelland and Ganguli 2014). "
              "Takes time with the third power of the layer's width.",
              kFactor},
     .fill = &FillOrthogonal},
    {.info = {"sparse", "w ~ N(0, standardDeviation^2), a share of each column 0",
              "Few connections from each input (Martens 2010), as PyTorch's sparse_.",
              kSparseParameters},
     .fill = &FillSparse},
};

}  // namespace

std::span<const InitializerRow> Initializers() { return kRows; }

}  // namespace layerwise
