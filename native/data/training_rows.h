// Which rows of a data set train, in which order, and which are set aside to validate.
#pragma once

#include <cstdint>
#include <vector>

#include "native/data/row_classes.h"
#include "native/data/row_selection.h"

namespace layerwise {

class TrainingRows {
 public:
  // Sets aside the share `split` of the rows.
  TrainingRows(int64_t rows, double split, uint32_t seed);

  int64_t set_aside() const { return set_aside_; }
  int64_t count() const { return rows_ - set_aside_; }  // that train

  // Draws the rows to set aside, of each class its share (stratified_split.h); before any of the
  // selections. It takes a while for millions.
  void Split(const RowClasses& classes = {});
  RowSelection Validation() const;
  RowSelection InOrder() const;
  // In the order of an epoch; valid until the next call.
  RowSelection Shuffled(int64_t epoch);

 private:
  int64_t rows_;
  int64_t set_aside_;
  uint32_t seed_;
  std::vector<uint32_t> training_;  // empty where it is all rows
  std::vector<uint32_t> validation_;
  std::vector<uint32_t> order_;  // of this epoch
  std::vector<uint32_t> shuffled_;
};

}  // namespace layerwise
