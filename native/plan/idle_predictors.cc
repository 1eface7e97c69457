#include "native/plan/idle_predictors.h"

#include <algorithm>
#include <mutex>
#include <utility>

namespace layerwise {
namespace {

// Enough for dozens of networks at work; the newest one stays however large it is.
constexpr size_t kMostBytes = size_t{32} << 20;
constexpr size_t kMostPredictors = 1024;

}  // namespace

class PredictorStore {
 public:
  // Never destroyed: predictions may run while the process ends.
  static PredictorStore& OfProcess() {
    static PredictorStore& store = *new PredictorStore;
    return store;
  }

  using Places = IdlePredictors::Places;
  using Kind = IdlePredictors::Kind;

  std::unique_ptr<Predictor> Take(IdlePredictors& owner, const Kind& kind);
  void Put(IdlePredictors& owner, const Kind& kind, std::unique_ptr<Predictor> predictor);
  void Forget(IdlePredictors& owner);
  IdlePredictorsTotal total();

 private:
  void TakeOut(Places::iterator place, Places& to);

  std::mutex mutex_;
  Places places_;  // the one used last comes first
  size_t bytes_ = 0;
};

// The places taken out are freed outside the lock.
void PredictorStore::TakeOut(Places::iterator place, Places& to) {
  std::erase(place->owner->places_, place);
  bytes_ -= place->bytes;
  to.splice(to.begin(), places_, place);
}

std::unique_ptr<Predictor> PredictorStore::Take(IdlePredictors& owner, const Kind& kind) {
  Places taken;
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(owner.places_.rbegin(), owner.places_.rend(),
                                  [&](const auto& place) { return place->kind == kind; });
  if (found == owner.places_.rend()) return nullptr;
  TakeOut(*found, taken);
  return std::move(taken.front().predictor);
}

void PredictorStore::Put(IdlePredictors& owner, const Kind& kind,
                         std::unique_ptr<Predictor> predictor) {
  const size_t bytes = predictor->bytes();
  Places put;
  put.push_back({&owner, kind, std::move(predictor), bytes});
  Places surplus;
  const std::lock_guard lock(mutex_);
  owner.places_.push_back(put.begin());
  places_.splice(places_.begin(), put);
  bytes_ += bytes;
  while (places_.size() > 1 && (bytes_ > kMostBytes || places_.size() > kMostPredictors)) {
    TakeOut(std::prev(places_.end()), surplus);
  }
}

void PredictorStore::Forget(IdlePredictors& owner) {
  Places forgotten;
  const std::lock_guard lock(mutex_);
  while (!owner.places_.empty()) TakeOut(owner.places_.back(), forgotten);
}

IdlePredictorsTotal PredictorStore::total() {
  const std::lock_guard lock(mutex_);
  return {places_.size(), bytes_};
}

IdlePredictors::~IdlePredictors() { PredictorStore::OfProcess().Forget(*this); }

std::unique_ptr<Predictor> IdlePredictors::Take(const Kind& kind) {
  std::unique_ptr<Predictor> predictor = PredictorStore::OfProcess().Take(*this, kind);
  if (predictor != nullptr) return predictor;
  return std::make_unique<Predictor>(network_, kind.from, kind.to, kind.threads, kind.precision);
}

void IdlePredictors::Return(const Kind& kind, std::unique_ptr<Predictor> predictor) {
  PredictorStore::OfProcess().Put(*this, kind, std::move(predictor));
}

IdlePredictorsTotal CountIdlePredictors() { return PredictorStore::OfProcess().total(); }

}  // namespace layerwise
