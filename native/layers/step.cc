#include "native/layers/step.h"

#include <algorithm>

namespace layerwise {

// A piece of a row of a table, as the optimizer takes it: whole vectors.
constexpr int64_t kRowPiece = 64;

// Optimizers with more states than there are streams fetch the others when they get to them.
constexpr int kMaxUpcomingStates = kMaxUpcoming - 1;

void GradientSink::Announce(int64_t offset, const float* (&streams)[kMaxUpcoming]) const {
  if (optimizer_ == nullptr) return;
  streams[0] = parameters_ + offset;
  const int states = std::min(optimizer_->states, kMaxUpcomingStates);
  for (int s = 0; s < states; ++s) streams[s + 1] = states_[s] + offset;
}

void GradientSink::Take(int64_t offset, int64_t count, const float* gradient) const {
  if (stored_ != nullptr) {
    Store(offset, count, gradient);
  } else {
    Update(offset, count, gradient, constants_);
  }
}

void GradientSink::TakeRow(const ParameterBlock& table, int64_t row, const float* gradient) const {
  if (stored_ == nullptr) {
    UpdateRow(table, row, gradient, constants_);
    return;
  }
  touched_->Touch(table, row);
  Store(table.offset + row * table.row_length, table.row_length, gradient);
}

void GradientSink::Store(int64_t offset, int64_t count, const float* gradient) const {
  float* to = stored_ + offset;
  if (!adds_ && share_ == 1.0f) {
    std::copy_n(gradient, count, to);
  } else if (!adds_) {
    for (int64_t i = 0; i < count; ++i) to[i] = share_ * gradient[i];
  } else {
    for (int64_t i = 0; i < count; ++i) to[i] += share_ * gradient[i];
  }
}

void GradientSink::Update(int64_t offset, int64_t count, const float* gradient,
                          const StepConstants& constants) const {
  OptimizerBlock block;
  block.parameters = parameters_ + offset;
  block.gradient = gradient;
  for (int s = 0; s < optimizer_->states; ++s) block.states[s] = states_[s] + offset;
  block.count = count;
  optimizer_->update(block, ConstantsFor(offset, constants));
}

// Rows are no whole vectors: the neighbours of one have to stay as they are.
void GradientSink::UpdateRow(const ParameterBlock& table, int64_t row, const float* gradient,
                             const StepConstants& constants) const {
  const int64_t length = table.row_length;
  if (std::all_of(gradient, gradient + length, [](float value) { return value == 0.0f; })) return;
  const OptimizerConstants& own = ConstantsFor(table.offset, constants);
  for (int64_t first = 0; first < length; first += kRowPiece) {
    const int64_t count = std::min(kRowPiece, length - first);
    const int64_t offset = table.offset + row * length + first;
    float parameters[kRowPiece] = {};
    float gradients[kRowPiece] = {};
    float states[kMaxOptimizerStates][kRowPiece] = {};
    OptimizerBlock block{.parameters = parameters, .gradient = gradients, .count = kRowPiece};
    std::copy_n(parameters_ + offset, count, parameters);
    std::copy_n(gradient + first, count, gradients);
    for (int s = 0; s < optimizer_->states; ++s) {
      std::copy_n(states_[s] + offset, count, states[s]);
      block.states[s] = states[s];
    }
    if (count <= kRowPiece / 4) block.count = kRowPiece / 4;
    optimizer_->update(block, own);
    std::copy_n(parameters, count, parameters_ + offset);
    for (int s = 0; s < optimizer_->states; ++s) std::copy_n(states[s], count, states_[s] + offset);
  }
}

const OptimizerConstants& GradientSink::ConstantsFor(int64_t offset,
                                                     const StepConstants& constants) const {
  if (constants.group_of_block.empty()) return constants.all;
  return constants.of_groups[constants.group_of_block[layout_->IndexAt(offset)]];
}

}  // namespace layerwise
