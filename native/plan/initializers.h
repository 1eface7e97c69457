// Initial values of parameters: one row each. A value depends only on the seed, the parameter and
// the index of the element, never on the layout or the number of threads.
#pragma once

#include <cstdint>
#include <span>

#include "native/core/random.h"
#include "native/kernels/row_info.h"

namespace layerwise {

struct InitializerContext {
  const RandomStream& stream;
  double fan_in;
  double fan_out;
  const double* parameters;  // in the order of the row's info
};

struct InitializerRow {
  RowInfo info;
  // `index` counts the elements of the parameter in the layout of its shape.
  float (*sample)(const InitializerContext& context, uint64_t index) = nullptr;
};

std::span<const InitializerRow> Initializers();

}  // namespace layerwise
