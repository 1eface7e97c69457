#include "native/data/training_rows.h"

#include <algorithm>
#include <cmath>

#include "native/core/random.h"
#include "native/data/stratified_split.h"

namespace layerwise {

TrainingRows::TrainingRows(int64_t rows, double split, uint32_t seed)
    : rows_(rows),
      set_aside_(static_cast<int64_t>(std::floor(split * static_cast<double>(rows)))),
      seed_(seed) {}

// In random order, so that data sorted by anything loses nothing of it, the first rows are set
// aside: of all, or of each class.
void TrainingRows::Split(const RowClasses& classes) {
  if (set_aside_ == 0) return;
  std::vector<uint32_t> all(static_cast<size_t>(rows_));
  Permutation(RandomStream(seed_, StreamPurpose::kSplit, 0), all);
  if (classes.of_row.empty()) {
    validation_.assign(all.begin(), all.begin() + set_aside_);
    training_.assign(all.begin() + set_aside_, all.end());
  } else {
    std::vector<int64_t> rows(static_cast<size_t>(classes.count), 0);
    for (const uint32_t of_row : classes.of_row) ++rows[of_row];
    std::vector<int64_t> wanted = RowsToSetAside(rows, set_aside_);
    for (const uint32_t row : all) {
      int64_t& left = wanted[classes.of_row[row]];
      (left > 0 ? validation_ : training_).push_back(row);
      if (left > 0) --left;
    }
  }
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
