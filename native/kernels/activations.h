// Activation functions: one row each, with the function, its derivative and its parameters.
#pragma once

#include <cstdint>
#include <span>

#include "native/kernels/instruction_set.h"
#include "native/kernels/row_info.h"

namespace layerwise {

// A block of rows inside a larger matrix.
struct ActivationBlock {
  const float* input = nullptr;  // x; may be the same memory as output
  float* output = nullptr;       // f(x)
  int64_t stride = 0;            // of input and output, in elements
  int64_t rows = 0;
  int64_t columns = 0;  // whole vectors are computed: the stride leaves room for the last one
};

struct ActivationGradientBlock {
  const float* saved = nullptr;  // x or f(x), as the row says
  int64_t saved_stride = 0;
  float* gradient = nullptr;  // in: dL/df; out: dL/dx
  int64_t gradient_stride = 0;
  int64_t rows = 0;
  int64_t columns = 0;
};

enum class DerivativeOf {
  kOutput,  // the derivative is computed from f(x): x need not be kept
  kInput,   // from x
};

enum class ActivationScope {
  kElement,  // each element for itself
  kRow,      // a row as a whole, e.g. softmax
};

struct ActivationRow {
  RowInfo info;
  ActivationScope scope = ActivationScope::kElement;
  DerivativeOf derivative_of = DerivativeOf::kOutput;
  // `parameters` in the order of info.parameters.
  void (*forward)(const ActivationBlock& block, const float* parameters) = nullptr;
  void (*backward)(const ActivationGradientBlock& block, const float* parameters) = nullptr;
};

// In a fixed order, the same for every instruction set; the first row is linear.
std::span<const ActivationRow> ActivationsFor(InstructionSet set);

}  // namespace layerwise
