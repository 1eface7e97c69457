#include "native/plan/trained_parameters.h"

#include <algorithm>
#include <string>

#include "native/core/error.h"
#include "native/core/option_reader.h"

namespace layerwise {

void TrainedParameters::Reserve(ArenaLayout& layout) {
  if (!options_.backward()) return;
  const auto count = static_cast<size_t>(layout_.size());
  values_slot_ = layout.Reserve<float>(count);
  if (options_.gradients) {
    gradients_slot_ = layout.Reserve<float>(count);
    touched_slot_ = layout.Reserve<uint8_t>(static_cast<size_t>(layout_.table_rows()));
  }
  if (options_.optimizer == nullptr) return;
  for (int s = 0; s < options_.optimizer->states; ++s) {
    state_slots_.push_back(states_layout_.Reserve<float>(count));
  }
}

void TrainedParameters::Bind(const Arena& arena) {
  if (!options_.backward()) return;
  values_ = arena.At(values_slot_);
  states_memory_ = std::make_shared<Arena>(states_layout_);
  for (const Slot<float> slot : state_slots_) states_.push_back(states_memory_->At(slot));
  if (options_.optimizer != nullptr) {
    updating_sink_ = GradientSink(layout_, *options_.optimizer, values_, states_.data());
  }
  if (!options_.gradients) return;
  gradients_ = arena.At(gradients_slot_);
  touched_ = TouchedRows({arena.At(touched_slot_), touched_slot_.count});
  keeping_sink_ = GradientSink(gradients_, &touched_);
  if (options_.optimizer == nullptr) return;
  deferred_update_ = std::make_unique<DeferredUpdate>(layout_, *options_.optimizer, gradients_,
                                                      touched_, values_, states_.data());
}

void TrainedParameters::StartOptimizer(const double* settings) {
  if (options_.optimizer == nullptr || options_.optimizer->start == nullptr) return;  // zeros
  const OptimizerStart start = options_.optimizer->start(settings);
  for (size_t s = 0; s < states_.size(); ++s) {
    std::fill_n(states_[s], layout_.size(), start.values[s]);
  }
}

void TrainedParameters::VisitValues(StateArchive& archive) {
  int64_t lanes = layout_.lanes();
  archive.Count("lanes", lanes, kMaxRows);
  if (lanes != layout_.lanes()) {
    throw Error(
        ErrorKind::kData, "state.lanes",
        std::to_string(layout_.lanes()) + ", the numbers in a vector of the instruction set",
        std::to_string(lanes), "Go on with the instruction set that saved the state.");
  }
  archive.Floats(kName, AllOf(values_));
}

void TrainedParameters::VisitStates(StateArchive& archive) {
  const StateArchive::Section section(archive, "optimizer");
  for (size_t s = 0; s < states_.size(); ++s) {
    archive.SharedFloats("state" + std::to_string(s), states_memory_, state_slots_[s]);
  }
}

void TrainedParameters::VisitGradients(StateArchive& archive) {
  archive.Floats("gradients", AllOf(gradients_));
  if (archive.is_loading()) touched_.Find(layout_, gradients_);
}

void TrainedParameters::TakeGradients(const TrainedParameters& from, bool adds) {
  const auto count = static_cast<size_t>(layout_.size());
  if (!adds) std::fill_n(gradients_, count, 0.0f);
  for (size_t i = 0; i < count; ++i) gradients_[i] += from.gradients_[i];
}

const GradientSink& TrainedParameters::Updating(const StepConstants& constants) {
  updating_sink_.set_constants(constants);
  return updating_sink_;
}

const GradientSink& TrainedParameters::Keeping(float share, bool adds) {
  if (!adds) touched_.Clear(layout_, gradients_);
  keeping_sink_.set_storing(share, adds);
  return keeping_sink_;
}

}  // namespace layerwise
