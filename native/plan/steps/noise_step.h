// A layer that disturbs its input while training: dropout, noise, corruption. The random numbers
// follow from the seed, the batch, the layer and the place of an element, so threads change
// nothing; the backward pass draws them again instead of keeping them.
#pragma once

#include <cstdint>

#include "native/kernels/noise.h"
#include "native/network/spec.h"
#include "native/plan/steps/block_step.h"

namespace layerwise {

class NoiseStep final : public BlockStep {
 public:
  NoiseStep(const NoiseSpec& noise, const StepSite& site);

 private:
  void ForwardBlock(const StepContext& context, const Block& block) const override;
  void BackwardBlock(const StepContext& context, const Block& block) const override;

  // Which numbers an element of the batch takes.
  NoiseStream StreamOf(const TrainingPass& pass, uint32_t sequence) const;
  uint32_t FirstBlock(int64_t row) const;

  void DisturbRow(const StepContext& context, int64_t row) const;
  void DifferentiateRow(const TrainingPass& pass, int64_t row) const;

  // Calls fn(column, row to take from) for some columns of a row.
  template <typename F>
  void ForSources(const StepContext& context, int64_t row, int64_t first_column, int64_t columns,
                  F&& fn) const;
  void DifferentiateSwaps(const StepContext& context, const Block& block) const;

  const NoiseKernels& kernels_;
  const NoiseKind kind_;
  const uint32_t layer_;
  const NoiseReplacement replacement_;
  const float deviation_;
};

}  // namespace layerwise
