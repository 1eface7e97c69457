// A way to train through one epoch after the other: by mini-batches, or by L-BFGS.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "native/training/meter.h"
#include "native/training/run_observer.h"

namespace layerwise {

class EpochTraining {
 public:
  enum class Outcome {
    kEnded,
    kConverged,  // no later epoch would get any further
    kStopped,    // before its end
  };

  virtual ~EpochTraining() = default;
  // Trains through an epoch, whose losses and metrics the meter takes meanwhile. Throws
  // kDivergence.
  virtual Outcome Epoch(int64_t epoch, Meter& meter, RunObserver& observer,
                        const std::atomic<bool>& stop) = 0;
  // The learning rate of the last update.
  virtual double learning_rate() const = 0;
  // Readers and the validation see these.
  virtual const float* parameters() const = 0;
  // How much native memory it takes beside that of the session.
  virtual size_t bytes() const { return 0; }
};

}  // namespace layerwise
