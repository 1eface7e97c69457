// A dense layer: y = f(x W^T + b), its gradients, and the update of W and b as soon as they are
// known. A tied one, y = f(x W + b), hands its gradient of W to the layer that owns the weights.
#pragma once

#include <memory>

#include "native/kernels/gemm.h"
#include "native/plan/steps/dense_arithmetic.h"
#include "native/plan/steps/step.h"
#include "native/plan/steps/weight_regulariser.h"

namespace layerwise {

// How the gradient of weights goes from the layers that are tied to the layer that owns them, which
// runs backward after them.
struct TiedGradient {
  float* tiles = nullptr;  // in panels as the weights; null where there is nothing to hand over
  bool is_first = true;    // of the tied layers, in the order of the backward pass
};

class DenseStep final : public Step {
 public:
  // `keeps_copies`: whether it is this step that brings copies of the weights up to date.
  DenseStep(const DenseBuffers& buffers, std::unique_ptr<DenseArithmetic> arithmetic,
            TiedGradient tied_gradient, bool keeps_copies);
  // Takes on the penalties of a layer and the bound on its weights.
  void Regularise(const LayerSpec& layer);
  // Measures the weights, also where the layer has neither.
  WeightRegulariser& MeasuredWeights();

  void Prepare(const StepContext& context) override;
  void Forward(const StepContext& context) override;
  void Backward(const StepContext& context) override;
  void Constrain(const StepContext& context, float* parameters) override;
  void AddPenalty(const StepContext& context, int64_t first_row, int64_t rows,
                  double* row_losses) const override;

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
  void HandOver(Panel panel, InputRange range, const float* tile) const;
  void AddTied(Panel panel, InputRange range, float* tile) const;
  void UpdateTiedBias(const StepContext& context);
  void AllWeightsChanged(const StepContext& context);
  void WeightsChanged(const StepContext& context, Panel panel, InputRange range, float* scratch);
  void UpdateBias(const StepContext& context, Panel panel, float* scratch);
  void BiasChanged(const StepContext& context, Panel panel);
  // Where a tile begins in the weights; where it, or a panel of the bias, does among the
  // parameters.
  int64_t PlaceOf(Panel panel, InputRange range) const;
  int64_t TileOffset(Panel panel, InputRange range) const {
    return buffers_.weights.offset + PlaceOf(panel, range);
  }
  int64_t BiasOffset(Panel panel) const { return buffers_.bias->offset + panel.first_column; }
  double Operations(int64_t rows) const;

  const GemmKernels& kernels_;
  const DenseBuffers buffers_;
  std::unique_ptr<DenseArithmetic> arithmetic_;
  const TiedGradient tied_gradient_;
  const bool keeps_copies_;
  // Null where there is nothing to do.
  std::unique_ptr<WeightRegulariser> weight_regulariser_;
  std::unique_ptr<WeightRegulariser> bias_regulariser_;
  double penalty_ = 0;  // of the parameters in the forward pass
};

}  // namespace layerwise
