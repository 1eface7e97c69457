#include "native/plan/steps/prelu_step.h"

#include <algorithm>

#include "native/plan/steps/blocks.h"

namespace layerwise {
namespace {

constexpr int64_t kColumnsAtATime = 64;  // a multiple of all vectors
constexpr int64_t kMostLanes = 16;

}  // namespace

void PreluStep::Forward(const StepContext& context) {
  const int64_t columns = output_.columns;
  ForRows(context, columns, [&](int64_t first, int64_t rows) {
    for (int64_t i = first; i < first + rows; ++i) {
      const float* x = input_.output.Row(i);
      float* y = output_.linear.Row(i);
      for (int64_t j = 0; j < columns; ++j) y[j] = x[j] > 0 ? x[j] : Slope(context, j) * x[j];
      std::fill(y + columns, y + output_.linear.stride, 0.0f);
    }
    output_.Finish(context, first, rows, 0, columns);
  });
}

void PreluStep::Backward(const StepContext& context) {
  // The slopes change when their gradients are taken: after those of the input.
  if (input_.gradient) DifferentiateInput(context);
  if (slopes_.trainable()) {
    if (is_shared_) {
      DifferentiateSharedSlope(context);
    } else {
      DifferentiateSlopes(context);
    }
  }
  if (!input_.gradient) return;
  ForBlocks(context, input_, [&](const Block& block) {
    input_.Differentiate(context, block.first_row, block.rows, block.first_column, block.columns);
  });
}

void PreluStep::DifferentiateInput(const StepContext& context) const {
  const int64_t columns = output_.columns;
  ForRows(context, columns, [&](int64_t first, int64_t rows) {
    for (int64_t i = first; i < first + rows; ++i) {
      const float* x = input_.output.Row(i);
      const float* dy = output_.gradient.Row(i);
      float* dx = input_.gradient.Row(i);
      for (int64_t j = 0; j < columns; ++j) {
        dx[j] = x[j] > 0 ? dy[j] : Slope(context, j) * dy[j];
      }
      std::fill(dx + columns, dx + input_.gradient.stride, 0.0f);
    }
  });
}

double PreluStep::SlopeGradient(int64_t rows, int64_t column) const {
  double sum = 0;
  for (int64_t i = 0; i < rows; ++i) {
    const float x = input_.output.Row(i)[column];
    if (x > 0) continue;
    sum += static_cast<double>(output_.gradient.Row(i)[column]) * static_cast<double>(x);
  }
  return sum;
}

void PreluStep::DifferentiateSlopes(const StepContext& context) const {
  const int64_t columns = output_.columns;
  const int64_t tasks = (columns + kColumnsAtATime - 1) / kColumnsAtATime;
  const double operations =
      kOperationsPerElement * static_cast<double>(context.rows) * static_cast<double>(columns);
  context.Parallel(tasks, operations, [&](int64_t task, int) {
    const int64_t first = task * kColumnsAtATime;
    const int64_t count = std::min(kColumnsAtATime, columns - first);
    float gradient[kColumnsAtATime] = {};
    for (int64_t j = 0; j < count; ++j) {
      gradient[j] = static_cast<float>(SlopeGradient(context.rows, first + j));
    }
    // Columns beyond the last are padding, with zero gradients: whole vectors may be updated.
    const int64_t lanes = slopes_.panels.lanes;
    context.sink->Take(slopes_.offset + first, (count + lanes - 1) / lanes * lanes, gradient);
  });
}

void PreluStep::DifferentiateSharedSlope(const StepContext& context) const {
  double sum = 0;
  for (int64_t j = 0; j < output_.columns; ++j) sum += SlopeGradient(context.rows, j);
  float gradient[kMostLanes] = {static_cast<float>(sum)};
  context.sink->Take(slopes_.offset, slopes_.panels.lanes, gradient);
}

}  // namespace layerwise
