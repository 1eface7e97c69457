// A dense layer: y = f(x W^T + b), its gradients, and the update of W and b as soon as they are
// known.
#pragma once

#include "native/kernels/gemm.h"
#include "native/plan/parameters.h"
#include "native/plan/steps/step.h"

namespace layerwise {

class DenseStep final : public Step {
 public:
  // `transposed` holds a second copy of the weights with inputs and outputs swapped, for the
  // gradient of the input; null when that gradient is not wanted. Buffers outlive the step.
  DenseStep(const GemmKernels& kernels, const ParameterBlock& weights, const ParameterBlock* bias,
            const ValueBuffer& input, const ValueBuffer& output, float* transposed);

  void Prepare(const StepContext& context) override;
  void Forward(const StepContext& context) override;
  void Backward(const StepContext& context) override;

  // Floats of scratch memory that one thread needs, for vectors of so many lanes.
  static int64_t ScratchSize(int64_t lanes);

  // How the transposed copy is laid out: depth is the outputs, columns the inputs.
  static PanelShape TransposedShape(const ParameterBlock& weights);

 private:
  // A stretch of inputs whose weights are updated by one task.
  struct InputRange {
    int64_t begin;
    int64_t end;
  };
  int64_t InputRanges() const;
  InputRange InputRangeAt(int64_t index) const;

  void InputGradient(const StepContext& context);
  void ParameterGradients(const StepContext& context);
  void WeightTile(const StepContext& context, Panel panel, InputRange range, float* scratch);
  void BiasTile(const StepContext& context, Panel panel, float* scratch);
  void TransposeTile(const float* parameters, Panel panel, InputRange range);
  double Operations(int64_t rows) const;

  const GemmKernels& kernels_;
  const ParameterBlock& weights_;
  const ParameterBlock* bias_;
  const ValueBuffer& input_;
  const ValueBuffer& output_;
  float* transposed_;
};

}  // namespace layerwise
