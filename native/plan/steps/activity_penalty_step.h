// Passes its input on and makes it cost something: what keeps the codes of an autoencoder sparse.
#pragma once

#include <cstdint>
#include <vector>

#include "native/network/spec.h"
#include "native/plan/steps/block_step.h"

namespace layerwise {

class ActivityPenaltyStep final : public BlockStep {
 public:
  ActivityPenaltyStep(const ActivityPenaltySpec& penalty, const StepSite& site)
      : BlockStep(site), penalty_(penalty), means_(static_cast<size_t>(site.output.columns)) {}

  bool HasPenalty() const override { return true; }
  bool PenalisesValues() const override { return true; }
  void AddPenalty(const StepContext& context, int64_t first_row, int64_t rows,
                  double* row_losses) const override;
  void BeginEvaluation() override;
  double EndEvaluation() override;

 private:
  enum class Rows { kUnmeasured, kOfBatch, kOfEvaluation };

  void BeginForward(const StepContext& context) override;
  void ForwardBlock(const StepContext& context, const Block& block) const override;
  void BackwardBlock(const StepContext& context, const Block& block) const override;
  void ForgetMeans();
  void AddToMeans(const StepContext& context);
  void Diverge();

  const ActivityPenaltySpec penalty_;
  // The means are those of a batch that trains, or of all rows of an evaluation; of other
  // predictions nobody wants them.
  Rows measured_ = Rows::kUnmeasured;
  std::vector<double> means_;  // of each column over the rows, weighted
  double all_weights_ = 0;     // of these rows together
  double divergence_ = 0;      // of the means from the target, summed
};

}  // namespace layerwise
