#include "native/plan/steps/maxout_step.h"

#include <algorithm>

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

void MaxoutStep::ForwardBlock(const StepContext&, const Block& block) const {
  for (int64_t i = block.first_row; i < block.first_row + block.rows; ++i) {
    const float* pieces = input().output.Row(i);
    float* y = output().linear.Row(i);
    for (int64_t j = 0; j < block.columns; ++j, pieces += pieces_) {
      y[j] = pieces[IndexOfLargest(pieces, pieces_)];
    }
  }
}

// The gradient goes to the piece that was chosen.
void MaxoutStep::BackwardBlock(const StepContext&, const Block& block) const {
  for (int64_t i = block.first_row; i < block.first_row + block.rows; ++i) {
    const float* pieces = input().output.Row(i);
    const float* dy = output().gradient.Row(i);
    float* dx = input().gradient.Row(i);
    std::fill_n(dx, block.columns, 0.0f);
    for (int64_t j = 0; j < output().columns; ++j) {
      const int64_t at = j * pieces_;
      dx[at + IndexOfLargest(pieces + at, pieces_)] = dy[j];
    }
  }
}

}  // namespace layerwise
