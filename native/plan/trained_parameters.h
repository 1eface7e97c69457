// The parameters that a plan trains, with their gradients and the states of the optimizer.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "native/core/arena.h"
#include "native/core/state_archive.h"
#include "native/layers/step.h"
#include "native/network/parameters.h"
#include "native/plan/deferred_update.h"
#include "native/plan/plan_options.h"

namespace layerwise {

class TrainedParameters {
 public:
  // Both outlive it.
  TrainedParameters(const ParameterLayout& layout, const PlanOptions& options)
      : layout_(layout), options_(options) {}

  void Reserve(ArenaLayout& layout);
  // Takes memory of their own for the states. Throws kMemory.
  void Bind(const Arena& arena);
  size_t state_bytes() const { return states_layout_.bytes(); }

  float* values() const { return values_; }
  const float* gradients() const { return gradients_; }
  // States of the optimizer, each as the values lie.
  std::span<float* const> states() const { return states_; }

  // Sets the states of the optimizer to what they are before the first step.
  void StartOptimizer(const double* settings);
  // A sink that updates at once, and one that keeps gradients.
  const GradientSink& Updating(const StepConstants& constants);
  const GradientSink& Keeping(float share, bool adds);
  // Adds the gradients that another plan of the same network keeps, or puts them in place of its
  // own.
  void TakeGradients(const TrainedParameters& from, bool adds);
  // Updates with the gradients that were kept.
  void Update(const StepContext& context, const StepConstants& constants,
              const GradientClipping& clipping) {
    deferred_update_->Apply(context, constants, clipping);
  }

  // The parameters, under the name of kName. They lie as the instruction set wants them.
  void VisitValues(StateArchive& archive);
  static constexpr const char* kName = "parameters";
  void VisitStates(StateArchive& archive);
  void VisitGradients(StateArchive& archive);

 private:
  std::span<float> AllOf(float* values) const {
    return {values, static_cast<size_t>(layout_.size())};
  }

  const ParameterLayout& layout_;
  const PlanOptions& options_;
  Slot<float> values_slot_;
  Slot<float> gradients_slot_;
  Slot<uint8_t> touched_slot_;
  float* values_ = nullptr;
  float* gradients_ = nullptr;
  // Apart from the rest, so that the network can hold them when a training is over: a copy would
  // cost large networks a tenth of a short training.
  ArenaLayout states_layout_;
  std::vector<Slot<float>> state_slots_;
  std::shared_ptr<Arena> states_memory_;
  std::vector<float*> states_;
  TouchedRows touched_;
  GradientSink updating_sink_;
  GradientSink keeping_sink_;
  std::unique_ptr<DeferredUpdate> deferred_update_;
};

}  // namespace layerwise
