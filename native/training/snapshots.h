// Snapshots of a run: what they hold, when one is due, and whose turn it is. One is under way at a
// time, so that a disk that is slow never queues up memory: the next one is late until it is
// written.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "native/core/state_archive.h"
#include "native/core/value.h"
#include "native/training/run_position.h"

namespace layerwise {

// All that a run needs to go on, and how far it has got.
struct RunSnapshot {
  RunPosition position;
  int64_t updates = 0;
  bool complete = false;  // the run was over, and not stopped
  std::string weights;    // the array with the parameters that the network has, or ends with
  SavedState state;
};

// 0 for never.
struct SnapshotOptions {
  bool enabled = false;  // whether there is one at the end too
  double every_seconds = 0;
  int64_t every_epochs = 0;
  int64_t every_updates = 0;
};

// Reads the option snapshots: { everySeconds, everyEpochs, everyUpdates }, each of which may be
// left out.
SnapshotOptions ReadSnapshotOptions(const ValueReader& options);

class Snapshots {
 public:
  explicit Snapshots(const SnapshotOptions& options) : options_(options) {}

  // From any thread: asks for one after the batch that runs.
  void Ask() noexcept { is_asked_for_.store(true, std::memory_order_relaxed); }
  // From any thread: nobody needs the memory of the last one any more.
  void Release() noexcept { is_free_.store(true, std::memory_order_release); }

  // What follows is for the thread that trains.

  const SnapshotOptions& options() const { return options_; }
  // Called after each batch, and after each epoch; says whether to take one now.
  bool IsDueAfterBatch(int64_t updates, bool ends_update);
  bool IsDueAfterEpoch(int64_t epoch);
  // The one to fill, in the memory of the last one where nobody needs that. `Take` gives it away.
  RunSnapshot& Next();
  std::shared_ptr<const RunSnapshot> Take();
  // It could not be filled: the next one is due as if it had been.
  void Skip();

 private:
  using Clock = std::chrono::steady_clock;
  bool IsDue();

  const SnapshotOptions options_;
  std::atomic<bool> is_asked_for_{false};
  std::atomic<bool> is_free_{true};
  bool is_due_ = false;
  Clock::time_point last_ = Clock::now();
  std::shared_ptr<RunSnapshot> snapshot_;
};

}  // namespace layerwise
