// A rectifier with a learned slope for negative inputs (He et al. 2015): y = x > 0 ? x : a x, with
// one a for all columns or one for each.
#pragma once

#include "native/network/parameters.h"
#include "native/plan/steps/block_step.h"

namespace layerwise {

class PreluStep final : public BlockStep {
 public:
  explicit PreluStep(const StepSite& site)
      : BlockStep(site),
        slopes_(*site.layout.Find(site.layer, ParameterRole::kScale)),
        is_shared_(slopes_.panels.columns == 1 && site.output.columns > 1) {}

 private:
  void ForwardBlock(const StepContext& context, const Block& block) const override;
  void BackwardBlock(const StepContext& context, const Block& block) const override;
  void BackwardParameters(const StepContext& context) override;
  float Slope(const StepContext& context, int64_t column) const {
    return context.parameters[slopes_.offset + (is_shared_ ? 0 : column)];
  }
  void DifferentiateSlopes(const StepContext& context) const;
  void DifferentiateSharedSlope(const StepContext& context) const;
  // The sum over the rows of dL/dy x where x is negative.
  double SlopeGradient(int64_t rows, int64_t column) const;

  const ParameterBlock& slopes_;
  const bool is_shared_;
};

}  // namespace layerwise
