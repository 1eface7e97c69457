#include "native/node/epoch_rows.h"

#include <cstddef>

namespace layerwise {
namespace {

constexpr size_t kOwnNumbers = 4;

size_t ResultSize(const RunShape& shape) {
  size_t size = 1;
  for (const OutputNames& output : shape.outputs) size += output.metrics.size();
  return size + (shape.has_heads ? shape.outputs.size() : 0);
}

}  // namespace

EpochRows::EpochRows(const RunShape& shape)
    : result_size_(ResultSize(shape)),
      validates_(shape.validation_rows > 0),
      width_(kOwnNumbers + result_size_ + (validates_ ? 1 + result_size_ : 0)) {}

void EpochRows::Add(const EpochEvent& event) {
  numbers_.insert(numbers_.end(), {static_cast<double>(event.epoch), event.learning_rate,
                                   event.seconds, event.rows_per_second});
  AddResult(event.training);
  if (!validates_) return;
  numbers_.push_back(event.has_validation ? 1 : 0);
  AddResult(event.validation);
}

void EpochRows::AddResult(const EvaluationResult& result) {
  numbers_.push_back(result.loss);
  numbers_.insert(numbers_.end(), result.metrics.begin(), result.metrics.end());
  numbers_.insert(numbers_.end(), result.output_losses.begin(), result.output_losses.end());
}

std::vector<double> EpochRows::Take(size_t rows) {
  std::vector<double> columns(rows * width_);
  const double* const first = numbers_.data() + taken_;
  for (size_t row = 0; row < rows; ++row) {
    for (size_t place = 0; place < width_; ++place) {
      columns[place * rows + row] = first[row * width_ + place];
    }
  }
  taken_ += rows * width_;
  DropTaken();
  return columns;
}

// Only once they are half of all: where millions of epochs wait for a thread that was busy, each
// would be moved again for every few that are taken.
void EpochRows::DropTaken() {
  if (taken_ < numbers_.size() - taken_) return;
  numbers_.erase(numbers_.begin(), numbers_.begin() + static_cast<std::ptrdiff_t>(taken_));
  taken_ = 0;
}

}  // namespace layerwise
