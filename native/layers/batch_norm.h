// Batch normalisation: each column with the statistics of the batch, or with running ones. It is no
// step of its own, but behind one: it works on blocks of columns while they are in the cache.
#pragma once

#include "native/core/arena.h"
#include "native/kernels/batch_norm.h"
#include "native/layers/layer.h"
#include "native/layers/parameter_layout.h"
#include "native/layers/stage.h"

namespace layerwise {

struct BatchNormLayer final : Layer {
  static const LayerType kType;

  double momentum = 0;
  double epsilon = 0;
  bool scale = true;  // whether there is one
  bool shift = true;

  bool measures_batch() const override { return !frozen; }
  void AddTensors(TensorList& to) const override;
  void Lower(Lowering& plan) const override;
};

class BatchNorm final : public ValueNorm {
 public:
  // In a plan that only predicts, or of a frozen layer, it uses the running statistics.
  BatchNorm(const BatchNormLayer& spec, const NormSite& site);

  bool UsesBatch() const override { return uses_batch_; }

  void Reserve(StepReservation& memory, int64_t columns) override;
  void Bind(const StepMemory& memory) override;

  void Forward(const StepContext& context, const ValueBuffer& value,
               const Block& block) const override;
  void Backward(const StepContext& context, const ValueBuffer& value,
                const Block& block) const override;

 private:
  void BackwardOfBatch(const StepContext& context, const ValueBuffer& value, int64_t first_column,
                       int64_t columns) const;
  BatchNormColumns Columns(const StepContext& context, const ValueBuffer& value,
                           const Block& block) const;

  const BatchNormKernels& kernels_;
  const ParameterBlock* scale_;  // or null
  const ParameterBlock* shift_;  // or null
  const ParameterBlock& running_mean_;
  const ParameterBlock& running_variance_;
  float momentum_;
  float epsilon_;
  const bool uses_batch_;
  // The statistics of a batch, kept for the backward pass: (columns), padded.
  Slot<float> mean_slot_;
  Slot<float> inverse_slot_;
  float* saved_mean_ = nullptr;
  float* saved_inverse_ = nullptr;
};

}  // namespace layerwise
