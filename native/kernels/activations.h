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

// What is known about an activation besides its function.
struct ActivationFacts {
  // The largest error in [-50, 50], in units of the last place of f(x).
  double ulp = 4;
  // That of the derivative, relative to it or to 1: where it is computed from f(x) and tends to
  // zero it keeps only the precision of f(x).
  double derivative_error = 1e-6;
  // What weights in front of it are drawn from unless the spec says otherwise.
  const char* initializer = "glorotUniform";
  // The factor on the spread of weights that keeps that of activations, as PyTorch's
  // calculate_gain: 1 where it gives none. With `gain_slope`, the parameter that is the slope for
  // negative inputs, it is divided by sqrt(1 + slope^2).
  double gain = 1;
  const char* gain_slope = nullptr;
  const char* alias = nullptr;  // a second name by which the language above knows it
};

struct ActivationRow {
  // The formula is evaluated by the tests (test/native/reference): it is the documentation and the
  // naive twin.
  RowInfo info;
  ActivationFacts facts;
  ActivationScope scope = ActivationScope::kElement;
  DerivativeOf derivative_of = DerivativeOf::kOutput;
  // `parameters` in the order of info.parameters.
  void (*forward)(const ActivationBlock& block, const float* parameters) = nullptr;
  void (*backward)(const ActivationGradientBlock& block, const float* parameters) = nullptr;
  // As backward, but multiplies by the second derivative. Null where that is zero, and for rows.
  void (*curve)(const ActivationGradientBlock& block, const float* parameters) = nullptr;
};

// In a fixed order, the same for every instruction set; the first row is linear.
std::span<const ActivationRow> ActivationsFor(InstructionSet set);

}  // namespace layerwise
