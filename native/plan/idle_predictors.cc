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

  // The place of a predictor, or none.
  Places Take(IdlePredictors& owner, const Kind& kind);
  void Put(Places place);
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

IdlePredictors::Places PredictorStore::Take(IdlePredictors& owner, const Kind& kind) {
  Places taken;
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(owner.places_.rbegin(), owner.places_.rend(),
                                  [&](const auto& place) { return place->kind == kind; });
  if (found != owner.places_.rend()) TakeOut(*found, taken);
  return taken;
}

void PredictorStore::Put(Places place) {
  Places surplus;
  const std::lock_guard lock(mutex_);
  place.front().owner->places_.push_back(place.begin());
  bytes_ += place.front().bytes;
  places_.splice(places_.begin(), place);
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

IdlePredictors::Loan IdlePredictors::Take(const Kind& kind) {
  Places place = PredictorStore::OfProcess().Take(*this, kind);
  if (place.empty()) {
    auto predictor =
        std::make_unique<Predictor>(network_, kind.from, kind.to, kind.threads, kind.precision);
    place.push_back({this, kind, std::move(predictor), 0});
  }
  return Loan(std::move(place));
}

void IdlePredictors::Return(Loan loan) {
  Place& place = loan.place_.front();
  place.bytes = place.predictor->bytes();
  PredictorStore::OfProcess().Put(std::move(loan.place_));
}

IdlePredictorsTotal CountIdlePredictors() { return PredictorStore::OfProcess().total(); }

}  // namespace layerwise
