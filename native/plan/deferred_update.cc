#include "native/plan/deferred_update.h"

#include <algorithm>
#include <cmath>

#include "native/layers/blocks.h"

namespace layerwise {
namespace {

// Two or three arrays of them fit in the second-level cache.
constexpr int64_t kElementsInPiece = 16384;
// Sums kept side by side, so that they vectorise in a fixed order.
constexpr int kSums = 16;

// A NaN stays a NaN.
void ClipValues(float* gradient, int64_t count, float bound) {
  for (int64_t i = 0; i < count; ++i) {
    const float below = gradient[i] > bound ? bound : gradient[i];
    gradient[i] = below < -bound ? -bound : below;
  }
}

// `count` is whole vectors, padded with zeros.
double SumOfSquares(const float* values, int64_t count) {
  double sums[kSums] = {};
  int64_t i = 0;
  for (; i + kSums <= count; i += kSums) {
    for (int k = 0; k < kSums; ++k) {
      const double value = static_cast<double>(values[i + k]);
      sums[k] += value * value;
    }
  }
  for (; i < count; ++i) sums[0] += static_cast<double>(values[i]) * static_cast<double>(values[i]);
  double sum = 0;
  for (const double part : sums) sum += part;
  return sum;
}

}  // namespace

DeferredUpdate::DeferredUpdate(const ParameterLayout& layout, const OptimizerRow& optimizer,
                               float* gradients, const TouchedRows& touched, float* parameters,
                               float* const* states)
    : sink_(layout, optimizer, parameters, states), gradients_(gradients), touched_(touched) {
  for (const ParameterBlock& block : layout.blocks()) {
    if (!block.trainable()) continue;
    if (block.is_table()) {
      AddTable(block);
      continue;
    }
    for (int64_t at = 0; at < block.panels.size(); at += kElementsInPiece) {
      pieces_.push_back({block.offset + at, std::min(kElementsInPiece, block.panels.size() - at)});
    }
  }
  sums_of_squares_.resize(pieces_.size());
}

void DeferredUpdate::AddTable(const ParameterBlock& table) {
  const int64_t rows = std::max<int64_t>(1, kElementsInPiece / table.row_length);
  for (int64_t first = 0; first < table.shape[0]; first += rows) {
    const int64_t end = std::min(table.shape[0], first + rows);
    const int64_t length = table.row_length;
    pieces_.push_back({table.offset + first * length, (end - first) * length, &table, first, end});
  }
}

template <typename F>
void DeferredUpdate::ForParts(const Piece& piece, F&& fn) const {
  if (piece.table == nullptr) {
    fn(gradients_ + piece.offset, piece.count, int64_t{0});
    return;
  }
  const int64_t length = piece.table->row_length;
  for (int64_t row = piece.first_row; row < piece.end_row; ++row) {
    if (!touched_.IsTouched(*piece.table, row)) continue;
    fn(gradients_ + piece.table->offset + row * length, length, row);
  }
}

template <typename F>
void DeferredUpdate::ForPieces(const StepContext& context, F&& fn) const {
  const int64_t pieces = static_cast<int64_t>(pieces_.size());
  const double operations = kOperationsPerElement * static_cast<double>(pieces * kElementsInPiece);
  context.Parallel(pieces, operations, [&](int64_t task, int) { fn(static_cast<size_t>(task)); });
}

// Returns what the gradients are still to be multiplied by.
double DeferredUpdate::Clip(const StepContext& context, const GradientClipping& clipping) {
  const auto bound = static_cast<float>(clipping.value);
  ForPieces(context, [&](size_t index) {
    sums_of_squares_[index] = 0;
    ForParts(pieces_[index], [&](float* gradient, int64_t count, int64_t) {
      if (clipping.value > 0) ClipValues(gradient, count, bound);
      if (clipping.norm > 0) sums_of_squares_[index] += SumOfSquares(gradient, count);
    });
  });
  if (clipping.norm <= 0) return 1.0;
  double sum = 0;
  for (const double part : sums_of_squares_) sum += part;
  constexpr double kEpsilon = 1e-6;  // PyTorch's
  const double share = clipping.norm / (std::sqrt(sum) + kEpsilon);
  return share >= 1.0 ? 1.0 : share;  // a NaN is handed on
}

void DeferredUpdate::Apply(const StepContext& context, const StepConstants& constants,
                           const GradientClipping& clipping) {
  const float scale = clipping.enabled() ? static_cast<float>(Clip(context, clipping)) : 1.0f;
  ForPieces(context, [&](size_t index) {
    const Piece& piece = pieces_[index];
    ForParts(piece, [&](float* gradient, int64_t count, int64_t row) {
      if (scale != 1.0f) {
        for (int64_t i = 0; i < count; ++i) gradient[i] *= scale;
      }
      if (piece.table != nullptr) {
        sink_.UpdateRow(*piece.table, row, gradient, constants);
      } else {
        sink_.Update(piece.offset, count, gradient, constants);
      }
    });
  });
}

}  // namespace layerwise
