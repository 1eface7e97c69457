#include "native/layers/step.h"

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
    Store(offset, count, gradient);
  } else {
    Update(offset, count, gradient, constants_);
  }
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
  const bool is_other =
      constants.others.has_value() && layout_->BlockAt(offset).role != ParameterRole::kWeights;
  optimizer_->update(block, is_other ? *constants.others : constants.weights);
}

}  // namespace layerwise
