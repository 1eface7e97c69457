// Loss functions: one row each, computing the loss of each row and the gradient in one pass.
#pragma once

#include <cstdint>
#include <span>

#include "native/kernels/instruction_set.h"
#include "native/kernels/row_info.h"

namespace layerwise {

struct LossBlock {
  // In: the outputs, or, where the loss is fused with an activation, that activation's inputs
  // (logits). Out: the outputs. The stride leaves room for whole vectors.
  float* outputs = nullptr;
  int64_t stride = 0;
  int64_t rows = 0;
  int64_t columns = 0;
  // One of the two is set.
  const float* targets = nullptr;  // (rows, columns)
  int64_t target_stride = 0;
  const int32_t* classes = nullptr;  // (rows)
  // The gradient of the loss by what came in, times gradient_scale; zeros in the padding. May be
  // null.
  float* gradient = nullptr;  // (rows, columns)
  int64_t gradient_stride = 0;
  float gradient_scale = 1.0f;
  double* row_losses = nullptr;  // (rows)
};

enum class LossTargets { kMatrix, kEither };

struct LossRow {
  RowInfo info;
  // The activation that the output layer must have and that is fused with the loss, or null for
  // any.
  const char* output = nullptr;
  LossTargets targets = LossTargets::kMatrix;
  double target_minimum = 0;  // bounds of matrix targets; -+infinity: unbounded
  double target_maximum = 0;
  void (*compute)(const LossBlock& block, const float* parameters) = nullptr;
};

std::span<const LossRow> LossesFor(InstructionSet set);

}  // namespace layerwise
