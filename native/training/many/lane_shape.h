// Whether a run can train on a lane of vectors, and beside which others: those of one shape do the
// same with numbers of their own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "native/data/dataset.h"
#include "native/kernels/losses.h"
#include "native/kernels/optimizers.h"
#include "native/layers/tensor.h"
#include "native/layers/value_buffer.h"
#include "native/training/run_state.h"

namespace layerwise {

// A dense layer.
struct LaneLayer {
  size_t layer = 0;  // its place in the network
  int64_t inputs = 0;
  int64_t units = 0;
  bool has_bias = true;
  const ActivationRow* activation = nullptr;  // null: none, or left to the loss
  std::array<float, kMaxActivationParameters> activation_parameters{};

  bool operator==(const LaneLayer&) const = default;
};

struct LaneShape {
  std::vector<LaneLayer> layers;
  // Of each block of parameters.
  std::vector<TrainingFactors> factors;
  std::vector<bool> learns;
  bool decay_biases = true;

  const LossRow* loss = nullptr;
  std::vector<float> loss_parameters;
  TargetKind targets = TargetKind::kNone;
  const OptimizerRow* optimizer = nullptr;
  int64_t batch_size = 0;

  int64_t inputs() const { return layers.front().inputs; }
  int64_t outputs() const { return layers.back().units; }

  bool operator==(const LaneShape&) const = default;
};

// None where the run has something that lanes do not compute, or computes faster by itself.
std::optional<LaneShape> LaneShapeOf(const Run::State& run);

}  // namespace layerwise
