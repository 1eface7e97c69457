// Initial values of parameters: one row each. A value depends only on the seed, the parameter and
// its place in it, never on the memory layout or the number of threads.
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
  // The shape of the parameter; a bias is a column.
  int64_t rows;
  int64_t columns;
};

// A row has one of the two functions.
struct InitializerRow {
  RowInfo info;
  // An element by itself: `index` counts them row by row.
  float (*sample)(const InitializerContext& context, uint64_t index) = nullptr;
  // All elements at once, where they depend on each other.
  void (*fill)(const InitializerContext& context, std::span<float> values) = nullptr;
  const char* alias = nullptr;  // a second name by which the language above knows it
};

std::span<const InitializerRow> Initializers();

}  // namespace layerwise
