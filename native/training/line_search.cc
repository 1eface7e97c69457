#include "native/training/line_search.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace layerwise {
namespace {

constexpr double kSufficientDecrease = 1e-4;
constexpr double kCurvature = 0.9;
constexpr double kShortestMove = 1e-9;
constexpr int kMaxEvaluations = 25;

// The minimum of the cubic through two points and their slopes, within bounds.
double CubicMinimum(const LinePoint& a, const LinePoint& b, double low, double high) {
  const auto& [left, right] = a.step <= b.step ? std::pair(a, b) : std::pair(b, a);
  const double d1 =
      left.slope + right.slope - 3.0 * (left.value - right.value) / (left.step - right.step);
  const double square = d1 * d1 - left.slope * right.slope;
  const double d2 = std::sqrt(square);
  const double minimum =
      right.step -
      (right.step - left.step) * ((right.slope + d2 - d1) / (right.slope - left.slope + 2.0 * d2));
  // Not a number where there is no minimum, or where a value was not finite.
  if (!std::isfinite(minimum)) return 0.5 * (low + high);
  return std::clamp(minimum, low, high);
}

class Search {
 public:
  Search(const LineFunction& at, const LinePoint& start, double length)
      : at_(at), start_(start), length_(length) {}

  std::optional<LinePoint> Run(double first_step) {
    if (!Bracket(first_step)) return std::nullopt;
    if (!is_done_ && !Zoom()) return std::nullopt;
    return Low();
  }

 private:
  bool DecreasesTooLittle(const LinePoint& point) const {
    return point.value > start_.value + kSufficientDecrease * point.step * start_.slope;
  }
  bool IsFlatEnough(const LinePoint& point) const {
    return std::fabs(point.slope) <= -kCurvature * start_.slope;
  }
  const LinePoint& Low() const { return ends_[0].value <= ends_[1].value ? ends_[0] : ends_[1]; }

  // Goes on until the ends enclose a good step, or one is found.
  bool Bracket(double step) {
    LinePoint previous = start_;
    for (; evaluations_ < kMaxEvaluations; ++evaluations_) {
      const std::optional<LinePoint> point = at_(step);
      if (!point) return false;
      ends_[0] = previous;
      ends_[1] = *point;
      if (DecreasesTooLittle(*point) || (evaluations_ > 1 && point->value >= previous.value)) {
        return true;
      }
      if (IsFlatEnough(*point)) {
        ends_[0] = *point;
        is_done_ = true;
        return true;
      }
      if (point->slope >= 0) return true;
      step = CubicMinimum(previous, *point, step + 0.01 * (step - previous.step), step * 10.0);
      previous = *point;
    }
    ends_[0] = start_;
    return true;
  }

  // Closes in on a good step between the ends.
  bool Zoom() {
    size_t low = ends_[0].value <= ends_[1].value ? 0 : 1;
    bool was_slow = false;
    for (; evaluations_ < kMaxEvaluations; ++evaluations_) {
      const auto [left, right] = std::minmax(ends_[0].step, ends_[1].step);
      if ((right - left) * length_ < kShortestMove) break;
      const std::optional<LinePoint> point = at_(NextStep(left, right, was_slow));
      if (!point) return false;
      if (DecreasesTooLittle(*point) || point->value >= ends_[low].value) {
        ends_[1 - low] = *point;
        low = ends_[0].value <= ends_[1].value ? 0 : 1;
        continue;
      }
      if (IsFlatEnough(*point)) {
        ends_[0] = ends_[1] = *point;
        break;
      }
      if (point->slope * (ends_[1 - low].step - ends_[low].step) >= 0) ends_[1 - low] = ends_[low];
      ends_[low] = *point;
    }
    return true;
  }

  // A second step in a row close to an end is moved away from it.
  double NextStep(double left, double right, bool& was_slow) const {
    const double step = CubicMinimum(ends_[0], ends_[1], left, right);
    const double margin = 0.1 * (right - left);
    const bool is_slow = std::min(right - step, step - left) < margin;
    if (!is_slow || (!was_slow && step < right && step > left)) {
      was_slow = is_slow;
      return step;
    }
    was_slow = false;
    return right - step < step - left ? right - margin : left + margin;
  }

  const LineFunction& at_;
  const LinePoint start_;
  const double length_;
  LinePoint ends_[2];
  int evaluations_ = 0;
  bool is_done_ = false;
};

}  // namespace

std::optional<LinePoint> SearchLine(const LineFunction& at, const LinePoint& start,
                                    double first_step, double length) {
  return Search(at, start, length).Run(first_step);
}

}  // namespace layerwise
