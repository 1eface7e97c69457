// The options of a training run, read and checked.
#pragma once

#include <cstdint>
#include <limits>

#include "native/core/option_reader.h"
#include "native/core/value.h"
#include "native/kernels/choice.h"
#include "native/network/precision.h"
#include "native/plan/deferred_update.h"
#include "native/training/early_stopping.h"
#include "native/training/non_finite.h"
#include "native/training/snapshots.h"

namespace layerwise {

// The threads to use, where the options do not say it.
int ReadThreads(const ValueReader& options);
// Reads { seed? }; 0 when it is not given.
uint32_t ReadSeed(const ValueReader& options);

// Each reads one option out of all.
Choice ReadOptimizer(const ValueReader& options);     // of the table
Choice ReadAnyOptimizer(const ValueReader& options);  // L-BFGS too, which is no row of it
Choice ReadSchedule(const ValueReader& options);
GradientClipping ReadClipping(const ValueReader& options);
double ReadSplit(const ValueReader& options);
double ReadProgressSeconds(const ValueReader& options);
double ReadAverageDecay(const ValueReader& options);
EarlyStoppingOptions ReadEarlyStopping(const ValueReader& options);
double ReadTimeLimit(const ValueReader& options);

// What follows a batch, in a run as in a loop by hand. Each option is a member and a line of Visit.
struct UpdateOptions {
  int64_t batch_size = 0;  // rows of a pass at most
  uint32_t seed = 0;
  int threads = 1;
  Precision precision = Precision::kFloat32;
  GradientClipping clipping;
  bool decay_biases = true;  // whether weight decay is for all parameters

  void Visit(OptionReader& options) {
    options.Integer("batchSize", 1, kMaxRows, batch_size);
    options.Read("seed", ReadSeed, seed);
    options.Read("threads", ReadThreads, threads);
    options.Read("precision", ReadPrecision, precision);
    options.Read("gradientClipping", ReadClipping, clipping);
    options.OptionalFlag("decayBiases", decay_biases);
  }
};

struct TrainingOptions : UpdateOptions {
  int64_t epochs = 0;
  Choice optimizer;         // of the table of optimizers
  bool full_batch = false;  // or L-BFGS, whose parameters are then those of `optimizer`
  Choice schedule;
  bool shuffle = true;
  double validation_split = 0;
  double progress_seconds = 0.1;

  int64_t accumulate_batches = 1;  // batches per update
  double average_decay = -1;       // of the moving average of the weights; negative: none
  EarlyStoppingOptions early_stopping;
  double time_limit = std::numeric_limits<double>::infinity();  // in seconds
  SnapshotOptions snapshots;
  NonFiniteOptions on_non_finite;
  bool warm_start = false;  // with the optimizer of the run before

  void Visit(OptionReader& options) {
    options.Integer("epochs", 1, kMaxCount, epochs);
    options.Read("optimizer", ReadAnyOptimizer, optimizer);
    options.Read("schedule", ReadSchedule, schedule);
    UpdateOptions::Visit(options);
    options.OptionalFlag("shuffle", shuffle);
    options.Read("validation", ReadSplit, validation_split);
    options.Read("progressIntervalMs", ReadProgressSeconds, progress_seconds);
    options.OptionalInteger("accumulateBatches", 1, kMaxRows, accumulate_batches);
    options.Read("averaging", ReadAverageDecay, average_decay);
    options.Read("earlyStopping", ReadEarlyStopping, early_stopping);
    options.Read("timeLimit", ReadTimeLimit, time_limit);
    options.Read("snapshots", ReadSnapshotOptions, snapshots);
    options.Read("onNonFinite", ReadNonFinite, on_non_finite);
    options.OptionalFlag("warmStart", warm_start);
    options.Others({"monitor", "statistics", "loss", "metrics", "classWeights", "outputs"});
  }

  // Whether an update has to wait until all gradients are known.
  bool DefersUpdates() const {
    return accumulate_batches > 1 || clipping.enabled() || SkipsBatches();
  }
  bool SkipsBatches() const { return on_non_finite.action == NonFiniteAction::kSkipBatch; }
  bool RollsBack() const { return on_non_finite.action == NonFiniteAction::kRollback; }
  bool Averages() const { return average_decay >= 0; }
};

// All but what monitors read (monitor.h).
TrainingOptions ReadTrainingOptions(const ValueReader& options);

// The options of a loop by hand, which says by itself when and how far to step.
struct ManualOptions : UpdateOptions {
  Choice optimizer;
  bool input_gradient = false;

  void Visit(OptionReader& options) {
    options.Read("optimizer", ReadOptimizer, optimizer);
    UpdateOptions::Visit(options);
    options.OptionalFlag("inputGradient", input_gradient);
  }
};

ManualOptions ReadManualOptions(const ValueReader& options);

}  // namespace layerwise
