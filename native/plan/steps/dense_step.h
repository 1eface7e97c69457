// A dense layer: y = f(x W^T + b), its gradients, and the update of W and b as soon as they are
// known.
#pragma once

#include <memory>

#include "native/kernels/gemm.h"
#include "native/plan/steps/dense_arithmetic.h"
#include "native/plan/steps/step.h"

namespace layerwise {

class DenseStep final : public Step {
 public:
  DenseStep(const DenseBuffers& buffers, std::unique_ptr<DenseArithmetic> arithmetic);

  void Prepare(const StepContext& context) override;
  void Forward(const StepContext& context) override;
  void Backward(const StepContext& context) override;

  // Floats of scratch memory that one thread needs, for vectors of so many lanes; with packed
  // operands more.
  static int64_t ScratchSize(int64_t lanes);
  static int64_t PackingScratchSize(int64_t lanes, int64_t batch_rows);

 private:
  int64_t InputRanges() const;
  InputRange InputRangeAt(int64_t index) const;

  void ForwardOfFewRows(const StepContext& context);
  void InputGradient(const StepContext& context);
  void ParameterGradients(const StepContext& context);
  void PackGradient(const StepContext& context);
  void UpdateWeights(const StepContext& context, Panel panel, InputRange range, float* scratch,
                     const float* packed);
  void UpdateBias(const StepContext& context, Panel panel, float* scratch);
  double Operations(int64_t rows) const;

  const GemmKernels& kernels_;
  const DenseBuffers buffers_;
  std::unique_ptr<DenseArithmetic> arithmetic_;
};

}  // namespace layerwise
