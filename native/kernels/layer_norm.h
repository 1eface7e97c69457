// Layer normalisation of rows (Ba, Kiros and Hinton 2016): statistics, output and gradients.
#pragma once

#include <cstdint>

#include "native/kernels/instruction_set.h"

namespace layerwise {

// Rows of numbers with the statistics of each. Strides leave room for whole vectors; what lies
// beyond the columns of the input is not used, and zero in what is written.
struct LayerNormRows {
  int64_t rows = 0;
  int64_t columns = 0;
  const float* input = nullptr;  // x (rows, columns)
  int64_t input_stride = 0;
  const float* gamma = nullptr;        // (columns), or null for ones
  const float* beta = nullptr;         // (columns), or null for zeros
  float* mean = nullptr;               // (rows)
  float* inverse_deviation = nullptr;  // (rows), 1 / sqrt(variance + epsilon)
};

struct LayerNormKernels {
  // y = gamma (x - mean) / sqrt(variance + epsilon) + beta; keeps the statistics.
  void (*forward)(const LayerNormRows& block, float epsilon, float* output,
                  int64_t output_stride) = nullptr;
  // dL/dx from dL/dy and the statistics that were kept.
  void (*backward)(const LayerNormRows& block, const float* gradient, int64_t gradient_stride,
                   float* input_gradient, int64_t input_gradient_stride) = nullptr;
  // dgamma = sum of dy xhat and dbeta = sum of dy over the rows, for `columns` of the block from
  // its pointers on; whole vectors are written.
  void (*parameter_gradients)(const LayerNormRows& block, const float* gradient,
                              int64_t gradient_stride, float* gamma_gradient,
                              float* beta_gradient) = nullptr;
};

const LayerNormKernels& LayerNormKernelsFor(InstructionSet set);

}  // namespace layerwise
