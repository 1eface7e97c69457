// A dense layer: y = f(x W^T + b), its gradients, and the update of W and b as soon as they are
// known. A tied one, y = f(x W + b), hands its gradient of W to the layer that owns the weights.
#pragma once

#include <memory>
#include <vector>

#include "native/kernels/gemm.h"
#include "native/layers/dense/dense_arithmetic.h"
#include "native/layers/dense/other_half.h"
#include "native/layers/dense/weight_regulariser.h"
#include "native/layers/lowering.h"
#include "native/layers/step.h"

namespace layerwise {

// How the gradient of weights goes from the layers that are tied to the layer that owns them, which
// runs backward after them.
struct TiedGradient {
  float* tiles = nullptr;  // in panels as the weights; null where there is nothing to hand over
  bool is_first = true;    // of the tied layers, in the order of the backward pass
};

// Gives the plan such a step for the layer, whose weights may be those of another one.
Stage& AddDenseStage(Lowering& plan, const WeightRules& rules, int64_t tied_to = -1);
// What makes one that has no rules and weights of its own.
MakeStep PlainDenseStep();

class DenseStep final : public Step {
 public:
  DenseStep(const WeightRules& rules, bool is_tied, const StepSite& site);
  // Measures the weights, also where the layer has neither penalties nor bounds.
  WeightRegulariser& MeasuredWeights();

  void Reserve(StepReservation& memory) override;
  void Bind(const StepMemory& memory) override;
  bool HasPenalty() const override { return has_rules_; }
  bool TakesRowsApart() const override { return !has_rules_; }
  bool HasBounds() const override {
    return weight_regulariser_ != nullptr && weight_regulariser_->bounds();
  }
  void Prepare(const StepContext& context) override;
  void Forward(const StepContext& context) override;
  void Backward(const StepContext& context) override;
  void Constrain(const StepContext& context, float* parameters) override;
  void AddPenalty(const StepContext& context, int64_t first_row, int64_t rows,
                  double* row_losses) const override;

 private:
  void Regularise(const WeightRules& rules);
  void ReserveCopies(StepReservation& memory);
  bool PacksGradient() const;
  bool PacksInputs() const;
  // Floats of scratch memory that one thread needs for a tile.
  int64_t TileSize() const;

  // The step that keeps the copies of the weights: the one whose they are, if the plan has it.
  const DenseStep& WeightsOwner() const { return owner_ != nullptr ? *owner_ : *this; }
  bool KeepsCopies() const { return owner_ == nullptr; }
  int64_t InputRanges() const;
  InputRange InputRangeAt(int64_t index) const;

  std::unique_ptr<DenseArithmetic> MakeArithmetic(const DenseBuffers& buffers,
                                                  const StepMemory& memory) const;
  void ForwardOfFewRows(const StepContext& context);
  void ForwardInHalves(const StepContext& context, Companion& companion);
  void ForwardOfPanels(const StepContext& context, int64_t first, int64_t end);
  void FinishPanels(const StepContext& context, int64_t first, int64_t end) const;
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

  const StepKernels& kernels_;
  const int64_t batch_rows_;
  const bool trains_;
  const bool input_has_gradient_;
  DenseStep* const owner_;              // of the weights, where they are tied and it is in the plan
  std::vector<const DenseStep*> tied_;  // those whose owner this one is, in the order of the plan
  const std::unique_ptr<FoldedNorm> folded_;
  const DenseBuffers buffers_;
  // Copies of the weights in other layouts and precisions.
  Slot<float> transposed_slot_;
  Slot<uint32_t> bf16_weights_slot_;
  Slot<uint32_t> bf16_transposed_slot_;
  Slot<float> tied_gradient_slot_;
  std::unique_ptr<DenseArithmetic> arithmetic_;
  std::unique_ptr<OtherHalf> other_half_;  // null where it never pays
  TiedGradient tied_gradient_;
  bool has_rules_ = false;
  // Null where there is nothing to do.
  std::unique_ptr<WeightRegulariser> weight_regulariser_;
  std::unique_ptr<WeightRegulariser> bias_regulariser_;
  double penalty_ = 0;  // of the parameters in the forward pass
};

// The dense step that a plan has put in a place; throws std::logic_error where it is another.
DenseStep& DenseStepAt(Step* step);

}  // namespace layerwise
