// Predictors between their calls: their memory and threads serve the next call of the same kind.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "native/plan/predictor.h"

namespace layerwise {

class SharedPredictor;

// For the JavaScript thread only. Lives in a shared_ptr.
class PredictorShelf : public std::enable_shared_from_this<PredictorShelf> {
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
  // One of the kind that predictions of a queue have in common: the one that some of them hold, or
  // one taken from the shelf. When nobody holds it any more it comes back.
  std::shared_ptr<SharedPredictor> Share(const Kind& kind, int64_t queue);
  // Native memory of those on the shelf.
  size_t bytes() const;

 private:
  struct Place {
    Kind kind;
    std::unique_ptr<Predictor> predictor;
  };

  std::shared_ptr<const Network> network_;
  std::vector<Place> places_;  // the one used last comes last
  std::vector<std::weak_ptr<SharedPredictor>> shared_;
};

// Predictions that have it in common wait for each other. Taken from the shelf and given back on
// the JavaScript thread.
class SharedPredictor {
 public:
  SharedPredictor(std::shared_ptr<PredictorShelf> shelf, const PredictorShelf::Kind& kind,
                  int64_t queue)
      : shelf_(std::move(shelf)), kind_(kind), queue_(queue), predictor_(shelf_->Take(kind)) {}
  ~SharedPredictor() { shelf_->Return(kind_, std::move(predictor_)); }
  SharedPredictor(const SharedPredictor&) = delete;
  SharedPredictor& operator=(const SharedPredictor&) = delete;

  bool Serves(const PredictorShelf::Kind& kind, int64_t queue) const {
    return queue == queue_ && kind == kind_;
  }
  int64_t input_size() const { return predictor_->input_size(); }
  int64_t output_size() const { return predictor_->output_size(); }

  // As Predictor::Predict, from any thread.
  void Predict(std::span<const float> inputs, int64_t rows, std::span<float> outputs,
               const std::atomic<bool>* stop) {
    const std::lock_guard lock(mutex_);
    predictor_->Predict(inputs, rows, outputs, stop);
  }

 private:
  std::shared_ptr<PredictorShelf> shelf_;
  PredictorShelf::Kind kind_;
  int64_t queue_;
  std::mutex mutex_;
  std::unique_ptr<Predictor> predictor_;
};

}  // namespace layerwise
