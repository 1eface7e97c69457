// The options of a training run, read and checked.
#pragma once

#include <cstdint>

#include "native/core/value.h"
#include "native/kernels/choice.h"
#include "native/network/precision.h"
#include "native/plan/deferred_update.h"
#include "native/training/early_stopping.h"

namespace layerwise {

struct TrainingOptions {
  int64_t epochs = 0;
  int64_t batch_size = 0;
  Choice optimizer;         // of the table of optimizers
  bool full_batch = false;  // or L-BFGS, whose parameters are then those of `optimizer`
  Choice schedule;
  bool shuffle = true;
  uint32_t seed = 0;
  int threads = 1;
  double validation_split = 0;
  double progress_seconds = 0.1;
  Precision precision = Precision::kFloat32;

  int64_t accumulate_batches = 1;  // batches per update
  GradientClipping clipping;
  bool decay_biases = true;   // whether weight decay is for all parameters
  double average_decay = -1;  // of the moving average of the weights; negative: none
  EarlyStoppingOptions early_stopping;

  // Whether an update has to wait until all gradients are known.
  bool DefersUpdates() const { return accumulate_batches > 1 || clipping.enabled(); }
  bool Averages() const { return average_decay >= 0; }
};

// All but what monitors read (monitor.h).
TrainingOptions ReadTrainingOptions(const ValueReader& options);

// The options of a loop by hand, which says by itself when and how far to step.
struct ManualOptions {
  Choice optimizer;
  int64_t batch_size = 0;  // rows of a pass at most
  uint32_t seed = 0;
  int threads = 1;
  Precision precision = Precision::kFloat32;
  GradientClipping clipping;
  bool decay_biases = true;
  bool input_gradient = false;
};

ManualOptions ReadManualOptions(const ValueReader& options);

// The threads to use, where the options do not say it.
int ReadThreads(const ValueReader& options);

// Reads { seed? }; 0 when it is not given.
uint32_t ReadSeed(const ValueReader& options);

}  // namespace layerwise
