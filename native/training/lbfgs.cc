#include "native/training/lbfgs.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "native/training/line_search.h"

namespace layerwise {
namespace {

constexpr double kUnbounded = std::numeric_limits<double>::infinity();
// Pairs with less curvature would make the estimate singular.
constexpr double kLeastCurvature = 1e-10;
constexpr int64_t kMostPairs = 1000;

constexpr ParameterInfo kParameters[] = {
    {.name = "learningRate",
     .fallback = 1.0,
     .minimum = 0.0,
     .maximum = kUnbounded,
     .description = "The first step that the line search tries, in lengths of the direction."},
    {.name = "historySize",
     .fallback = 10.0,
     .minimum = 1.0,
     .maximum = static_cast<double>(kMostPairs),
     .description = "Changes that the estimate of the curvature is made of."},
    {.name = "gradientTolerance",
     .fallback = 1e-7,
     .minimum = 0.0,
     .maximum = kUnbounded,
     .description = "The run ends when no element of the gradient is larger."},
    {.name = "changeTolerance",
     .fallback = 1e-9,
     .minimum = 0.0,
     .maximum = kUnbounded,
     .description = "The run ends when loss or parameters change by no more in an epoch."}};

double Dot(const Lbfgs::Vector& a, const Lbfgs::Vector& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  }
  return sum;
}

// to += factor * vector
void AddTo(Lbfgs::Vector& to, double factor, const Lbfgs::Vector& vector) {
  const auto single = static_cast<float>(factor);
  for (size_t i = 0; i < to.size(); ++i) to[i] += single * vector[i];
}

void Scale(Lbfgs::Vector& vector, double factor) {
  for (float& value : vector) value *= static_cast<float>(factor);
}

double Largest(const Lbfgs::Vector& vector) {
  double largest = 0;
  for (const float value : vector) {
    largest = std::max(largest, static_cast<double>(std::fabs(value)));
  }
  return largest;
}

double SumOfSizes(const Lbfgs::Vector& vector) {
  double sum = 0;
  for (const float value : vector) sum += static_cast<double>(std::fabs(value));
  return sum;
}

}  // namespace

const RowInfo& LbfgsInfo() {
  static constexpr RowInfo kInfo{
      "lbfgs",
      "w += t * d, d being minus the gradient times an estimate of the inverse Hessian, t a step "
      "that satisfies the strong Wolfe conditions",
      "Limited-memory BFGS (Liu and Nocedal 1989): for small data, all of which makes one update.",
      kParameters};
  return kInfo;
}

Lbfgs::Lbfgs(const std::vector<double>& parameters)
    : learning_rate_(parameters[0]),
      history_size_(static_cast<size_t>(parameters[1])),
      gradient_tolerance_(parameters[2]),
      change_tolerance_(parameters[3]) {}

void Lbfgs::Remember(const Vector& gradient) {
  Pair pair{direction_, gradient, 0};
  Scale(pair.move, step_);
  AddTo(pair.change, -1.0, last_gradient_);
  const double curvature = Dot(pair.change, pair.move);
  if (curvature <= kLeastCurvature) return;
  pair.scale = 1.0 / curvature;
  diagonal_ = curvature / Dot(pair.change, pair.change);
  if (pairs_.size() == history_size_) pairs_.pop_front();
  pairs_.push_back(std::move(pair));
}

// The two-loop recursion.
void Lbfgs::ChooseDirection(const Vector& gradient) {
  direction_ = gradient;
  Scale(direction_, -1.0);
  std::vector<double> shares(pairs_.size());
  for (size_t i = pairs_.size(); i-- > 0;) {
    shares[i] = Dot(pairs_[i].move, direction_) * pairs_[i].scale;
    AddTo(direction_, -shares[i], pairs_[i].change);
  }
  Scale(direction_, diagonal_);
  for (size_t i = 0; i < pairs_.size(); ++i) {
    const double back = Dot(pairs_[i].change, direction_) * pairs_[i].scale;
    AddTo(direction_, shares[i] - back, pairs_[i].move);
  }
}

Lbfgs::Outcome Lbfgs::Iterate(const Objective& objective, double loss, const Vector& gradient,
                              Vector& point) {
  if (Largest(gradient) <= gradient_tolerance_) return Outcome::kConverged;
  if (has_moved_) Remember(gradient);
  has_moved_ = false;
  ChooseDirection(gradient);
  const double slope = Dot(gradient, direction_);
  if (slope > -change_tolerance_) return Outcome::kConverged;
  // The first direction says nothing about the length of the step.
  const double shrink = has_begun_ ? 1.0 : std::min(1.0, 1.0 / SumOfSizes(gradient));

  Vector there;
  Vector gradient_there(gradient.size());
  const LineFunction at = [&](double step) -> std::optional<LinePoint> {
    there = point;
    AddTo(there, step, direction_);
    const std::optional<double> value = objective(there, gradient_there);
    if (!value) return std::nullopt;
    if (!std::isfinite(*value)) return LinePoint{step, kUnbounded, 0.0};
    return LinePoint{step, *value, Dot(gradient_there, direction_)};
  };
  const double length = Largest(direction_);
  const std::optional<LinePoint> found =
      SearchLine(at, {0.0, loss, slope}, shrink * learning_rate_, length);
  if (!found) return Outcome::kStopped;
  has_begun_ = has_moved_ = true;
  last_gradient_ = gradient;
  step_ = found->step;
  AddTo(point, step_, direction_);
  const bool has_settled =
      step_ * length <= change_tolerance_ || std::fabs(found->value - loss) < change_tolerance_;
  return has_settled ? Outcome::kConverged : Outcome::kMoved;
}

void Lbfgs::Visit(StateArchive& archive, size_t size) {
  const StateArchive::Section section(archive, "lbfgs");
  archive.Flag("hasBegun", has_begun_);
  archive.FiniteNumber("diagonal", diagonal_);
  archive.Flag("hasMoved", has_moved_);
  if (has_moved_) {
    direction_.resize(size);
    last_gradient_.resize(size);
    archive.Floats("direction", direction_);
    archive.FiniteNumber("step", step_);
    archive.Floats("lastGradient", last_gradient_);
  }
  auto count = static_cast<int64_t>(pairs_.size());
  archive.Count("pairs", count, kMostPairs);
  pairs_.resize(static_cast<size_t>(count));
  for (size_t i = 0; i < pairs_.size(); ++i) {
    const StateArchive::Section of_pair(archive, std::to_string(i));
    pairs_[i].move.resize(size);
    pairs_[i].change.resize(size);
    archive.Floats("move", pairs_[i].move);
    archive.Floats("change", pairs_[i].change);
    archive.FiniteNumber("scale", pairs_[i].scale);
  }
  // Another run, which goes on with this, may keep fewer.
  while (pairs_.size() > history_size_) pairs_.pop_front();
}

}  // namespace layerwise
