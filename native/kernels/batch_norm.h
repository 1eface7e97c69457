// Batch normalisation of columns (Ioffe and Szegedy 2015): statistics, output and gradients.
#pragma once

#include <cstdint>

#include "native/kernels/instruction_set.h"

namespace layerwise {

// A block of columns with all rows of a batch. Column vectors below hold whole vectors: the strides
// and the vectors leave room for the last one.
struct BatchNormColumns {
  int64_t rows = 0;
  int64_t columns = 0;
  const float* input = nullptr;  // z (rows, columns)
  int64_t input_stride = 0;
  const float* gamma = nullptr;  // null for ones
  const float* beta = nullptr;   // null for zeros
  float epsilon = 0;
};

struct BatchNormTraining {
  float* mean = nullptr;               // out: of this batch
  float* inverse_deviation = nullptr;  // out: 1 / sqrt(variance + epsilon)
  float* running_mean = nullptr;       // in and out
  float* running_variance = nullptr;   // in and out, unbiased
  float momentum = 0;                  // the share of this batch in the running statistics
};

struct BatchNormGradients {
  const float* mean = nullptr;
  const float* inverse_deviation = nullptr;
  float* gradient = nullptr;  // in: dL/du of the output u; out: dL/dz (rows, columns)
  int64_t gradient_stride = 0;
  float* gamma_gradient = nullptr;  // out
  float* beta_gradient = nullptr;   // out
};

struct BatchNormKernels {
  // u = gamma (z - mean) / sqrt(variance + epsilon) + beta, with the statistics of this batch.
  void (*forward)(const BatchNormColumns& block, const BatchNormTraining& training, float* output,
                  int64_t output_stride) = nullptr;
  // The same with running statistics.
  void (*infer)(const BatchNormColumns& block, const float* mean, const float* variance,
                float* output, int64_t output_stride) = nullptr;
  void (*backward)(const BatchNormColumns& block, const BatchNormGradients& gradients) = nullptr;
  // The same with running statistics, which do not depend on the input: dL/du to dL/dz in place.
  void (*infer_backward)(const BatchNormColumns& block, const float* variance, float* gradient,
                         int64_t gradient_stride) = nullptr;
};

const BatchNormKernels& BatchNormKernelsFor(InstructionSet set);

}  // namespace layerwise
