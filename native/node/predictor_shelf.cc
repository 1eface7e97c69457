#include "native/node/predictor_shelf.h"

#include <algorithm>
#include <utility>

namespace layerwise {
namespace {

constexpr size_t kPlaces = 4;

}  // namespace

std::unique_ptr<Predictor> PredictorShelf::Take(const Kind& kind) {
  const auto found = std::find_if(places_.rbegin(), places_.rend(),
                                  [&](const Place& place) { return place.kind == kind; });
  if (found == places_.rend()) {
    return std::make_unique<Predictor>(network_, kind.from, kind.to, kind.threads, kind.precision);
  }
  std::unique_ptr<Predictor> predictor = std::move(found->predictor);
  places_.erase(std::next(found).base());
  return predictor;
}

void PredictorShelf::Return(const Kind& kind, std::unique_ptr<Predictor> predictor) {
  if (places_.size() == kPlaces) places_.erase(places_.begin());
  places_.push_back({kind, std::move(predictor)});
}

std::shared_ptr<SharedPredictor> PredictorShelf::Share(const Kind& kind, int64_t queue) {
  std::erase_if(shared_, [](const auto& held) { return held.expired(); });
  for (const std::weak_ptr<SharedPredictor>& held : shared_) {
    std::shared_ptr<SharedPredictor> predictor = held.lock();
    if (predictor->Serves(kind, queue)) return predictor;
  }
  auto predictor = std::make_shared<SharedPredictor>(shared_from_this(), kind, queue);
  shared_.push_back(predictor);
  return predictor;
}

size_t PredictorShelf::bytes() const {
  size_t bytes = 0;
  for (const Place& place : places_) bytes += place.predictor->bytes();
  return bytes;
}

}  // namespace layerwise
