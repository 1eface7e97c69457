#include "native/plan/steps/prelu_step.h"

namespace layerwise {
namespace {

constexpr int64_t kMostLanes = 16;

}  // namespace

void PreluStep::ForwardBlock(const StepContext& context, const Block& block) const {
  for (int64_t i = block.first_row; i < block.first_row + block.rows; ++i) {
    const float* x = input().output.Row(i);
    float* y = output().linear.Row(i);
    for (int64_t j = 0; j < block.columns; ++j) y[j] = x[j] > 0 ? x[j] : Slope(context, j) * x[j];
  }
}

void PreluStep::BackwardBlock(const StepContext& context, const Block& block) const {
  for (int64_t i = block.first_row; i < block.first_row + block.rows; ++i) {
    const float* x = input().output.Row(i);
    const float* dy = output().gradient.Row(i);
    float* dx = input().gradient.Row(i);
    for (int64_t j = 0; j < block.columns; ++j) {
      dx[j] = x[j] > 0 ? dy[j] : Slope(context, j) * dy[j];
    }
  }
}

void PreluStep::BackwardParameters(const StepContext& context) {
  if (!slopes_.trainable()) return;
  if (is_shared_) {
    DifferentiateSharedSlope(context);
  } else {
    DifferentiateSlopes(context);
  }
}

double PreluStep::SlopeGradient(int64_t rows, int64_t column) const {
  double sum = 0;
  for (int64_t i = 0; i < rows; ++i) {
    const float x = input().output.Row(i)[column];
    if (x > 0) continue;
    sum += static_cast<double>(output().gradient.Row(i)[column]) * static_cast<double>(x);
  }
  return sum;
}

void PreluStep::DifferentiateSlopes(const StepContext& context) const {
  ForColumns(context, output().columns, [&](const Block& block) {
    float gradient[kColumnsInTask] = {};
    for (int64_t j = 0; j < block.columns; ++j) {
      gradient[j] = static_cast<float>(SlopeGradient(context.rows, block.first_column + j));
    }
    // Columns beyond the last are padding, with zero gradients: whole vectors may be updated.
    const int64_t lanes = slopes_.panels.lanes;
    context.sink->Take(slopes_.offset + block.first_column,
                       (block.columns + lanes - 1) / lanes * lanes, gradient);
  });
}

void PreluStep::DifferentiateSharedSlope(const StepContext& context) const {
  double sum = 0;
  for (int64_t j = 0; j < output().columns; ++j) sum += SlopeGradient(context.rows, j);
  float gradient[kMostLanes] = {static_cast<float>(sum)};
  context.sink->Take(slopes_.offset, slopes_.panels.lanes, gradient);
}

}  // namespace layerwise
