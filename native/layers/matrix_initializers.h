// Initializers whose elements depend on each other.
#pragma once

#include <span>

#include "native/layers/initializers.h"

namespace layerwise {

// A random matrix with orthonormal rows or columns, whichever are fewer, times parameters[0].
// Uniform over all of them: Gram-Schmidt on a Gaussian matrix is its QR decomposition with a
// positive diagonal of R (Mezzadri 2007). Takes time rows * columns * min(rows, columns).
void FillOrthogonal(const InitializerContext& context, std::span<float> values);

// Normal with the deviation parameters[1]; of each column a share parameters[0], rounded up, is
// zero.
void FillSparse(const InitializerContext& context, std::span<float> values);

}  // namespace layerwise
