#include "native/plan/steps/noise_step.h"

#include <algorithm>
#include <cmath>

#include "native/core/random.h"

namespace layerwise {
namespace {

// Whether an element is replaced, and by which row's.
enum Sequence : uint32_t { kReplaced = 0, kSourceRow = 1 };

// How many of all 2^32 numbers a share is.
uint32_t Threshold(double share) {
  return static_cast<uint32_t>(std::min(std::round(share * 0x1p32), 0x1p32 - 1.0));
}

NoiseReplacement Dropout(double rate) {
  NoiseReplacement replacement;
  replacement.threshold = Threshold(rate);
  replacement.scale = static_cast<float>(1.0 / (1.0 - rate));
  return replacement;
}

// a and b keep a mean of 0 and a variance of 1 (Klambauer et al. 2017, section "new dropout
// technique").
NoiseReplacement AlphaDropout(double rate) {
  constexpr double kSaturated = -1.7580993408473766;  // -lambda alpha of selu
  const double kept = 1.0 - rate;
  const double a = 1.0 / std::sqrt(kept * (1.0 + rate * kSaturated * kSaturated));
  const double b = -a * rate * kSaturated;
  NoiseReplacement replacement;
  replacement.threshold = Threshold(rate);
  replacement.high = static_cast<float>(a * kSaturated + b);
  replacement.scale = static_cast<float>(a);
  replacement.shift = static_cast<float>(b);
  return replacement;
}

NoiseReplacement SaltAndPepper(const NoiseSpec& noise) {
  NoiseReplacement replacement;
  replacement.low_threshold = Threshold(noise.rate / 2.0);
  replacement.threshold = Threshold(noise.rate);
  replacement.low = static_cast<float>(noise.low);
  replacement.high = static_cast<float>(noise.high);
  return replacement;
}

NoiseReplacement ReplacementOf(const NoiseSpec& noise) {
  NoiseReplacement replacement;
  switch (noise.kind) {
    case NoiseKind::kDropout:
      return Dropout(noise.rate);
    case NoiseKind::kAlphaDropout:
      return AlphaDropout(noise.rate);
    case NoiseKind::kSaltAndPepper:
      return SaltAndPepper(noise);
    case NoiseKind::kMasking:
    case NoiseKind::kSwap:
      replacement.threshold = Threshold(noise.rate);
      return replacement;
    case NoiseKind::kGaussian:
      return replacement;
  }
  return replacement;
}

}  // namespace

NoiseStep::NoiseStep(const NoiseSpec& noise, const StepSite& site)
    : BlockStep(site, Cut::kRows, noise.kind == NoiseKind::kSwap ? Cut::kColumns : Cut::kRows),
      kernels_(site.kernels.noise),
      kind_(noise.kind),
      layer_(static_cast<uint32_t>(site.layer)),
      replacement_(ReplacementOf(noise)),
      deviation_(static_cast<float>(noise.deviation)) {}

NoiseStream NoiseStep::StreamOf(const TrainingPass& pass, uint32_t sequence) const {
  return {{pass.seed, static_cast<uint32_t>(StreamPurpose::kNoise)},
          layer_,
          static_cast<uint32_t>(pass.step),
          sequence};
}

uint32_t NoiseStep::FirstBlock(int64_t row) const {
  const int64_t groups = (output().columns + kNoiseGroup - 1) / kNoiseGroup;
  return static_cast<uint32_t>(row * groups * kBlocksInNoiseGroup);
}

void NoiseStep::ForwardBlock(const StepContext& context, const Block& block) const {
  if (context.training == nullptr) {
    CopyBlock(input().output, output().linear, block);
    return;
  }
  for (int64_t i = block.first_row; i < block.first_row + block.rows; ++i) DisturbRow(context, i);
}

void NoiseStep::DisturbRow(const StepContext& context, int64_t row) const {
  const NoiseStream stream = StreamOf(*context.training, kReplaced);
  const NoiseRow values{input().output.Row(row), output().linear.Row(row), output().columns,
                        FirstBlock(row)};
  if (kind_ == NoiseKind::kGaussian) {
    kernels_.add_normal(stream, values, deviation_);
  } else if (kind_ == NoiseKind::kSwap) {
    ForSources(context, row, 0, output().columns, [&](int64_t column, int64_t source) {
      values.output[column] = input().output.Row(source)[column];
    });
  } else {
    kernels_.replace(stream, values, replacement_);
  }
}

template <typename F>
void NoiseStep::ForSources(const StepContext& context, int64_t row, int64_t first_column,
                           int64_t columns, F&& fn) const {
  const auto others = static_cast<uint64_t>(context.rows - 1);
  for (int64_t begin = first_column; begin < first_column + columns; begin += kNoiseGroup) {
    const uint32_t block = FirstBlock(row) + static_cast<uint32_t>(begin / 4);
    uint32_t replaced[kNoiseGroup];
    uint32_t sources[kNoiseGroup];
    kernels_.numbers(StreamOf(*context.training, kReplaced), block, kNoiseGroup, replaced);
    kernels_.numbers(StreamOf(*context.training, kSourceRow), block, kNoiseGroup, sources);
    const int64_t count = std::min(kNoiseGroup, first_column + columns - begin);
    for (int64_t k = 0; k < count; ++k) {
      const bool is_replaced = others > 0 && replaced[k] < replacement_.threshold;
      const auto other = static_cast<int64_t>(sources[k] * others >> 32);
      const int64_t source = other < row ? other : other + 1;  // never the row itself
      fn(begin + k, is_replaced ? source : row);
    }
  }
}

void NoiseStep::BackwardBlock(const StepContext& context, const Block& block) const {
  if (kind_ == NoiseKind::kSwap) {
    DifferentiateSwaps(context, block);
    return;
  }
  for (int64_t i = block.first_row; i < block.first_row + block.rows; ++i) {
    DifferentiateRow(*context.training, i);
  }
}

void NoiseStep::DifferentiateRow(const TrainingPass& pass, int64_t row) const {
  const float* dy = output().gradient.Row(row);
  float* dx = input().gradient.Row(row);
  if (kind_ == NoiseKind::kGaussian) {
    std::copy_n(dy, input().columns, dx);
  } else {
    NoiseReplacement slope;  // nothing comes through where an element was replaced
    slope.threshold = replacement_.threshold;
    slope.scale = replacement_.scale;
    kernels_.replace(StreamOf(pass, kReplaced), {dy, dx, input().columns, FirstBlock(row)}, slope);
  }
}

// An element may have gone to several rows: its gradient is their sum, taken in their order.
void NoiseStep::DifferentiateSwaps(const StepContext& context, const Block& block) const {
  const MatrixView& gradient = input().gradient;
  for (int64_t i = 0; i < context.rows; ++i) {
    std::fill_n(gradient.Row(i) + block.first_column, block.columns, 0.0f);
  }
  for (int64_t i = 0; i < context.rows; ++i) {
    ForSources(context, i, block.first_column, block.columns, [&](int64_t column, int64_t source) {
      gradient.Row(source)[column] += output().gradient.Row(i)[column];
    });
  }
}

}  // namespace layerwise
