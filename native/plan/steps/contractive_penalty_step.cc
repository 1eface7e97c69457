#include "native/plan/steps/contractive_penalty_step.h"

#include <algorithm>

#include "native/plan/steps/blocks.h"

namespace layerwise {

// What an activation multiplies some rows of factors by its derivatives with.
ActivationGradientBlock ContractivePenaltyStep::Derivatives(int64_t first_row, int64_t rows,
                                                            const MatrixView& factors) const {
  const bool of_input = input_.activation.row->derivative_of == DerivativeOf::kInput;
  const MatrixView& saved = of_input ? input_.before : input_.output;
  return {saved.Row(first_row), saved.stride, factors.Row(first_row),
          factors.stride,       rows,         input_.columns};
}

void ContractivePenaltyStep::Forward(const StepContext& context) {
  for (size_t j = 0; j < norms_.size(); ++j) {
    norms_[j] = weights_.NormSquared(static_cast<int64_t>(j));
  }
  ForRows(context, output_.columns, [&](int64_t first, int64_t rows) {
    std::fill_n(slopes_.Row(first), rows * slopes_.stride, 1.0f);
    if (input_.activation) {
      input_.activation.row->backward(Derivatives(first, rows, slopes_),
                                      input_.activation.parameters.data());
    }
    CopyBlock(input_.output, output_.linear, {first, rows, 0, output_.columns});
    output_.Finish(context, first, rows, 0, output_.columns);
  });
}

void ContractivePenaltyStep::AddPenalty(const StepContext& context, int64_t first_row, int64_t rows,
                                        double* row_losses) const {
  for (int64_t i = first_row; i < first_row + rows; ++i) {
    const float* slopes = slopes_.Row(i);
    double sum = 0;
    for (size_t j = 0; j < norms_.size(); ++j) {
      const auto slope = static_cast<double>(slopes[j]);
      sum += slope * slope * norms_[j];
    }
    row_losses[i] += context.WeightOf(i) * weight_ * sum;
  }
}

void ContractivePenaltyStep::Backward(const StepContext& context) {
  if (!input_.gradient) return;
  DifferentiateWeights(context);
  DifferentiateInput(context);
}

// The penalty changes with z by 2 weight f'(z_j) f''(z_j) ||w_j||^2. The factor f' comes when the
// input is differentiated: here the rest of it is added to the gradient of f(z).
void ContractivePenaltyStep::DifferentiateInput(const StepContext& context) const {
  const double scale = 2.0 * weight_ / static_cast<double>(context.rows);
  const bool bends = input_.activation && input_.activation.row->curve != nullptr;
  ForRows(context, input_.columns, [&](int64_t first, int64_t rows) {
    if (!bends) {
      CopyBlock(output_.gradient, input_.gradient, {first, rows, 0, input_.columns});
      return;
    }
    for (int64_t i = first; i < first + rows; ++i) {
      float* gradient = input_.gradient.Row(i);
      std::fill_n(gradient, input_.gradient.stride, 0.0f);
      const double factor = context.WeightOf(i) * scale;
      for (size_t j = 0; j < norms_.size(); ++j) {
        gradient[j] = static_cast<float>(factor * norms_[j]);
      }
    }
    input_.activation.row->curve(Derivatives(first, rows, input_.gradient),
                                 input_.activation.parameters.data());
    for (int64_t i = first; i < first + rows; ++i) {
      float* gradient = input_.gradient.Row(i);
      const float* behind = output_.gradient.Row(i);
      for (int64_t j = 0; j < input_.columns; ++j) gradient[j] += behind[j];
    }
  });
  ForBlocks(context, input_, [&](const Block& block) {
    input_.Differentiate(context, block.first_row, block.rows, block.first_column, block.columns);
  });
}

// By itself, w_j changes the penalty by 2 weight (mean of f'(z_j)^2) w_j: the dense step adds that
// to its gradient.
void ContractivePenaltyStep::DifferentiateWeights(const StepContext& context) const {
  constexpr int64_t kColumnsInTask = 64;
  const double scale = 2.0 * weight_ / static_cast<double>(context.rows);
  const int64_t columns = input_.columns;
  const double operations = static_cast<double>(context.rows) * static_cast<double>(columns);
  context.Parallel((columns + kColumnsInTask - 1) / kColumnsInTask, operations,
                   [&](int64_t task, int) {
                     const int64_t begin = task * kColumnsInTask;
                     const int64_t count = std::min(kColumnsInTask, columns - begin);
                     double sums[kColumnsInTask] = {};
                     for (int64_t i = 0; i < context.rows; ++i) {
                       const float* slopes = slopes_.Row(i) + begin;
                       const double weight = context.WeightOf(i);
                       for (int64_t j = 0; j < count; ++j) {
                         const auto slope = static_cast<double>(slopes[j]);
                         sums[j] += weight * slope * slope;
                       }
                     }
                     for (int64_t j = 0; j < count; ++j) {
                       weights_.SetFactor(begin + j, scale * sums[j]);
                     }
                   });
}

}  // namespace layerwise
