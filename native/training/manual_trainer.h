// A training whose loop is the caller's: forward pass, backward pass and update one by one, with
// the plan that runs use. For one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "native/core/state_archive.h"
#include "native/core/value.h"
#include "native/network/network.h"

namespace layerwise {

class ManualTrainer {
 public:
  // Reads the options (training_options.h), compiles the plan and allocates its memory. Throws
  // Error.
  ManualTrainer(std::shared_ptr<Network> network, const Value& options);
  ~ManualTrainer();
  ManualTrainer(const ManualTrainer&) = delete;
  ManualTrainer& operator=(const ManualTrainer&) = delete;

  size_t bytes() const;
  int threads() const;
  int64_t updates() const;  // done by Step

  // Outputs (rows, output size) for inputs (rows, input size), with the newest parameters of the
  // network; `training` for a backward pass to follow. Throws kDivergence when an output is not
  // finite, kState while a run trains the network.
  void Forward(std::span<const float> inputs, int64_t rows, bool training,
               std::span<float> outputs);

  // The backward pass of the last forward pass, once for each: adds the gradients of the
  // parameters to those since the last update. `output_gradient` (rows of that pass, output size).
  void Backward(std::span<const float> output_gradient);
  // The gradient by the inputs of the last backward pass, (rows, input size). Needs the option
  // inputGradient.
  void ReadInputGradient(std::span<float> out);

  // Updates the parameters with the gradients since the last update, which are then zero again.
  void Step(double learning_rate);
  void ZeroGradients();
  // In the layout of the parameter's shape; throws for one that is not trained.
  void ReadGradient(const std::string& name, std::span<float> out);

  // All that later calls depend on, but for the last pass: whoever loads it begins with Forward. A
  // state that does not fit is an Error, and nothing has changed then. `Load` throws kState while a
  // run trains the network.
  void Save(SavedState& to);
  void Load(const SavedState& from);

  // Makes what the updates have changed the newest parameters of the network.
  void Publish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace layerwise
