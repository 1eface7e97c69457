#include "native/training/snapshots.h"

#include "native/core/error.h"
#include "native/core/option_reader.h"

namespace layerwise {

SnapshotOptions ReadSnapshotOptions(const ValueReader& options) {
  SnapshotOptions read;
  if (!options.Has("snapshots")) return read;
  const ValueReader snapshots = options.Member("snapshots");
  snapshots.AllowOnly({"everySeconds", "everyEpochs", "everyUpdates"});
  read.enabled = true;
  read.every_epochs = snapshots.IntegerOr("everyEpochs", 1, kMaxCount, 0);
  read.every_updates = snapshots.IntegerOr("everyUpdates", 1, kMaxCount, 0);
  if (!snapshots.Has("everySeconds")) return read;
  const ValueReader seconds = snapshots.Member("everySeconds");
  read.every_seconds = seconds.Number();
  if (read.every_seconds > 0) return read;
  throw Error(ErrorKind::kArgument, seconds.path(), "a number above 0", seconds.value().Describe(),
              "Leave it out for none by time.");
}

bool Snapshots::IsDueAfterBatch(int64_t updates, bool ends_update) {
  if (ends_update && options_.every_updates > 0 && updates % options_.every_updates == 0) {
    is_due_ = true;
  }
  return IsDue();
}

bool Snapshots::IsDueAfterEpoch(int64_t epoch) {
  if (options_.every_epochs > 0 && epoch % options_.every_epochs == 0) is_due_ = true;
  return IsDue();
}

// What is due while the last one is being written stays due.
bool Snapshots::IsDue() {
  if (is_asked_for_.load(std::memory_order_relaxed)) is_due_ = true;
  if (options_.every_seconds > 0 && !is_due_) {
    const std::chrono::duration<double> passed = Clock::now() - last_;
    is_due_ = passed.count() >= options_.every_seconds;
  }
  return is_due_ && is_free_.load(std::memory_order_acquire);
}

RunSnapshot& Snapshots::Next() {
  if (snapshot_ == nullptr || !is_free_.load(std::memory_order_acquire)) {
    snapshot_ = std::make_shared<RunSnapshot>();
  }
  return *snapshot_;
}

std::shared_ptr<const RunSnapshot> Snapshots::Take() {
  is_free_.store(false, std::memory_order_relaxed);
  Skip();
  return snapshot_;
}

void Snapshots::Skip() {
  is_asked_for_.store(false, std::memory_order_relaxed);
  is_due_ = false;
  last_ = Clock::now();
}

}  // namespace layerwise
