// The naive twins of the optimizers.
#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include "test/native/reference/reference.h"

namespace layerwise::reference {
namespace {

using Settings = std::vector<double>;

// v is the kept step.
double Momentum(double rate, double momentum, bool nesterov, double decay, double w, double g,
                OptimizerState& state) {
  double& v = state.values[0];
  g += decay * w;
  v = momentum * v + g;
  return w - rate * (nesterov ? g + momentum * v : v);
}

// parameters: learningRate, momentum, nesterov, weightDecay
double Sgd(const Settings& p, double w, double g, OptimizerState& state) {
  return Momentum(p[0], p[1], p[2] != 0, p[3], w, g, state);
}

// parameters: learningRate, learningRateDecay, initialAccumulator, epsilon, weightDecay
double Adagrad(const Settings& p, int64_t step, double w, double g, OptimizerState& state) {
  double& sum = state.values[0];
  g += p[4] * w;
  sum += g * g;
  return w - p[0] / (1.0 + static_cast<double>(step - 1) * p[1]) * g / (std::sqrt(sum) + p[3]);
}

// parameters: learningRate, rho, epsilon, weightDecay
double Adadelta(const Settings& p, double w, double g, OptimizerState& state) {
  double& squares = state.values[0];
  double& steps = state.values[1];
  g += p[3] * w;
  squares = p[1] * squares + (1.0 - p[1]) * g * g;
  const double step = std::sqrt(steps + p[2]) / std::sqrt(squares + p[2]) * g;
  steps = p[1] * steps + (1.0 - p[1]) * step * step;
  return w - p[0] * step;
}

// parameters: learningRate, alpha, epsilon, weightDecay, momentum, centered
double RmsProp(const Settings& p, double w, double g, OptimizerState& state) {
  auto& [squares, mean, kept] = state.values;
  g += p[3] * w;
  squares = p[1] * squares + (1.0 - p[1]) * g * g;
  mean = p[1] * mean + (1.0 - p[1]) * g;
  const double spread = p[5] != 0 ? squares - mean * mean : squares;
  kept = p[4] * kept + g / (std::sqrt(std::max(0.0, spread)) + p[2]);
  return w - p[0] * kept;
}

enum class Adam { kPlain, kDecoupled, kMaximum };

// parameters: learningRate, beta1, beta2, epsilon, weightDecay
double AdamStep(const Settings& p, Adam kind, int64_t step, double w, double g,
                OptimizerState& state) {
  auto& [first, second, largest] = state.values;
  if (kind == Adam::kDecoupled) {
    w -= p[0] * p[4] * w;
  } else {
    g += p[4] * w;
  }
  first = p[1] * first + (1.0 - p[1]) * g;
  second = p[2] * second + (1.0 - p[2]) * g * g;
  if (kind == Adam::kMaximum) largest = std::max(largest, second);
  const double t = static_cast<double>(step);
  const double mean = first / (1.0 - std::pow(p[1], t));
  const double square = (kind == Adam::kMaximum ? largest : second) / (1.0 - std::pow(p[2], t));
  return w - p[0] * mean / (std::sqrt(square) + p[3]);
}

// parameters: learningRate, beta1, beta2, epsilon, weightDecay, momentumDecay
double Nadam(const Settings& p, int64_t step, double w, double g, OptimizerState& state) {
  double& first = state.values[0];
  double& second = state.values[1];
  const auto momentum = [&](int64_t t) {
    return p[1] * (1.0 - 0.5 * std::pow(0.96, static_cast<double>(t) * p[5]));
  };
  g += p[4] * w;
  first = p[1] * first + (1.0 - p[1]) * g;
  second = p[2] * second + (1.0 - p[2]) * g * g;
  double product = 1.0;
  // Below that the product is nothing beside 1, and `step` may be a million.
  for (int64_t t = 1; t <= step && product > 1e-30; ++t) product *= momentum(t);
  const double next = momentum(step + 1);
  const double root = std::sqrt(second / (1.0 - std::pow(p[2], static_cast<double>(step)))) + p[3];
  return w - p[0] * (1.0 - momentum(step)) / (1.0 - product) * g / root -
         p[0] * next / (1.0 - product * next) * first / root;
}

// parameters: learningRate, beta1, beta2, weightDecay
double Lion(const Settings& p, double w, double g, OptimizerState& state) {
  double& mean = state.values[0];
  const double direction = p[1] * mean + (1.0 - p[1]) * g;
  const double sign = direction > 0 ? 1.0 : direction < 0 ? -1.0 : direction;
  mean = p[2] * mean + (1.0 - p[2]) * g;
  return w - p[0] * p[3] * w - p[0] * sign;
}

}  // namespace

OptimizerState StartOf(const Function& optimizer) {
  OptimizerState state;
  if (optimizer.name == "adagrad") state.values[0] = optimizer.parameters[2];
  return state;
}

double Update(const Function& optimizer, int64_t step, double w, double g, OptimizerState& state) {
  const std::string& name = optimizer.name;
  const Settings& p = optimizer.parameters;
  if (name == "sgd") return Sgd(p, w, g, state);
  if (name == "momentum") return Momentum(p[0], p[1], false, p[2], w, g, state);
  if (name == "nesterov") return Momentum(p[0], p[1], true, p[2], w, g, state);
  if (name == "adagrad") return Adagrad(p, step, w, g, state);
  if (name == "adadelta") return Adadelta(p, w, g, state);
  if (name == "rmsprop") return RmsProp(p, w, g, state);
  if (name == "adam") return AdamStep(p, Adam::kPlain, step, w, g, state);
  if (name == "adamW") return AdamStep(p, Adam::kDecoupled, step, w, g, state);
  if (name == "amsgrad") return AdamStep(p, Adam::kMaximum, step, w, g, state);
  if (name == "nadam") return Nadam(p, step, w, g, state);
  if (name == "lion") return Lion(p, w, g, state);
  throw std::invalid_argument("optimizers.cc has no twin of " + name);
}

}  // namespace layerwise::reference
