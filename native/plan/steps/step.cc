#include "native/plan/steps/step.h"

#include <algorithm>

namespace layerwise {

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
    std::copy_n(gradient, count, stored_ + offset);
    return;
  }
  OptimizerBlock block;
  block.parameters = parameters_ + offset;
  block.gradient = gradient;
  for (int s = 0; s < optimizer_->states; ++s) block.states[s] = states_[s] + offset;
  block.count = count;
  optimizer_->update(block, constants_);
}

}  // namespace layerwise
