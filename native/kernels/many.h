// Kernels of many small networks of one shape at once: a lane of every vector is a network. What
// lies between layers is (rows, units, lanes), weights are (inputs, units, lanes). A lane does
// what the kernels of one network do, in their order, so that each network has the bits of a
// training of its own.
#pragma once

#include <cstdint>

#include "native/kernels/instruction_set.h"
#include "native/kernels/optimizers.h"

namespace layerwise {

// A dense layer of every lane.
struct ManyDense {
  int64_t rows = 0;
  int64_t inputs = 0;
  int64_t units = 0;
  const float* input = nullptr;     // (rows, inputs, lanes)
  const float* weights = nullptr;   // (inputs, units, lanes)
  const float* bias = nullptr;      // (units, lanes); null for none
  float* output = nullptr;          // (rows, units, lanes)
  const float* gradient = nullptr;  // of the sums, (rows, units, lanes)
  float* input_gradient = nullptr;  // (rows, inputs, lanes)
  float* weight_gradient = nullptr;
  float* bias_gradient = nullptr;  // null for none
  // Where lanes have fewer rows than the batch, so many each (lanes); else null. In their other
  // rows inputs are 0 and gradients -0, which add nothing to a sum, not even to its sign.
  const int32_t* lane_rows = nullptr;
};

// The losses of a batch, as LossBlock has them for one network; weights times what they are given
// for.
struct ManyLoss {
  int64_t rows = 0;
  int64_t columns = 0;
  // In: the outputs, or what an activation that is fused with the loss is of. Out: the outputs.
  float* outputs = nullptr;  // (rows, columns, lanes)
  // One of the two is set.
  const float* targets = nullptr;         // (rows, columns, lanes)
  const int32_t* classes = nullptr;       // (rows, lanes)
  const float* weights = nullptr;         // (rows, lanes); null: all 1
  float* gradient = nullptr;              // (rows, columns, lanes); may be null
  const float* gradient_scale = nullptr;  // (lanes)
  double* row_losses = nullptr;           // (rows, lanes)
};

// Parameters of every lane, and what is the same for all of a lane.
struct ManyUpdate {
  int64_t count = 0;                // parameters of a lane
  float* parameters = nullptr;      // (count, lanes)
  const float* gradient = nullptr;  // (count, lanes)
  float* states[kMaxOptimizerStates] = {};
  const float* constants = nullptr;  // (kMaxOptimizerConstants, lanes)
  const float* active = nullptr;     // (lanes): 1, or 0 where everything stays as it is
};

using ManyLossFunction = void (*)(const ManyLoss& loss, const float* parameters);
using ManyUpdateFunction = void (*)(const ManyUpdate& update);

struct ManyKernels {
  int lanes = 0;
  void (*forward)(const ManyDense& layer) = nullptr;
  void (*weight_gradient)(const ManyDense& layer) = nullptr;  // and that of the bias
  void (*input_gradient)(const ManyDense& layer) = nullptr;
  // By the numbers of the rows in LossesFor; null for losses that lanes do not compute. Those of
  // classes take classes alone.
  const ManyLossFunction* losses = nullptr;
  const ManyUpdateFunction* optimizers = nullptr;  // by the rows in OptimizersFor
};

const ManyKernels& ManyKernelsFor(InstructionSet set);

}  // namespace layerwise
