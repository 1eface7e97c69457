// Gradients of a network on some rows, by backpropagation and by difference quotients of the loss:
// both through the training pass, noise and batch statistics included.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "native/core/option_reader.h"
#include "native/core/value.h"
#include "native/data/dataset.h"
#include "native/network/network.h"
#include "native/training/training_options.h"

namespace layerwise {

struct GradientEntry {
  int64_t index = 0;  // in the layout of the parameter's shape
  double backpropagated = 0;
  double numerical = 0;
  // How far the difference quotient may be off: by rounding, and by what the steps disagree in.
  double uncertainty = 0;
};

struct ParameterCheck {
  std::string name;
  size_t layer = 0;
  std::vector<int64_t> shape;
  std::vector<GradientEntry> entries;
};

struct GradientReport {
  double loss = 0;
  std::vector<ParameterCheck> parameters;  // the trainable ones
};

struct GradientCheckOptions {
  uint32_t seed = 0;
  int64_t entries = 20;  // of a parameter at most
  int threads = 1;

  void Visit(OptionReader& options) {
    options.Read("seed", ReadSeed, seed);
    options.OptionalInteger("entries", 1, kMaxCount, entries);
    options.Read("threads", ReadThreads, threads);
    options.Others({"loss", "outputs"});
  }
};

class GradientCheck {
 public:
  // Reads { loss, seed?, entries?, threads? }. All rows are one batch. The network is not changed.
  GradientCheck(std::shared_ptr<Network> network, std::shared_ptr<const Dataset> data,
                const Value& options);
  ~GradientCheck();

  // Stops early (report incomplete) when *stop becomes true. Throws kDivergence where the loss is
  // not finite.
  GradientReport Execute(const std::atomic<bool>& stop);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace layerwise
