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

 private:
  struct Place {
    IdlePredictors* owner;
    Kind kind;
    std::unique_ptr<Predictor> predictor;
    size_t bytes;  // of the predictor, while it is idle
  };
  using Places = std::list<Place>;

 public:
  explicit IdlePredictors(std::shared_ptr<const Network> network) : network_(std::move(network)) {}
  ~IdlePredictors();
  IdlePredictors(const IdlePredictors&) = delete;
  IdlePredictors& operator=(const IdlePredictors&) = delete;

  // A predictor that nobody else has meanwhile.
  class Loan {
   public:
    Loan(Loan&&) = default;
    Predictor& operator*() const { return *place_.front().predictor; }
    Predictor* operator->() const { return place_.front().predictor.get(); }

   private:
    friend class IdlePredictors;
    explicit Loan(Places place) : place_(std::move(place)) {}
    Places place_;  // one
  };

  // Makes a predictor where none lies ready. Throws where Predictor does.
  Loan Take(const Kind& kind);
  // Keeps it for the next call. One that has thrown is better not given back.
  static void Return(Loan loan);

 private:
  friend class PredictorStore;

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
