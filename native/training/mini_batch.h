// Training by mini-batches: an update from the gradients of each batch, or of several.
#pragma once

#include <cstdint>
#include <memory>

#include "native/data/next_rows.h"
#include "native/training/epoch_training.h"
#include "native/training/kept_statistics.h"
#include "native/training/optimizer_steps.h"
#include "native/training/row_blocks.h"
#include "native/training/run_data.h"
#include "native/training/schedules.h"
#include "native/training/session.h"
#include "native/training/training_options.h"
#include "native/training/weight_average.h"

namespace layerwise {

class MiniBatchTraining : public EpochTraining {
 public:
  // The session has the memory and the parameters to begin with, and its plan the optimizer. All of
  // it outlives this. With `blocks` it takes batches in blocks of rows; else they are null.
  MiniBatchTraining(const TrainingOptions& options, Session& session, RunData& data,
                    OptimizerSteps& optimizer, const LearningRate& learning_rate,
                    Recoveries& recoveries, std::unique_ptr<RowBlocks> blocks);

  Outcome Epoch(RunPosition& position, Meter& meter, RunObserver& observer, StopCondition& stop,
                const BetweenBatches& between) override;
  int64_t updates() const override { return updates_; }
  void VisitOptimizer(StateArchive& archive) override;
  void Visit(StateArchive& archive, const RunPosition& position) override;
  const char* parameters_name() const override;
  double learning_rate() const override { return optimizer_.learning_rate(); }
  // They are the averages where the run keeps any.
  const float* parameters() const override;
  size_t bytes() const override;

  // For whoever makes the passes of batches in its place, without any of the options that defer
  // updates: the random numbers of the next one, and what its update needs. Those of `alike` are
  // taken where they are the same; it may be null.
  TrainingPass NextPass() { return {options_.seed, static_cast<uint64_t>(batches_done_++)}; }
  StepConstants NextUpdate(const OptimizerSteps* alike) {
    return optimizer_.Next(learning_rate_.At(updates_++), alike);
  }

 private:
  // Where a batch stands among those that one update is made of.
  struct PartOfUpdate {
    double share;  // of its rows
    bool is_first;
    bool is_last;
  };
  PartOfUpdate PartOf(int64_t batch) const;
  RowSelection OrderOf(int64_t epoch);
  bool HasAverage() const { return average_ != nullptr && average_->has_begun(); }

  // Does the forward pass of a batch and takes its loss. Returns false where that is not finite and
  // the batch is to be left out, as if it had not been.
  bool Measure(const Dataset& data, RowSelection rows, const PartOfUpdate& part, Meter& meter);
  // The same in blocks of rows, with the backward pass of each.
  void MeasureBlocks(const Dataset& data, const RowSelection& rows, const PartOfUpdate& part,
                     Meter& meter);
  // Does its backward pass, and the update where it ends one. Returns whether there was an update.
  // Without the batch where that is to be left out.
  bool Learn(int64_t rows, const PartOfUpdate& part, const Recovery& here, bool counts);
  bool LearnAtOnce(int64_t rows);
  // Keeps the gradients first.
  bool LearnLater(int64_t rows, const PartOfUpdate& part, const Recovery& here, bool counts);
  bool GradientsAreFinite() const;
  // Throws kDivergence after an epoch without an update.
  void CheckSkipped(const RunPosition& position) const;
  StepConstants NextStep() { return optimizer_.Next(learning_rate_.At(updates_)); }

  const TrainingOptions& options_;
  Session& session_;
  RunData& data_;
  OptimizerSteps& optimizer_;
  const LearningRate& learning_rate_;
  Recoveries& recoveries_;
  std::unique_ptr<WeightAverage> average_;
  std::unique_ptr<RowBlocks> blocks_;  // null where batches are taken as a whole
  NextRows next_rows_;
  bool fetches_next_rows_ = false;
  int64_t fetch_parts_ = 0;  // of the next rows, in each batch
  // Over the whole run; updates that were left out count too, so that the schedule keeps time.
  int64_t batches_done_ = 0;
  int64_t updates_ = 0;
  // Where batches may be left out.
  KeptStatistics statistics_;
  bool leaves_out_ = false;  // the current update
  int64_t left_out_ = 0;     // updates of the current epoch
};

}  // namespace layerwise
