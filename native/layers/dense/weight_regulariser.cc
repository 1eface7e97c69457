#include "native/layers/dense/weight_regulariser.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace layerwise {

WeightRegulariser::WeightRegulariser(const RegularisationKernels& kernels,
                                     const WeightPenaltySpec& penalty, double max_norm,
                                     const PanelShape& shape, int64_t ranges)
    : kernels_(kernels),
      penalty_(penalty),
      max_norm_(max_norm),
      shape_(shape),
      ranges_(ranges),
      absolute_(static_cast<size_t>(ranges * shape.padded_columns())),
      squares_(absolute_.size()),
      factors_(static_cast<size_t>(shape.padded_columns()), static_cast<float>(2.0 * penalty.l2)),
      has_gradient_(penalty.enabled()) {}

void WeightRegulariser::AddGradient(Panel panel, InputRange rows, const float* weights,
                                    float* gradient) const {
  if (!has_gradient_) return;
  kernels_.add_gradient(weights, rows.end - rows.begin, panel.vectors,
                        static_cast<float>(penalty_.l1), factors_.data() + panel.first_column,
                        gradient);
}

void WeightRegulariser::Measure(Panel panel, InputRange rows, const float* weights) {
  const int64_t at = rows.index * shape_.padded_columns() + panel.first_column;
  kernels_.column_sums(weights, rows.end - rows.begin, panel.vectors, absolute_.data() + at,
                       squares_.data() + at);
}

double WeightRegulariser::Penalty() const {
  const auto sum = [](const std::vector<float>& parts) {
    return std::accumulate(parts.begin(), parts.end(), 0.0);
  };
  return penalty_.l1 * sum(absolute_) + penalty_.l2 * sum(squares_);
}

double WeightRegulariser::NormSquared(int64_t column) const {
  double sum = 0;
  for (int64_t range = 0; range < ranges_; ++range) {
    sum += static_cast<double>(
        squares_[static_cast<size_t>(range * shape_.padded_columns() + column)]);
  }
  return sum;
}

void WeightRegulariser::SetFactor(int64_t column, double factor) {
  factors_[static_cast<size_t>(column)] = static_cast<float>(2.0 * penalty_.l2 + factor);
}

bool WeightRegulariser::Exceeds(Panel panel, float* factors) const {
  bool any = false;
  for (int64_t j = 0; j < shape_.Width(panel); ++j) {
    const double norm = std::sqrt(NormSquared(panel.first_column + j));
    factors[j] = norm > max_norm_ ? static_cast<float>(max_norm_ / norm) : 1.0f;
    any = any || norm > max_norm_;
  }
  return any;
}

void WeightRegulariser::Scale(Panel panel, InputRange rows, const float* factors,
                              float* weights) const {
  kernels_.scale_columns(weights, rows.end - rows.begin, panel.vectors, factors);
}

}  // namespace layerwise
