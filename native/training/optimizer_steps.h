// Counts the updates of a training and prepares for each what the optimizer needs to know.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "native/core/state_archive.h"
#include "native/kernels/choice.h"
#include "native/kernels/optimizers.h"
#include "native/layers/parameter_layout.h"
#include "native/layers/step.h"

namespace layerwise {

class OptimizerSteps {
 public:
  // `choice` of the table of optimizers; without `decay_biases` weight decay is for weights alone.
  OptimizerSteps(const Choice& choice, bool decay_biases, const ParameterLayout& layout);

  const OptimizerRow& row() const { return row_; }
  int64_t done() const { return done_; }
  // Of the last update; of the choice before the first one.
  double learning_rate() const { return settings_[0]; }
  // What the next update needs, which counts as done. Valid until the one after it.
  // Computing it takes longer than comparing: what another one computed last is taken over where
  // both are at the same step of the same optimizer with the same settings.
  StepConstants Next(double learning_rate, const OptimizerSteps* alike = nullptr);

  void Visit(StateArchive& archive);

 private:
  OptimizerConstants ConstantsOf(const TrainingFactors& group);
  bool IsAlike(const OptimizerSteps& other) const;

  const OptimizerRow& row_;
  std::vector<double> settings_;           // of the current update
  std::vector<double> settings_of_group_;  // scratch
  // Blocks of parameters that are treated alike.
  std::vector<TrainingFactors> groups_;
  std::vector<size_t> group_of_block_;
  std::vector<OptimizerConstants> constants_;  // by group
  int64_t done_ = 0;
};

}  // namespace layerwise
