// Predictors between their calls: the next call of the same kind finds their memory ready. What
// idle predictors hold is bounded for the whole process, however many networks there are: the ones
// used longest ago go first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <vector>

#include "native/plan/predictor.h"

namespace layerwise {

// Those of one network. From any thread.
class IdlePredictors {
 public:
  struct Kind {
    int64_t from;
    int64_t to;
    int threads;
    Precision precision;
    bool operator==(const Kind&) const = default;
  };

  explicit IdlePredictors(std::shared_ptr<const Network> network) : network_(std::move(network)) {}
  ~IdlePredictors();
  IdlePredictors(const IdlePredictors&) = delete;
  IdlePredictors& operator=(const IdlePredictors&) = delete;

  // One that nobody else has; made where none lies ready. Throws where Predictor does.
  std::unique_ptr<Predictor> Take(const Kind& kind);
  // Keeps it for the next call.
  void Return(const Kind& kind, std::unique_ptr<Predictor> predictor);

 private:
  friend class PredictorStore;
  struct Place {
    IdlePredictors* owner;
    Kind kind;
    std::unique_ptr<Predictor> predictor;
    size_t bytes;
  };
  using Places = std::list<Place>;

  std::shared_ptr<const Network> network_;
  std::vector<Places::iterator> places_;  // in the store, under its mutex
};

// All that are idle, of all networks of the process.
struct IdlePredictorsTotal {
  size_t count = 0;
  size_t bytes = 0;
};
IdlePredictorsTotal CountIdlePredictors();

}  // namespace layerwise
