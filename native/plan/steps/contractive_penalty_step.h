// Passes its input on and penalises the Jacobian of the dense layer before it, y = f(W x + b), for
// every row (Rifai et al. 2011): weight ||dy/dx||^2 = weight sum_j f'(z_j)^2 ||w_j||^2, in the norm
// of Frobenius, w_j being the weights of unit j.
#pragma once

#include <cstdint>
#include <vector>

#include "native/plan/steps/step.h"
#include "native/plan/steps/weight_regulariser.h"

namespace layerwise {

class ContractivePenaltyStep final : public Step {
 public:
  // `slopes` (rows of the batch, columns) keeps f'(z); `weights` are those of the dense step.
  ContractivePenaltyStep(double weight, const ValueBuffer& input, const ValueBuffer& output,
                         const MatrixView& slopes, WeightRegulariser& weights)
      : weight_(weight),
        input_(input),
        output_(output),
        slopes_(slopes),
        weights_(weights),
        norms_(static_cast<size_t>(output.columns)) {
    weights_.ExpectFactors();
  }

  void Forward(const StepContext& context) override;
  void Backward(const StepContext& context) override;
  void AddPenalty(const StepContext& context, int64_t first_row, int64_t rows,
                  double* row_losses) const override;

 private:
  ActivationGradientBlock Derivatives(int64_t first_row, int64_t rows,
                                      const MatrixView& factors) const;
  void DifferentiateInput(const StepContext& context) const;
  void DifferentiateWeights(const StepContext& context) const;

  const double weight_;
  const ValueBuffer& input_;
  const ValueBuffer& output_;
  const MatrixView slopes_;
  WeightRegulariser& weights_;
  std::vector<double> norms_;  // ||w_j||^2
};

}  // namespace layerwise
