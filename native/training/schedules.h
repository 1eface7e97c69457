// Learning-rate schedules: one row each, a function from the progress of a run to the rate of an
// update. Lengths are in epochs and may be fractions, so that a schedule does not depend on the
// batch size; the rate changes with every update.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "native/core/state_archive.h"
#include "native/kernels/choice.h"
#include "native/kernels/row_info.h"

namespace layerwise {

// How far a run has got when an update begins, behind the warm-up.
struct ScheduleTime {
  double epoch = 0;   // done, with fractions
  double epochs = 0;  // of the whole run
  double steps_per_epoch = 1;
  int64_t reductions = 0;  // how often the score has come to a plateau
};

struct ScheduleRow {
  RowInfo info;
  // `parameters` in the order of info.parameters, the two of the warm-up last.
  double (*rate)(double base, const double* parameters, const ScheduleTime& time) = nullptr;
};

std::span<const ScheduleRow> Schedules();

// The rate of every update of one run.
class LearningRate {
 public:
  // `base`: the learning rate of the optimizer.
  LearningRate(const Choice& choice, double base, int64_t epochs, int64_t steps_per_epoch);

  double At(int64_t steps_done) const;
  // From now on all rates are multiplied by this.
  void set_share(double share) { share_ = share; }
  // For schedules that listen: the score of an epoch, the lower the better.
  void EpochEnded(double score);

  void Visit(StateArchive& archive);

 private:
  const ScheduleRow& row_;
  std::vector<double> parameters_;
  double base_;
  ScheduleTime time_;
  double warmup_epochs_;
  double warmup_factor_;
  double share_ = 1;
  // Of reduceOnPlateau.
  double best_score_ = std::numeric_limits<double>::infinity();
  double epochs_without_progress_ = 0;
  double cooldown_left_ = 0;
};

}  // namespace layerwise
