#include "native/plan/initializers.h"

#include <cmath>
#include <limits>

namespace layerwise {
namespace {

constexpr double kUnbounded = std::numeric_limits<double>::infinity();

constexpr ParameterInfo Parameter(const char* name, double fallback, const char* description,
                                  double minimum = -kUnbounded) {
  return {.name = name,
          .fallback = fallback,
          .minimum = minimum,
          .maximum = kUnbounded,
          .description = description};
}

constexpr ParameterInfo kConstantParameters[] = {
    Parameter("value", 0.0, "The value of all elements.")};
constexpr ParameterInfo kNormalParameters[] = {
    Parameter("mean", 0.0, "The mean of the distribution."),
    Parameter("standardDeviation", 0.01, "Its standard deviation.", 0.0)};
constexpr ParameterInfo kUniformParameters[] = {
    Parameter("minimum", -0.05, "The lower end of the interval."),
    Parameter("maximum", 0.05, "Its upper end.")};
constexpr ParameterInfo kGain[] = {
    Parameter("gain", 1.0, "A factor on the standard deviation.", 0.0)};

double Between(const InitializerContext& c, uint64_t index, double low, double high) {
  return low + (high - low) * static_cast<double>(c.stream.Uniform(index));
}

double Gaussian(const InitializerContext& c, uint64_t index, double deviation) {
  return deviation * static_cast<double>(c.stream.Normal(index));
}

// The standard deviation that Glorot and He ask for; a uniform distribution of the same deviation
// reaches sqrt(3) times as far.
double GlorotDeviation(const InitializerContext& c) {
  return c.parameters[0] * std::sqrt(2.0 / (c.fan_in + c.fan_out));
}
double HeDeviation(const InitializerContext& c) {
  return c.parameters[0] * std::sqrt(2.0 / c.fan_in);
}
double LecunDeviation(const InitializerContext& c) {
  return c.parameters[0] * std::sqrt(1.0 / c.fan_in);
}
double UniformOf(const InitializerContext& c, uint64_t index, double deviation) {
  const double limit = std::sqrt(3.0) * deviation;
  return Between(c, index, -limit, limit);
}

constexpr InitializerRow kRows[] = {
    {{"zeros",
      "w = 0",
      "All zeros: for biases. As weights it keeps all units of a layer equal for ever.",
      {}},
     [](const InitializerContext&, uint64_t) { return 0.0f; }},
    {{"constant", "w = value", "All elements the same.", kConstantParameters},
     [](const InitializerContext& c, uint64_t) { return static_cast<float>(c.parameters[0]); }},
    {{"normal", "w ~ N(mean, standardDeviation^2)", "Normally distributed.", kNormalParameters},
     [](const InitializerContext& c, uint64_t i) {
       return static_cast<float>(c.parameters[0] + Gaussian(c, i, c.parameters[1]));
     }},
    {{"uniform", "w ~ U(minimum, maximum)", "Uniformly distributed.", kUniformParameters},
     [](const InitializerContext& c, uint64_t i) {
       return static_cast<float>(Between(c, i, c.parameters[0], c.parameters[1]));
     }},
    {{"glorotNormal", "w ~ N(0, gain^2 * 2 / (fanIn + fanOut))",
      "Keeps the spread of activations under tanh and sigmoid (Glorot and Bengio 2010).", kGain},
     [](const InitializerContext& c, uint64_t i) {
       return static_cast<float>(Gaussian(c, i, GlorotDeviation(c)));
     }},
    {{"glorotUniform", "w ~ U(-a, a), a = gain * sqrt(6 / (fanIn + fanOut))",
      "Keeps the spread of activations under tanh and sigmoid (Glorot and Bengio 2010).", kGain},
     [](const InitializerContext& c, uint64_t i) {
       return static_cast<float>(UniformOf(c, i, GlorotDeviation(c)));
     }},
    {{"heNormal", "w ~ N(0, gain^2 * 2 / fanIn)",
      "Keeps the spread of activations under relu (He et al. 2015).", kGain},
     [](const InitializerContext& c, uint64_t i) {
       return static_cast<float>(Gaussian(c, i, HeDeviation(c)));
     }},
    {{"heUniform", "w ~ U(-a, a), a = gain * sqrt(6 / fanIn)",
      "Keeps the spread of activations under relu (He et al. 2015).", kGain},
     [](const InitializerContext& c, uint64_t i) {
       return static_cast<float>(UniformOf(c, i, HeDeviation(c)));
     }},
    {{"lecunNormal", "w ~ N(0, gain^2 / fanIn)",
      "Keeps the spread of activations under selu (LeCun et al. 1998; Klambauer et al. 2017).",
      kGain},
     [](const InitializerContext& c, uint64_t i) {
       return static_cast<float>(Gaussian(c, i, LecunDeviation(c)));
     }},
    {{"lecunUniform", "w ~ U(-a, a), a = gain * sqrt(3 / fanIn)",
      "Keeps the spread of activations under selu (LeCun et al. 1998; Klambauer et al. 2017).",
      kGain},
     [](const InitializerContext& c, uint64_t i) {
       return static_cast<float>(UniformOf(c, i, LecunDeviation(c)));
     }},
};

}  // namespace

std::span<const InitializerRow> Initializers() { return kRows; }

}  // namespace layerwise
