// Training by L-BFGS: an epoch is one iteration, over all rows as often as its line search asks.
#pragma once

#include <cstdint>
#include <optional>

#include "native/training/epoch_training.h"
#include "native/training/kept_statistics.h"
#include "native/training/lbfgs.h"
#include "native/training/run_data.h"
#include "native/training/session.h"
#include "native/training/training_options.h"

namespace layerwise {

class FullBatchTraining : public EpochTraining {
 public:
  // The session has the memory and the parameters to begin with, and its plan keeps gradients. All
  // of it outlives this.
  FullBatchTraining(const TrainingOptions& options, Session& session, const RunData& data);

  // The meter measures the parameters that the epoch begins with. When stopped, these stay.
  Outcome Epoch(RunPosition& position, Meter& meter, RunObserver& observer, StopCondition& stop,
                const BetweenBatches& between) override;
  int64_t updates() const override { return updates_; }
  void VisitOptimizer(StateArchive& archive) override { lbfgs_.Visit(archive, point_.size()); }
  // Between two iterations.
  void Visit(StateArchive& archive, const RunPosition& position) override;
  const char* parameters_name() const override { return TrainedParameters::kName; }
  double learning_rate() const override { return options_.optimizer.parameters[0]; }
  const float* parameters() const override { return session_.parameters(); }

 private:
  // Loss and gradient of the session's parameters over all rows; nothing when stopped. The observer
  // is told of the first pass of an epoch alone.
  std::optional<double> Pass(Meter& meter, RunObserver* observer, StopCondition& stop);
  Lbfgs::Outcome Iterate(Meter& meter, RunObserver& observer, StopCondition& stop);
  // Both copy between the trainable parameters and one vector.
  void Gather(const float* from, Lbfgs::Vector& to) const;
  void MoveTo(const Lbfgs::Vector& point);

  const TrainingOptions& options_;
  Session& session_;
  const RunData& data_;
  Lbfgs lbfgs_;
  Lbfgs::Vector point_;
  Lbfgs::Vector gradient_;
  KeptStatistics statistics_;  // as the iteration began with them
  int64_t updates_ = 0;
};

}  // namespace layerwise
