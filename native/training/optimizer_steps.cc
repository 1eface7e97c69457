#include "native/training/optimizer_steps.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "native/core/option_reader.h"
#include "native/kernels/instruction_set.h"

namespace layerwise {
namespace {

constexpr std::string_view kWeightDecay = "weightDecay";

TrainingFactors FactorsOf(const ParameterBlock& block, bool decay_biases) {
  TrainingFactors factors = block.factors;
  if (!decay_biases && block.role != ParameterRole::kWeights) factors.weight_decay = 0;
  return factors;
}

}  // namespace

OptimizerSteps::OptimizerSteps(const Choice& choice, bool decay_biases,
                               const ParameterLayout& layout)
    : row_(OptimizersFor(SelectedInstructionSet())[choice.row]),
      settings_(choice.parameters),
      settings_of_group_(choice.parameters) {
  for (const ParameterBlock& block : layout.blocks()) {
    const TrainingFactors factors = FactorsOf(block, decay_biases);
    const auto group = std::find(groups_.begin(), groups_.end(), factors);
    group_of_block_.push_back(static_cast<size_t>(std::distance(groups_.begin(), group)));
    if (group == groups_.end()) groups_.push_back(factors);
  }
  if (groups_.empty()) groups_.emplace_back();
  constants_.resize(groups_.size());
}

StepConstants OptimizerSteps::Next(double learning_rate, const OptimizerSteps* alike) {
  settings_[0] = learning_rate;
  ++done_;
  if (alike != nullptr && IsAlike(*alike)) {
    constants_ = alike->constants_;
  } else {
    std::transform(groups_.begin(), groups_.end(), constants_.begin(),
                   [&](const TrainingFactors& group) { return ConstantsOf(group); });
  }
  StepConstants constants(constants_.front());
  if (groups_.size() == 1) return constants;
  constants.group_of_block = group_of_block_;
  constants.of_groups = constants_;
  return constants;
}

bool OptimizerSteps::IsAlike(const OptimizerSteps& other) const {
  return &row_ == &other.row_ && done_ == other.done_ && settings_ == other.settings_ &&
         groups_ == other.groups_;
}

OptimizerConstants OptimizerSteps::ConstantsOf(const TrainingFactors& group) {
  settings_of_group_ = settings_;
  settings_of_group_[0] *= group.learning_rate;
  for (size_t i = 0; i < settings_.size(); ++i) {
    if (row_.info.parameters[i].name == kWeightDecay) settings_of_group_[i] *= group.weight_decay;
  }
  return row_.prepare(settings_of_group_.data(), done_);
}

void OptimizerSteps::Visit(StateArchive& archive) {
  const StateArchive::Section section(archive, "optimizer");
  archive.Count("steps", done_, kMaxCount);
  archive.FiniteNumber("learningRate", settings_[0]);
}

}  // namespace layerwise
