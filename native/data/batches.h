// How rows are cut into the batches of an epoch, and batches are put together to updates.
#pragma once

#include <algorithm>
#include <cstdint>

namespace layerwise {

// Rows [first, end) of an epoch.
struct BatchRows {
  int64_t first = 0;
  int64_t end = 0;

  int64_t count() const { return end - first; }
};

class Batches {
 public:
  Batches() = default;
  // So many rows at a time; the last batch has what is left. A single row that is left is not a
  // batch of its own where `joins_single` says so, but goes with those before it: batch
  // normalisation makes nothing but its shift of it.
  Batches(int64_t rows, int64_t batch_rows, bool joins_single)
      : rows_(rows),
        batch_rows_(batch_rows),
        count_((rows + batch_rows - 1) / batch_rows),
        joins_(joins_single && count_ > 1 && rows % batch_rows == 1) {
    if (joins_) --count_;
  }

  int64_t count() const { return count_; }
  // Of the largest one.
  int64_t most_rows() const { return joins_ ? batch_rows_ + 1 : batch_rows_; }
  // The batches from `batch` on, so many of them as there are.
  BatchRows At(int64_t batch, int64_t batches = 1) const {
    const int64_t end = std::min(batch + batches, count_);
    return {batch * batch_rows_, end == count_ ? rows_ : end * batch_rows_};
  }
  // Updates of so many batches each; the last one has those that are left.
  int64_t Updates(int64_t batches_each) const { return (count_ + batches_each - 1) / batches_each; }

 private:
  int64_t rows_ = 0;
  int64_t batch_rows_ = 1;
  int64_t count_ = 0;
  bool joins_ = false;
};

}  // namespace layerwise
