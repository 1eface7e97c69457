// The code of a variational autoencoder: columns 0 to k-1 of the input are means, columns k to 2k-1
// logarithms of variances, and the output is a sample of those normal distributions; when
// predicting, their means.
#pragma once

#include <cstdint>

#include "native/plan/steps/block_step.h"

namespace layerwise {

class GaussianSamplingStep final : public BlockStep {
 public:
  // `kl_weight` is the factor on the Kullback-Leibler divergence from the standard normal
  // distribution, which is added to the loss of each row.
  GaussianSamplingStep(double kl_weight, const StepSite& site)
      : BlockStep(site), layer_(static_cast<uint32_t>(site.layer)), kl_weight_(kl_weight) {}

  bool HasPenalty() const override { return true; }
  bool PenalisesValues() const override { return true; }
  void AddPenalty(const StepContext& context, int64_t first_row, int64_t rows,
                  double* row_losses) const override;

 private:
  void ForwardBlock(const StepContext& context, const Block& block) const override;
  void BackwardBlock(const StepContext& context, const Block& block) const override;
  void SampleRow(const TrainingPass& pass, int64_t row) const;
  void DifferentiateRow(int64_t row, double scale) const;

  const uint32_t layer_;
  const double kl_weight_;
};

}  // namespace layerwise
