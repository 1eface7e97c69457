// Watches a run from batch to batch: whether its numbers stay finite, what somebody wants to see of
// its layers, and how far it has got.
#pragma once

#include <chrono>
#include <cstdint>

#include "native/training/events.h"
#include "native/training/inspection.h"
#include "native/training/meter.h"
#include "native/training/session.h"

namespace layerwise {

class RunObserver {
 public:
  // The meter is that of the training; `inspection` is null unless somebody wants statistics. All
  // of it outlives this.
  RunObserver(const Session& session, Meter& meter, Inspection* inspection, EventSink& sink,
              int64_t batches_in_epoch, double progress_seconds);

  // The meter has what was before, which has taken so long.
  void BeginEpoch(int64_t epoch, double seconds_before);
  double SecondsOfEpoch() const;

  // Called after the loss of a batch has been metered and before its gradients are used. Throws
  // kDivergence where the loss is not finite.
  void CheckLoss(int64_t batch, int64_t rows);
  // The sum of losses that the meter has is known to be finite.
  void LossIsFinite() { loss_before_ = meter_.loss_sum(); }
  // Called around an update, counted from 1 over the whole run.
  void BeforeUpdate(int64_t update, bool ends_epoch);
  void AfterUpdate();
  // Called after a batch that does not end the epoch.
  void ReportProgress(int64_t batch);
  // Called after the epoch. Throws kDivergence where a parameter is not finite.
  void CheckParameters() const;
  bool ParametersAreFinite() const { return FirstNonFinite() == nullptr; }

 private:
  using Clock = std::chrono::steady_clock;

  const ParameterBlock* FirstNonFinite() const;

  const Session& session_;
  Meter& meter_;
  Inspection* inspection_;
  EventSink& sink_;
  const int64_t batches_in_epoch_;
  const double progress_seconds_;

  int64_t epoch_ = 0;
  int64_t update_ = 0;
  bool inspects_ = false;      // the current update
  double loss_before_ = 0;     // the sum of losses before the current batch
  double seconds_before_ = 0;  // of the epoch
  Clock::time_point epoch_start_;
  Clock::time_point last_progress_;
};

// Rows in a second; 0 where no time has passed.
double RowsPerSecond(int64_t rows, double seconds);

}  // namespace layerwise
