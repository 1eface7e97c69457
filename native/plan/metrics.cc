#include "native/plan/metrics.h"

#include <cmath>

namespace layerwise {
namespace {

template <typename F>
double MeanOverColumns(const MetricInput& input, F&& of_column) {
  double sum = 0;
  for (int64_t j = 0; j < input.columns; ++j) {
    sum += of_column(static_cast<double>(input.outputs[j]), static_cast<double>(input.Target(j)));
  }
  return sum / static_cast<double>(input.columns);
}

template <typename F>
int64_t IndexOfLargest(int64_t columns, F&& at) {
  int64_t largest = 0;
  for (int64_t j = 1; j < columns; ++j) {
    if (at(j) > at(largest)) largest = j;
  }
  return largest;
}

double Accuracy(const MetricInput& input) {
  if (input.independent_outputs || input.columns == 1) {
    return MeanOverColumns(input,
                           [](double y, double t) { return (y > 0.5) == (t > 0.5) ? 1.0 : 0.0; });
  }
  const int64_t answer = IndexOfLargest(input.columns, [&](int64_t j) { return input.outputs[j]; });
  const int64_t truth =
      input.targets == nullptr
          ? input.target_class
          : IndexOfLargest(input.columns, [&](int64_t j) { return input.targets[j]; });
  return answer == truth ? 1.0 : 0.0;
}

double SquaredError(const MetricInput& input) {
  return MeanOverColumns(input, [](double y, double t) { return (y - t) * (y - t); });
}

double AbsoluteError(const MetricInput& input) {
  return MeanOverColumns(input, [](double y, double t) { return std::fabs(y - t); });
}

constexpr MetricRow kRows[] = {
    {{"accuracy",
      "share of right answers",
      "The largest output is the answer; independent outputs (sigmoid) answer yes above 0.5.",
      {}},
     &Accuracy},
    {{"meanSquaredError", "mean of (y - t)^2", "Averaged over outputs and rows.", {}},
     &SquaredError},
    {{"meanAbsoluteError", "mean of |y - t|", "Averaged over outputs and rows.", {}},
     &AbsoluteError},
};

}  // namespace

std::span<const MetricRow> Metrics() { return kRows; }

}  // namespace layerwise
