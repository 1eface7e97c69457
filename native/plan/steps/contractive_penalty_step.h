// Passes its input on and penalises the Jacobian of the dense layer before it, y = f(W x + b), for
// every row (Rifai et al. 2011): weight ||dy/dx||^2 = weight sum_j f'(z_j)^2 ||w_j||^2, in the norm
// of Frobenius, w_j being the weights of unit j.
#pragma once

#include <cstdint>
#include <vector>

#include "native/plan/steps/block_step.h"
#include "native/plan/steps/weight_regulariser.h"

namespace layerwise {

class ContractivePenaltyStep final : public BlockStep {
 public:
  // `slopes` (rows of the batch, columns) keeps f'(z); `weights` are those of the dense step.
  ContractivePenaltyStep(double weight, const ValueBuffer& input, const ValueBuffer& output,
                         const MatrixView& slopes, WeightRegulariser& weights)
      : BlockStep(input, output),
        weight_(weight),
        slopes_(slopes),
        weights_(weights),
        norms_(static_cast<size_t>(output.columns)) {
    weights_.ExpectFactors();
  }

  void AddPenalty(const StepContext& context, int64_t first_row, int64_t rows,
                  double* row_losses) const override;

 private:
  ActivationGradientBlock Derivatives(const Block& block, const MatrixView& factors) const;
  void BeginForward(const StepContext& context) override;
  void ForwardBlock(const StepContext& context, const Block& block) const override;
  void BackwardBlock(const StepContext& context, const Block& block) const override;
  void BackwardParameters(const StepContext& context) override;
  void DifferentiateWeights(const StepContext& context, const Block& block) const;

  const double weight_;
  const MatrixView slopes_;
  WeightRegulariser& weights_;
  std::vector<double> norms_;  // ||w_j||^2
};

}  // namespace layerwise
