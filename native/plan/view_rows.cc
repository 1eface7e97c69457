#include "native/plan/view_rows.h"

#include <algorithm>

namespace layerwise {

void CopyRowsIn(const float* from, int64_t stride, int64_t rows, const MatrixView& to) {
  for (int64_t i = 0; i < rows; ++i) {
    float* padding = std::copy_n(from + i * stride, to.columns, to.Row(i));
    std::fill(padding, to.Row(i) + to.stride, 0.0f);
  }
}

void CopyRowsOut(const MatrixView& from, int64_t rows, float* to, int64_t stride) {
  for (int64_t i = 0; i < rows; ++i) {
    std::copy_n(from.Row(i), from.columns, to + i * stride);
  }
}

}  // namespace layerwise
