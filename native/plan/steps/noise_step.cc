#include "native/plan/steps/noise_step.h"

#include <algorithm>

#include "native/core/random.h"
#include "native/plan/steps/blocks.h"

namespace layerwise {
namespace {

// The random numbers of one row. They depend on the seed, the step, the layer and the place alone,
// so that threads change nothing.
class RowNoise {
 public:
  RowNoise(const TrainingPass& pass, uint32_t layer, int64_t row, int64_t columns)
      : stream_(pass.seed, StreamPurpose::kNoise, layer),
        begin_((pass.step << 32) + static_cast<uint64_t>(row * ((columns + 3) / 4 * 4))) {}

  float Normal(int64_t column) const { return stream_.Normal(Index(column)); }

  // fn(column, bits) for every column; four draws come from one block.
  template <typename F>
  void ForColumns(int64_t columns, F&& fn) const {
    for (int64_t first = 0; first < columns; first += 4) {
      const std::array<uint32_t, 4> bits = stream_.Block(Index(first) / 4);
      const int64_t end = std::min<int64_t>(first + 4, columns);
      for (int64_t j = first; j < end; ++j) fn(j, bits[static_cast<size_t>(j - first)]);
    }
  }

 private:
  uint64_t Index(int64_t column) const { return begin_ + static_cast<uint64_t>(column); }

  RandomStream stream_;
  uint64_t begin_;
};

// The share of all bits that lies below, as a bound for them.
uint64_t BoundOf(double rate) { return static_cast<uint64_t>(rate * 4294967296.0); }

// Which row a swapped value comes from. Its bits are below the bound, so that they are stretched to
// all bits first.
int64_t SourceRow(uint32_t bits, uint64_t bound, int64_t rows) {
  const uint64_t stretched = (uint64_t{bits} << 32) / bound;  // below 2^32
  return static_cast<int64_t>((stretched * static_cast<uint64_t>(rows)) >> 32);
}

}  // namespace

void NoiseStep::Forward(const StepContext& context) {
  ForRows(context, output_.columns, [&](int64_t first, int64_t rows) {
    CopyBlock(input_.output, output_.linear, {first, rows, 0, output_.columns});
    if (context.training != nullptr) {
      for (int64_t i = first; i < first + rows; ++i) CorruptRow(*context.training, i, context.rows);
    }
    output_.Finish(context, first, rows, 0, output_.columns);
  });
}

void NoiseStep::CorruptRow(const TrainingPass& pass, int64_t row, int64_t rows) const {
  const int64_t columns = output_.columns;
  const RowNoise noise(pass, layer_, row, columns);
  float* y = output_.linear.Row(row);
  const uint64_t bound = BoundOf(noise_.rate);
  switch (noise_.kind) {
    case NoiseKind::kGaussian:
      for (int64_t j = 0; j < columns; ++j) {
        y[j] += static_cast<float>(noise_.deviation) * noise.Normal(j);
      }
      return;
    case NoiseKind::kMasking:
      noise.ForColumns(columns, [&](int64_t j, uint32_t bits) {
        if (bits < bound) y[j] = 0.0f;
      });
      return;
    case NoiseKind::kSaltAndPepper:
      noise.ForColumns(columns, [&](int64_t j, uint32_t bits) {
        if (bits >= bound) return;
        y[j] = static_cast<float>(bits < bound / 2 ? noise_.low : noise_.high);
      });
      return;
    case NoiseKind::kSwap:
      noise.ForColumns(columns, [&](int64_t j, uint32_t bits) {
        if (bits < bound) y[j] = input_.output.Row(SourceRow(bits, bound, rows))[j];
      });
      return;
  }
}

void NoiseStep::Backward(const StepContext& context) {
  if (!input_.gradient) return;
  ForRows(context, input_.columns, [&](int64_t first, int64_t rows) {
    CopyBlock(output_.gradient, input_.gradient, {first, rows, 0, input_.columns});
    for (int64_t i = first; i < first + rows; ++i) DifferentiateRow(*context.training, i);
  });
  if (noise_.kind == NoiseKind::kSwap) {  // in order: several rows may have taken from one
    for (int64_t i = 0; i < context.rows; ++i) ReturnSwapped(*context.training, i, context.rows);
  }
  ForBlocks(context, input_, [&](const Block& block) {
    input_.Differentiate(context, block.first_row, block.rows, block.first_column, block.columns);
  });
}

// What was replaced has no part in the output.
void NoiseStep::DifferentiateRow(const TrainingPass& pass, int64_t row) const {
  if (noise_.kind == NoiseKind::kGaussian) return;
  const uint64_t bound = BoundOf(noise_.rate);
  float* gradient = input_.gradient.Row(row);
  RowNoise(pass, layer_, row, input_.columns)
      .ForColumns(input_.columns, [&](int64_t j, uint32_t bits) {
        if (bits < bound) gradient[j] = 0.0f;
      });
}

void NoiseStep::ReturnSwapped(const TrainingPass& pass, int64_t row, int64_t rows) const {
  const uint64_t bound = BoundOf(noise_.rate);
  const float* gradient = output_.gradient.Row(row);
  RowNoise(pass, layer_, row, input_.columns)
      .ForColumns(input_.columns, [&](int64_t j, uint32_t bits) {
        if (bits >= bound) return;
        input_.gradient.Row(SourceRow(bits, bound, rows))[j] += gradient[j];
      });
}

}  // namespace layerwise
