#include "native/plan/steps/contractive_penalty_step.h"

#include <algorithm>

#include "native/plan/steps/dense_step.h"

namespace layerwise {

ContractivePenaltyStep::ContractivePenaltyStep(double weight, const StepSite& site)
    : BlockStep(site),
      weight_(weight),
      batch_rows_(site.batch_rows),
      // The spec of the layer says that a dense one stands before it.
      weights_(static_cast<DenseStep&>(*site.previous).MeasuredWeights()),
      norms_(static_cast<size_t>(site.output.columns)) {
  weights_.ExpectFactors();
}

void ContractivePenaltyStep::Reserve(StepReservation& memory) {
  slopes_slot_ = memory.Own<float>(batch_rows_ * PaddedStride(output().columns));
}

void ContractivePenaltyStep::Bind(const StepMemory& memory) {
  slopes_ = {memory.At(slopes_slot_), PaddedStride(output().columns), output().columns};
}

// What an activation multiplies some rows of factors by its derivatives with.
ActivationGradientBlock ContractivePenaltyStep::Derivatives(const Block& block,
                                                            const MatrixView& factors) const {
  const bool of_input = input().activation.row->derivative_of == DerivativeOf::kInput;
  const MatrixView& saved = of_input ? input().before : input().output;
  return {saved.At(block), saved.stride, factors.At(block),
          factors.stride,  block.rows,   block.columns};
}

void ContractivePenaltyStep::BeginForward(const StepContext&) {
  for (size_t j = 0; j < norms_.size(); ++j) {
    norms_[j] = weights_.NormSquared(static_cast<int64_t>(j));
  }
}

void ContractivePenaltyStep::ForwardBlock(const StepContext&, const Block& block) const {
  std::fill_n(slopes_.At(block), block.rows * slopes_.stride, 1.0f);
  if (input().activation) {
    input().activation.row->backward(Derivatives(block, slopes_),
                                     input().activation.parameters.data());
  }
  CopyBlock(input().output, output().linear, block);
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

// The penalty changes with z by 2 weight f'(z_j) f''(z_j) ||w_j||^2. The factor f' comes when the
// input is differentiated: here the rest of it is added to the gradient of f(z).
void ContractivePenaltyStep::BackwardBlock(const StepContext& context, const Block& block) const {
  const double scale = 2.0 * weight_ / static_cast<double>(context.rows);
  const bool bends = input().activation && input().activation.row->curve != nullptr;
  if (!bends) {
    CopyBlock(output().gradient, input().gradient, block);
    return;
  }
  const int64_t end = block.first_row + block.rows;
  for (int64_t i = block.first_row; i < end; ++i) {
    float* gradient = input().gradient.Row(i);
    std::fill_n(gradient, input().gradient.stride, 0.0f);
    const double factor = context.WeightOf(i) * scale;
    for (size_t j = 0; j < norms_.size(); ++j) {
      gradient[j] = static_cast<float>(factor * norms_[j]);
    }
  }
  input().activation.row->curve(Derivatives(block, input().gradient),
                                input().activation.parameters.data());
  for (int64_t i = block.first_row; i < end; ++i) {
    float* gradient = input().gradient.Row(i);
    const float* behind = output().gradient.Row(i);
    for (int64_t j = 0; j < block.columns; ++j) gradient[j] += behind[j];
  }
}

// By itself, w_j changes the penalty by 2 weight (mean of f'(z_j)^2) w_j: the dense step, whose
// turn comes next, adds that to its gradient.
void ContractivePenaltyStep::BackwardParameters(const StepContext& context) {
  if (!input().gradient) return;
  ForColumns(context, input().columns,
             [&](const Block& block) { DifferentiateWeights(context, block); });
}

void ContractivePenaltyStep::DifferentiateWeights(const StepContext& context,
                                                  const Block& block) const {
  const double scale = 2.0 * weight_ / static_cast<double>(context.rows);
  double sums[kColumnsInTask] = {};
  for (int64_t i = 0; i < block.rows; ++i) {
    const float* slopes = slopes_.Row(i) + block.first_column;
    const double weight = context.WeightOf(i);
    for (int64_t j = 0; j < block.columns; ++j) {
      const auto slope = static_cast<double>(slopes[j]);
      sums[j] += weight * slope * slope;
    }
  }
  for (int64_t j = 0; j < block.columns; ++j) {
    weights_.SetFactor(block.first_column + j, scale * sums[j]);
  }
}

}  // namespace layerwise
