// Optimizers: one row each, with the state they keep for each parameter and their update.
#pragma once

#include <cstdint>
#include <span>

#include "native/kernels/instruction_set.h"
#include "native/kernels/row_info.h"

namespace layerwise {

inline constexpr int kMaxOptimizerStates = 3;
inline constexpr int kMaxOptimizerConstants = 8;

// What is the same for all parameters in one step, computed once in double precision.
struct OptimizerConstants {
  float values[kMaxOptimizerConstants] = {};
};

// What the states of every parameter are before the first step.
struct OptimizerStart {
  float values[kMaxOptimizerStates] = {};
};

// A contiguous run of parameters; whole vectors.
struct OptimizerBlock {
  float* parameters = nullptr;
  const float* gradient = nullptr;
  float* states[kMaxOptimizerStates] = {};
  int64_t count = 0;
};

struct OptimizerRow {
  RowInfo info;
  int states = 0;  // numbers kept for each parameter
  // In both functions `parameters` are in the order of info.parameters, the learning rate first.
  OptimizerStart (*start)(const double* parameters) = nullptr;  // null: all zeros
  // `step` counts from 1.
  OptimizerConstants (*prepare)(const double* parameters, int64_t step) = nullptr;
  void (*update)(const OptimizerBlock& block, const OptimizerConstants& constants) = nullptr;
};

std::span<const OptimizerRow> OptimizersFor(InstructionSet set);

}  // namespace layerwise
