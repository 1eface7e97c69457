#include "native/plan/steps/maxout_step.h"

#include <algorithm>

#include "native/plan/steps/blocks.h"

namespace layerwise {
namespace {

// The first of the largest; a NaN counts as larger than everything, so that it is not lost.
int64_t IndexOfLargest(const float* pieces, int64_t count) {
  int64_t largest = 0;
  for (int64_t p = 0; p < count; ++p) {
    if (pieces[p] != pieces[p]) return p;
    if (pieces[p] > pieces[largest]) largest = p;
  }
  return largest;
}

}  // namespace

void MaxoutStep::Forward(const StepContext& context) {
  const int64_t columns = output_.columns;
  ForRows(context, input_.columns, [&](int64_t first, int64_t rows) {
    for (int64_t i = first; i < first + rows; ++i) {
      const float* pieces = input_.output.Row(i);
      float* y = output_.linear.Row(i);
      for (int64_t j = 0; j < columns; ++j, pieces += pieces_) {
        y[j] = pieces[IndexOfLargest(pieces, pieces_)];
      }
      std::fill(y + columns, y + output_.linear.stride, 0.0f);
    }
    output_.Finish(context, first, rows, 0, columns);
  });
}

// The gradient goes to the piece that was chosen.
void MaxoutStep::Backward(const StepContext& context) {
  if (!input_.gradient) return;
  ForRows(context, input_.columns, [&](int64_t first, int64_t rows) {
    for (int64_t i = first; i < first + rows; ++i) {
      const float* pieces = input_.output.Row(i);
      const float* dy = output_.gradient.Row(i);
      float* dx = input_.gradient.Row(i);
      std::fill(dx, dx + input_.gradient.stride, 0.0f);
      for (int64_t j = 0; j < output_.columns; ++j) {
        const int64_t at = j * pieces_;
        dx[at + IndexOfLargest(pieces + at, pieces_)] = dy[j];
      }
    }
  });
  ForBlocks(context, input_, [&](const Block& block) {
    input_.Differentiate(context, block.first_row, block.rows, block.first_column, block.columns);
  });
}

}  // namespace layerwise
