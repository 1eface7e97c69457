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
  // Right behind a dense step.
  ContractivePenaltyStep(double weight, const StepSite& site);

  void Reserve(StepReservation& memory) override;
  void Bind(const StepMemory& memory) override;
  bool HasPenalty() const override { return true; }
  bool PenalisesValues() const override { return true; }
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
  const int64_t batch_rows_;
  Slot<float> slopes_slot_;
  MatrixView slopes_;           // f'(z), (rows of the batch, columns)
  WeightRegulariser& weights_;  // of the dense step
  std::vector<double> norms_;   // ||w_j||^2
};

}  // namespace layerwise
