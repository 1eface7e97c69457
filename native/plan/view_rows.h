// Rows between a padded view and memory without padding.
#pragma once

#include <cstdint>

#include "native/layers/value_buffer.h"

namespace layerwise {

// (rows, to.columns), rows a stride apart, into the view, with zeros in its padding.
void CopyRowsIn(const float* from, int64_t stride, int64_t rows, const MatrixView& to);
// The view into (rows, from.columns), rows a stride apart.
void CopyRowsOut(const MatrixView& from, int64_t rows, float* to, int64_t stride);

// The same where rows follow each other.
inline void CopyRowsIn(const float* from, int64_t rows, const MatrixView& to) {
  CopyRowsIn(from, to.columns, rows, to);
}
inline void CopyRowsOut(const MatrixView& from, int64_t rows, float* to) {
  CopyRowsOut(from, rows, to, from.columns);
}

}  // namespace layerwise
