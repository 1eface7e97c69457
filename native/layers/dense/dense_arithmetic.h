// The products of a dense layer, tile by tile, in one precision. DenseStep decides which tiles
// there are and who computes them.
#pragma once

#include <cstdint>
#include <memory>

#include "native/kernels/bf16.h"
#include "native/kernels/gemm.h"
#include "native/layers/dense/folded_norm.h"
#include "native/layers/parameter_layout.h"
#include "native/layers/value_buffer.h"

namespace layerwise {

// A stretch of rows of the batch.
struct RowRange {
  int64_t first;
  int64_t count;
};

// A stretch of a layer's inputs, whose weights one task updates.
struct InputRange {
  int64_t begin;
  int64_t end;
  int64_t index;  // among the ranges of the layer
};

// A dense layer multiplies by weights of its own, W: z = x W^T + b. One that is tied to it
// multiplies by the same ones transposed: z = x W + b, and its gradient of W is x^T dz instead of
// dz^T x. Tiles of weights are tiles of W for both.
struct DenseBuffers {
  const ParameterBlock& weights;
  const ParameterBlock* bias;  // or null
  const ValueBuffer& input;
  const ValueBuffer& output;
  // Stands in for weights and bias where it is set.
  FoldedNorm* folded = nullptr;
  bool is_tied = false;

  // How the factor of the product is laid out, and that of the gradient of the input: depth by
  // columns.
  PanelShape OutputShape() const { return is_tied ? TransposedShape() : weights.panels; }
  PanelShape InputShape() const { return is_tied ? weights.panels : TransposedShape(); }
  PanelShape TransposedShape() const {
    return {weights.panels.columns, weights.panels.depth, weights.panels.lanes};
  }
  // Panels of the weights.
  const float* Weights(const float* parameters) const {
    return folded != nullptr ? folded->weights() : parameters + weights.offset;
  }
  // From a panel's first column on; null where there is none.
  const float* Bias(const float* parameters, Panel outputs) const {
    if (folded != nullptr) return folded->bias() + outputs.first_column;
    return bias == nullptr ? nullptr : parameters + bias->offset + outputs.first_column;
  }
};

class DenseArithmetic {
 public:
  virtual ~DenseArithmetic() = default;

  // z = x W^T + b: some rows of a panel of outputs.
  virtual void Product(const float* parameters, Panel outputs, RowRange rows) const = 0;
  // The same for panels [first, end), where there are no more than kFewRows rows.
  virtual void ProductOfFewRows(const float* parameters, int64_t first, int64_t end,
                                RowRange rows) const = 0;
  // dx = dz W: some rows of a panel of inputs. Only where the input has a gradient.
  virtual void InputGradient(const float* parameters, Panel inputs, RowRange rows) const = 0;

  // What follows speaks of the inputs and outputs of the layer that owns the weights: a tied one
  // has them the other way round.

  // Whether WeightGradient wants its operands packed: the gradients of all outputs, once a batch,
  // and the inputs of a range, into PackedInputs floats of the caller's.
  virtual bool PacksGradient() const { return false; }
  virtual bool PacksInputs() const { return false; }
  virtual void PackGradient(int64_t /*batch_rows*/, Panel /*outputs*/) const {}
  virtual void PackInputs(int64_t /*batch_rows*/, InputRange /*inputs*/, float* /*packed*/) const {}
  // dW = dz^T x: some inputs of a panel of outputs, (inputs, width of the panel). `packed` holds
  // the inputs where PacksInputs(); `upcoming` is fetched meanwhile.
  virtual void WeightGradient(int64_t batch_rows, Panel outputs, InputRange inputs,
                              const float* packed, float* tile,
                              const float* const (&upcoming)[kMaxUpcoming]) const = 0;

  // Some weights changed: brings copies in other layouts or precisions up to date.
  virtual void WeightsChanged(const float* parameters, Panel outputs, InputRange inputs,
                              float* scratch) const = 0;
};

// Packing the inputs serves all panels of outputs: with fewer it costs more than it saves.
inline constexpr int64_t kPanelsWorthPacking = 4;
// Nearer rows are foreseen by the processor while they lie in its second-level cache.
inline constexpr int64_t kBytesBetweenFarRows = 1536;

// Whether single precision packs the operands of a layer's weight gradient for such batches.
bool PacksInFloat32(const GemmKernels& kernels, const PanelShape& weights, int64_t batch_rows);
// Floats that the inputs of a range take when they are packed, in either precision.
int64_t PackedInputs(int64_t inputs, int64_t batch_rows);
// Floats that the gradients of a layer's outputs take when they are packed.
int64_t PackedGradient(const PanelShape& weights, int64_t batch_rows);

// For single precision. `transposed` holds the transposed weights, (TransposedShape().size()); null
// where neither the gradient of the input nor a tied layer needs them. `packed_gradient` holds
// PackedGradient floats; null where PacksInFloat32 says no. Buffers outlive the arithmetic.
std::unique_ptr<DenseArithmetic> Float32Arithmetic(const DenseBuffers& buffers,
                                                   const GemmKernels& kernels, float* transposed,
                                                   float* packed_gradient);

// For products of bfloat16 numbers: `weights` (PairedShape of the weights) and `transposed`
// (PairedShape of TransposedShape), in words. The values' copies must be there.
std::unique_ptr<DenseArithmetic> Bf16Arithmetic(const DenseBuffers& buffers,
                                                const Bf16Kernels& kernels, const GemmKernels& gemm,
                                                uint32_t* weights, uint32_t* transposed);

// The layout of a matrix whose depth is paired.
inline PanelShape PairedShape(const PanelShape& shape) {
  return {(shape.depth + 1) / 2, shape.columns, shape.lanes};
}

}  // namespace layerwise
