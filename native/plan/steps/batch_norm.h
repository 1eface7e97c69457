// Batch normalisation behind a step: works on blocks of columns while they are in the cache.
#pragma once

#include "native/kernels/batch_norm.h"
#include "native/network/parameters.h"
#include "native/plan/steps/step.h"

namespace layerwise {

class BatchNorm {
 public:
  // `saved_mean` and `saved_inverse` keep a batch's statistics for the backward pass: (columns),
  // padded. Null in a plan that only predicts and for a frozen layer: running statistics are used.
  BatchNorm(const NetworkSpec& spec, const ParameterLayout& layout, size_t layer, float* saved_mean,
            float* saved_inverse);

  // Whether it measures the batch, and needs all its rows at once.
  bool UsesBatch() const { return saved_mean_ != nullptr; }

  void Forward(const StepContext& context, const ValueBuffer& value, const Block& block) const;
  // Turns a block of dL/du into dL/dz; gives the gradients of scale and shift to the sink.
  void Backward(const StepContext& context, const ValueBuffer& value, const Block& block) const;

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
  float* saved_mean_;
  float* saved_inverse_;
};

}  // namespace layerwise
