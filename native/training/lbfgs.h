// L-BFGS (Liu and Nocedal 1989): steps along an estimate of Newton's direction, from the last few
// changes of the parameters and of the gradient. It knows nothing of networks.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "native/core/state_archive.h"
#include "native/kernels/row_info.h"

namespace layerwise {

// As the other optimizers describe themselves.
const RowInfo& LbfgsInfo();

class Lbfgs {
 public:
  using Vector = std::vector<float>;
  // The loss at a point, and its gradient; nothing when the search is to end.
  using Objective = std::function<std::optional<double>(const Vector& point, Vector& gradient)>;
  enum class Outcome { kMoved, kConverged, kStopped };

  // `parameters` in the order of LbfgsInfo().
  explicit Lbfgs(const std::vector<double>& parameters);

  // One iteration from a point with its loss and gradient. The point moves, unless the objective
  // gave nothing, and the same iteration may be done again then; kConverged: no later one would get
  // any further.
  Outcome Iterate(const Objective& objective, double loss, const Vector& gradient, Vector& point);

  // What later iterations follow from, between two of them; points have so many numbers.
  void Visit(StateArchive& archive, size_t size);

 private:
  struct Pair {
    Vector move;    // of the point
    Vector change;  // of the gradient
    double scale;   // 1 / (move * change)
  };

  void Remember(const Vector& gradient);
  void ChooseDirection(const Vector& gradient);

  double learning_rate_;
  size_t history_size_;
  double gradient_tolerance_;
  double change_tolerance_;

  bool has_begun_ = false;
  // Whether the last move is still to be remembered, which takes the gradient where it has led to.
  bool has_moved_ = false;
  Vector direction_;
  double step_ = 0;
  Vector last_gradient_;
  std::deque<Pair> pairs_;  // the newest one last
  double diagonal_ = 1;     // of the first estimate of the inverse Hessian
};

}  // namespace layerwise
