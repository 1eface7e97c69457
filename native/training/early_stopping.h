// Ends a run when what it is judged by has not improved for some epochs.
#pragma once

#include <cstdint>
#include <limits>

#include "native/core/option_reader.h"
#include "native/core/state_archive.h"

namespace layerwise {

struct EarlyStoppingOptions {
  bool enabled = false;
  int64_t patience = 10;
  double min_delta = 0;
  bool restore_best = true;
};

class EarlyStopping {
 public:
  explicit EarlyStopping(const EarlyStoppingOptions& options) : options_(options) {}

  // Takes the score of an epoch, the lower the better; returns whether it is the best so far, by
  // more than min_delta.
  bool Improves(int64_t epoch, double score) {
    if (!(score < best_score_ - options_.min_delta)) {
      ++epochs_without_progress_;
      return false;
    }
    best_score_ = score;
    best_epoch_ = epoch;
    epochs_without_progress_ = 0;
    return true;
  }
  bool IsOver() const { return epochs_without_progress_ >= options_.patience; }
  int64_t best_epoch() const { return best_epoch_; }  // 0: none yet

  void Visit(StateArchive& archive) {
    const StateArchive::Section section(archive, "earlyStopping");
    archive.Number("bestScore", best_score_);
    archive.Count("bestEpoch", best_epoch_, kMaxCount);
    archive.Count("epochsWithoutProgress", epochs_without_progress_, kMaxCount);
  }

 private:
  EarlyStoppingOptions options_;
  double best_score_ = std::numeric_limits<double>::infinity();
  int64_t best_epoch_ = 0;
  int64_t epochs_without_progress_ = 0;
};

}  // namespace layerwise
