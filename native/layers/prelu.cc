#include "native/layers/prelu.h"

#include <limits>
#include <memory>
#include <vector>

#include "native/layers/block_step.h"
#include "native/layers/column_gradients.h"
#include "native/layers/lowering.h"
#include "native/layers/tensor.h"

namespace layerwise {
namespace {

constexpr ParameterInfo kPreluParameters[] = {
    BooleanParameter("shared", true, "Whether all columns have one slope, or each its own."),
    {.name = "slope",
     .fallback = 0.25,
     .minimum = -std::numeric_limits<double>::infinity(),
     .maximum = std::numeric_limits<double>::infinity(),
     .description = "The slope for negative inputs before training."},
    kFrozenParameter};

constexpr RowInfo kPreluInfo{
    "prelu", "y = x > 0 ? x : slope * x",
    "A rectifier whose slope for negative inputs is learned (He et al. 2015). Defaults as in "
    "PyTorch. The slope is not subject to weight decay where biases are not.",
    kPreluParameters};

std::unique_ptr<Layer> ReadPrelu(const ValueReader& spec, int64_t input_size) {
  auto layer = LayerOfSameSize<PreluLayer>(input_size);
  const std::vector<double> parameters = ReadParameters(spec, kPreluInfo);
  layer->shared = parameters[0] != 0;
  layer->slope = parameters[1];
  layer->frozen = parameters[2] != 0;
  return layer;
}

constexpr int64_t kMostLanes = 16;

class PreluStep final : public BlockStep {
 public:
  explicit PreluStep(const StepSite& site)
      : BlockStep(site),
        slopes_(*site.layout.Find(site.layer, ParameterRole::kScale)),
        is_shared_(slopes_.panels.columns == 1 && site.output.columns > 1) {}

 private:
  void ForwardBlock(const StepContext& context, const Block& block) const override;
  void BackwardBlock(const StepContext& context, const Block& block) const override;
  void BackwardParameters(const StepContext& context) override;
  float Slope(const StepContext& context, int64_t column) const {
    return context.parameters[slopes_.offset + (is_shared_ ? 0 : column)];
  }
  void DifferentiateSlopes(const StepContext& context) const;
  void DifferentiateSharedSlope(const StepContext& context) const;
  // The sum over the rows of dL/dy x where x is negative.
  double SlopeGradient(int64_t rows, int64_t column) const;

  const ParameterBlock& slopes_;
  const bool is_shared_;
};

void PreluStep::ForwardBlock(const StepContext& context, const Block& block) const {
  for (int64_t i = block.first_row; i < block.first_row + block.rows; ++i) {
    const float* x = input().output.Row(i);
    float* y = output().linear.Row(i);
    for (int64_t j = 0; j < block.columns; ++j) y[j] = x[j] > 0 ? x[j] : Slope(context, j) * x[j];
  }
}

void PreluStep::BackwardBlock(const StepContext& context, const Block& block) const {
  for (int64_t i = block.first_row; i < block.first_row + block.rows; ++i) {
    const float* x = input().output.Row(i);
    const float* dy = output().gradient.Row(i);
    float* dx = input().gradient.Row(i);
    for (int64_t j = 0; j < block.columns; ++j) {
      dx[j] = x[j] > 0 ? dy[j] : Slope(context, j) * dy[j];
    }
  }
}

void PreluStep::BackwardParameters(const StepContext& context) {
  if (!slopes_.trainable()) return;
  if (is_shared_) {
    DifferentiateSharedSlope(context);
  } else {
    DifferentiateSlopes(context);
  }
}

double PreluStep::SlopeGradient(int64_t rows, int64_t column) const {
  double sum = 0;
  for (int64_t i = 0; i < rows; ++i) {
    const float x = input().output.Row(i)[column];
    if (x > 0) continue;
    sum += static_cast<double>(output().gradient.Row(i)[column]) * static_cast<double>(x);
  }
  return sum;
}

void PreluStep::DifferentiateSlopes(const StepContext& context) const {
  TakeOfColumns(context, slopes_, output().columns,
                [&](int64_t column) { return SlopeGradient(context.rows, column); });
}

void PreluStep::DifferentiateSharedSlope(const StepContext& context) const {
  double sum = 0;
  for (int64_t j = 0; j < output().columns; ++j) sum += SlopeGradient(context.rows, j);
  float gradient[kMostLanes] = {static_cast<float>(sum)};
  context.sink->Take(slopes_.offset, slopes_.panels.lanes, gradient);
}

}  // namespace

const LayerType PreluLayer::kType{kPreluInfo, &ReadPrelu};

void PreluLayer::AddTensors(TensorList& to) const {
  to.Add({.name = "weight",
          .role = ParameterRole::kScale,
          .shape = {shared ? 1 : output_size},
          .value = static_cast<float>(slope)});
}

void PreluLayer::Lower(Lowering& plan) const {
  plan.Add([](const StepSite& site) { return std::make_unique<PreluStep>(site); });
}

}  // namespace layerwise
