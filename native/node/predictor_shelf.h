// Predictors between their calls: their memory and threads serve the next call of the same kind.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "native/plan/predictor.h"

namespace layerwise {

// For the JavaScript thread only.
class PredictorShelf {
 public:
  struct Kind {
    int64_t from;
    int64_t to;
    int threads;
    Precision precision;
    bool operator==(const Kind&) const = default;
  };

  explicit PredictorShelf(std::shared_ptr<const Network> network) : network_(std::move(network)) {}

  // One that nobody else has; made where none lies ready. Throws where Predictor does.
  std::unique_ptr<Predictor> Take(const Kind& kind);
  // Puts it back for the next call; of more than a few the one used longest ago goes.
  void Return(const Kind& kind, std::unique_ptr<Predictor> predictor);
  // Native memory of those on the shelf.
  size_t bytes() const;

 private:
  struct Place {
    Kind kind;
    std::unique_ptr<Predictor> predictor;
  };

  std::shared_ptr<const Network> network_;
  std::vector<Place> places_;  // the one used last comes last
};

}  // namespace layerwise
