// Rows between a padded view and memory without padding.
#pragma once

#include <cstdint>

#include "native/plan/steps/value_buffer.h"

namespace layerwise {

// (rows, to.columns) into the view, with zeros in its padding.
void CopyRowsIn(const float* from, int64_t rows, const MatrixView& to);
// The view into (rows, from.columns).
void CopyRowsOut(const MatrixView& from, int64_t rows, float* to);

}  // namespace layerwise
