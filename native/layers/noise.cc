#include "native/layers/noise.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <vector>

#include "native/core/random.h"
#include "native/kernels/noise.h"
#include "native/layers/block_step.h"
#include "native/layers/lowering.h"

namespace layerwise {
namespace {

constexpr ParameterInfo kRateParameter{.name = "rate",
                                       .fallback = 0.3,
                                       .minimum = 0.0,
                                       .maximum = 1.0,
                                       .description = "The share of the values that are replaced."};

constexpr ParameterInfo kRateParameters[] = {kRateParameter};

constexpr RowInfo kMaskingNoiseInfo{
    "maskingNoise", "y = 0 with probability rate, else x",
    "Values are zero at random while training, and pass unchanged when predicting: the corruption "
    "of "
    "denoising autoencoders (Vincent et al. 2008). Unlike dropout it does not scale up the others.",
    kRateParameters};

constexpr ParameterInfo kGaussianNoiseParameters[] = {
    {.name = "standardDeviation",
     .fallback = 0.1,
     .minimum = 0.0,
     .maximum = std::numeric_limits<float>::max(),
     .description = "The standard deviation of the noise."}};

constexpr RowInfo kGaussianNoiseInfo{
    "gaussianNoise", "y = x + standardDeviation * noise",
    "Adds normally distributed noise while training, and nothing when predicting.",
    kGaussianNoiseParameters};

constexpr ParameterInfo kSaltAndPepperNoiseParameters[] = {
    kRateParameter,
    {.name = "low",
     .fallback = 0.0,
     .minimum = std::numeric_limits<float>::lowest(),
     .maximum = std::numeric_limits<float>::max(),
     .description = "What half of the replaced values become."},
    {.name = "high",
     .fallback = 1.0,
     .minimum = std::numeric_limits<float>::lowest(),
     .maximum = std::numeric_limits<float>::max(),
     .description = "What the other half becomes."}};

constexpr RowInfo kSaltAndPepperNoiseInfo{"saltAndPepperNoise",
                                          "y = low or high with probability rate, else x",
                                          "Values jump to their lowest or highest at random while "
                                          "training (Vincent et al. 2010), and pass "
                                          "unchanged when predicting.",
                                          kSaltAndPepperNoiseParameters};

constexpr RowInfo kSwapNoiseInfo{
    "swapNoise", "y = x of another row with probability rate, else x",
    "Values are taken from the same column of a random row of the batch while training, and pass "
    "unchanged when predicting. What is replaced stays a value that the column knows, which suits "
    "tables.",
    kRateParameters};

constexpr ParameterInfo kDropoutParameters[] = {
    {.name = "rate",
     .fallback = 0.5,
     .minimum = 0.0,
     .maximum = 1.0,
     .maximum_exclusive = true,
     .description = "The share of the values that are dropped."}};

constexpr RowInfo kDropoutInfo{
    "dropout", "y = 0 with probability rate, else x / (1 - rate)",
    "Dropout (Srivastava et al. 2014): values are zero at random while training, and the others "
    "are scaled so that their mean stays. Values pass unchanged when predicting.",
    kDropoutParameters};

constexpr RowInfo kAlphaDropoutInfo{
    "alphaDropout", "y = a s + b with probability rate, else a x + b; s = -1.7580993408473766",
    "Alpha dropout (Klambauer et al. 2017), for networks of selu: dropped values become the least "
    "value of selu, and a and b keep a mean of 0 and a variance of 1. Values pass unchanged when "
    "predicting.",
    kDropoutParameters};

template <NoiseKind kKind, const RowInfo& kInfo>
std::unique_ptr<Layer> ReadNoise(const ValueReader& spec, int64_t input_size) {
  auto layer = LayerOfSameSize<NoiseLayer>(input_size);
  const std::vector<double> parameters = ReadParameters(spec, kInfo);
  layer->kind = kKind;
  (kKind == NoiseKind::kGaussian ? layer->deviation : layer->rate) = parameters[0];
  if (kKind == NoiseKind::kSaltAndPepper) {
    layer->low = parameters[1];
    layer->high = parameters[2];
  }
  return layer;
}

template <NoiseKind kKind, const RowInfo& kInfo>
constexpr LayerType NoiseType() {
  return {kInfo, &ReadNoise<kKind, kInfo>};
}

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

NoiseReplacement SaltAndPepper(const NoiseLayer& noise) {
  NoiseReplacement replacement;
  replacement.low_threshold = Threshold(noise.rate / 2.0);
  replacement.threshold = Threshold(noise.rate);
  replacement.low = static_cast<float>(noise.low);
  replacement.high = static_cast<float>(noise.high);
  return replacement;
}

NoiseReplacement ReplacementOf(const NoiseLayer& noise) {
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

// The random numbers follow from the seed, the batch, the layer and the place of an element, so
// threads change nothing; the backward pass draws them again instead of keeping them.
class NoiseStep final : public BlockStep {
 public:
  NoiseStep(const NoiseLayer& noise, const StepSite& site);

 private:
  void ForwardBlock(const StepContext& context, const Block& block) const override;
  void BackwardBlock(const StepContext& context, const Block& block) const override;

  // Which numbers an element of the batch takes.
  NoiseStream StreamOf(const TrainingPass& pass, uint32_t sequence) const;
  uint32_t FirstBlock(int64_t row) const;

  void DisturbRow(const StepContext& context, int64_t row) const;
  void DifferentiateRow(const TrainingPass& pass, int64_t row) const;

  // Calls fn(column, row to take from) for some columns of a row.
  template <typename F>
  void ForSources(const StepContext& context, int64_t row, int64_t first_column, int64_t columns,
                  F&& fn) const;
  void DifferentiateSwaps(const StepContext& context, const Block& block) const;

  const NoiseKernels& kernels_;
  const NoiseKind kind_;
  const uint32_t layer_;
  const NoiseReplacement replacement_;
  const float deviation_;
};

NoiseStep::NoiseStep(const NoiseLayer& noise, const StepSite& site)
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

}  // namespace

const LayerType NoiseLayer::kMaskingNoise = NoiseType<NoiseKind::kMasking, kMaskingNoiseInfo>();
const LayerType NoiseLayer::kGaussianNoise = NoiseType<NoiseKind::kGaussian, kGaussianNoiseInfo>();
const LayerType NoiseLayer::kSaltAndPepperNoise =
    NoiseType<NoiseKind::kSaltAndPepper, kSaltAndPepperNoiseInfo>();
const LayerType NoiseLayer::kSwapNoise = NoiseType<NoiseKind::kSwap, kSwapNoiseInfo>();
const LayerType NoiseLayer::kDropout = NoiseType<NoiseKind::kDropout, kDropoutInfo>();
const LayerType NoiseLayer::kAlphaDropout =
    NoiseType<NoiseKind::kAlphaDropout, kAlphaDropoutInfo>();

// Values pass unchanged when predicting.
void NoiseLayer::Lower(Lowering& plan) const {
  if (!plan.trains()) return;
  plan.Add([this](const StepSite& site) { return std::make_unique<NoiseStep>(*this, site); });
}

}  // namespace layerwise
