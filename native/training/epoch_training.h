// A way to train through one epoch after the other: by mini-batches, or by L-BFGS.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "native/core/state_archive.h"
#include "native/training/meter.h"
#include "native/training/non_finite.h"
#include "native/training/run_observer.h"
#include "native/training/run_position.h"
#include "native/training/stop_condition.h"

namespace layerwise {

class EpochTraining {
 public:
  enum class Outcome {
    kEnded,
    kConverged,  // no later epoch would get any further
    kStopped,    // before its end
  };

  // Called between two batches, where everything is as Visit wants it.
  using BetweenBatches = std::function<void(bool ends_update)>;

  virtual ~EpochTraining() = default;
  // Trains through the rest of an epoch from a position on, which moves. The meter, which has what
  // was before, takes the losses and metrics meanwhile. Throws kDivergence.
  virtual Outcome Epoch(RunPosition& position, Meter& meter, RunObserver& observer,
                        StopCondition& stop, const BetweenBatches& between) = 0;
  // So many so far.
  virtual int64_t updates() const = 0;
  // What its optimizer has learnt about the loss.
  virtual void VisitOptimizer(StateArchive& archive) = 0;
  // All that the rest of the training depends on, but for the position.
  virtual void Visit(StateArchive& archive, const RunPosition& position) = 0;
  // The array of a state that has parameters().
  virtual const char* parameters_name() const = 0;
  // The learning rate of the last update.
  virtual double learning_rate() const = 0;
  // Readers and the validation see these.
  virtual const float* parameters() const = 0;
  // How much native memory it takes beside that of the session.
  virtual size_t bytes() const { return 0; }
};

}  // namespace layerwise
