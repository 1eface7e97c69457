#include "native/data/training_rows.h"

#include <algorithm>
#include <cmath>

#include "native/core/random.h"

namespace layerwise {

TrainingRows::TrainingRows(int64_t rows, double split, uint32_t seed)
    : rows_(rows),
      set_aside_(static_cast<int64_t>(std::floor(split * static_cast<double>(rows)))),
      seed_(seed) {}

// A random part of the rows is set aside, so that data sorted by class does not lose a class.
void TrainingRows::Split() {
  if (set_aside_ == 0) return;
  std::vector<uint32_t> all(static_cast<size_t>(rows_));
  Permutation(RandomStream(seed_, StreamPurpose::kSplit, 0), all);
  validation_.assign(all.begin(), all.begin() + set_aside_);
  training_.assign(all.begin() + set_aside_, all.end());
  // In the order of the data: kinder to the memory, and what an unshuffled run expects.
  std::sort(validation_.begin(), validation_.end());
  std::sort(training_.begin(), training_.end());
}

RowSelection TrainingRows::Validation() const { return {validation_.data(), 0, set_aside_}; }

RowSelection TrainingRows::InOrder() const {
  return {training_.empty() ? nullptr : training_.data(), 0, count()};
}

RowSelection TrainingRows::Shuffled(int64_t epoch) {
  order_.resize(static_cast<size_t>(count()));
  Permutation(RandomStream(seed_, StreamPurpose::kShuffle, static_cast<uint32_t>(epoch)), order_);
  if (training_.empty()) return {order_.data(), 0, count()};
  shuffled_.resize(order_.size());
  for (size_t i = 0; i < order_.size(); ++i) shuffled_[i] = training_[order_[i]];
  return {shuffled_.data(), 0, count()};
}

}  // namespace layerwise
