// Counts the updates of a training and prepares for each what the optimizer needs to know.
#pragma once

#include <cstdint>
#include <vector>

#include "native/core/state_archive.h"
#include "native/kernels/choice.h"
#include "native/kernels/optimizers.h"
#include "native/layers/step.h"

namespace layerwise {

class OptimizerSteps {
 public:
  // `choice` of the table of optimizers; without `decay_biases` weight decay is for weights alone.
  OptimizerSteps(const Choice& choice, bool decay_biases);

  const OptimizerRow& row() const { return row_; }
  int64_t done() const { return done_; }
  // Of the last update; of the choice before the first one.
  double learning_rate() const { return settings_[0]; }
  // What the next update needs, which counts as done.
  StepConstants Next(double learning_rate);

  void Visit(StateArchive& archive);

 private:
  const OptimizerRow& row_;
  std::vector<double> settings_;  // of the current update
  std::vector<double> settings_without_decay_;
  bool decay_biases_;
  int64_t done_ = 0;
};

}  // namespace layerwise
