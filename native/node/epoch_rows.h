// The numbers of the epochs of a run on their way to JavaScript.
#pragma once

#include <cstddef>
#include <vector>

#include "native/training/run.h"

namespace layerwise {

// A row for each epoch holds, as lib/model/epochColumns.ts reads it: the number of the epoch, the
// learning rate, the seconds and the rows per second; then the loss, the metrics of all outputs,
// and the losses of these where a network has several; then, in a run with a validation, 1 (or 0
// where the run was stopped half-way through it) and the same results of the validation.
class EpochRows {
 public:
  explicit EpochRows(const RunShape& shape);

  size_t width() const { return width_; }
  size_t count() const { return (numbers_.size() - taken_) / width_; }
  void Add(const EpochEvent& event);
  // The first so many rows, which are no longer here afterwards, column after column.
  std::vector<double> Take(size_t rows);

 private:
  void AddResult(const EvaluationResult& result);
  void DropTaken();

  const size_t result_size_;
  const bool validates_;
  const size_t width_;
  std::vector<double> numbers_;
  // How many of the numbers, from the first one on, have been taken and only fill room.
  size_t taken_ = 0;
};

}  // namespace layerwise
