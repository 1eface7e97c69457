// The range test of learning rates (Smith 2017): a copy of the network trains for some updates
// while the rate grows exponentially, and the loss of every batch is kept.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "native/core/value.h"
#include "native/data/dataset.h"
#include "native/network/network.h"

namespace layerwise {

struct LearningRatePoint {
  double learning_rate = 0;
  double loss = 0;      // of a batch, before the update with this rate
  double smoothed = 0;  // moving average of the losses so far, without the bias of its start
};

struct LearningRateCurve {
  std::vector<LearningRatePoint> points;
  bool diverged = false;  // ended because the loss was far above its lowest, or not finite
};

inline constexpr const char* kLearningRateFinderOptions[] = {
    "loss",  "outputs",   "classWeights", "from",    "to",
    "steps", "smoothing", "divergence",   "training"};

class LearningRateFinder {
 public:
  // Reads { loss, from, to, steps, smoothing, divergence, training }, the last of which are the
  // options of a loop by hand. The network is not changed.
  LearningRateFinder(std::shared_ptr<Network> network, std::shared_ptr<const Dataset> data,
                     const Value& options);
  ~LearningRateFinder();

  // Ends after the current batch when *stop becomes true.
  LearningRateCurve Execute(const std::atomic<bool>& stop);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace layerwise
