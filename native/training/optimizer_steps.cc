#include "native/training/optimizer_steps.h"

#include <string_view>

#include "native/core/option_reader.h"
#include "native/kernels/instruction_set.h"

namespace layerwise {
namespace {

constexpr std::string_view kWeightDecay = "weightDecay";

}  // namespace

OptimizerSteps::OptimizerSteps(const Choice& choice, bool decay_biases)
    : row_(OptimizersFor(SelectedInstructionSet())[choice.row]),
      settings_(choice.parameters),
      decay_biases_(decay_biases) {}

StepConstants OptimizerSteps::Next(double learning_rate) {
  settings_[0] = learning_rate;
  StepConstants constants(row_.prepare(settings_.data(), ++done_));
  if (decay_biases_) return constants;
  settings_without_decay_ = settings_;
  for (size_t i = 0; i < settings_.size(); ++i) {
    if (row_.info.parameters[i].name == kWeightDecay) settings_without_decay_[i] = 0;
  }
  constants.others = row_.prepare(settings_without_decay_.data(), done_);
  return constants;
}

void OptimizerSteps::Visit(StateArchive& archive) {
  const StateArchive::Section section(archive, "optimizer");
  archive.Count("steps", done_, kMaxCount);
  archive.FiniteNumber("learningRate", settings_[0]);
}

}  // namespace layerwise
