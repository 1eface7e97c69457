// A step along a line that satisfies the strong Wolfe conditions (Nocedal and Wright 2006,
// algorithms 3.5 and 3.6), in the form of PyTorch's L-BFGS.
#pragma once

#include <functional>
#include <optional>

namespace layerwise {

// A function of the step at one step.
struct LinePoint {
  double step = 0;
  double value = 0;
  double slope = 0;
};

// Gives value and slope at a step, or nothing when the search is to end.
using LineFunction = std::function<std::optional<LinePoint>(double step)>;

// `start` is at step 0, with a negative slope; `length` is the largest element of the direction.
// Nothing when the function gave nothing.
std::optional<LinePoint> SearchLine(const LineFunction& at, const LinePoint& start,
                                    double first_step, double length);

}  // namespace layerwise
