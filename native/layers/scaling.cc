#include "native/layers/scaling.h"

#include <limits>
#include <memory>
#include <vector>

#include "native/layers/block_step.h"
#include "native/layers/column_gradients.h"
#include "native/layers/training_factors.h"

namespace layerwise {
namespace {

constexpr ParameterInfo kScalingParameters[] = {
    {.name = "factor",
     .fallback = 1.0,
     .minimum = std::numeric_limits<float>::lowest(),
     .maximum = std::numeric_limits<float>::max(),
     .description = "The factor of every column before training."},
    kLearningRateFactor,
    kWeightDecayFactor,
    kFrozenParameter};

constexpr RowInfo kScalingInfo{
    "scaling", "y = s x",
    "A learned factor for each column: as the first layer, how much of each input the network "
    "takes "
    "(Holzmueller, Grinsztajn and Steinwart 2024, with a learningRateFactor of 6). The factors are "
    "not subject to weight decay where biases are not.",
    kScalingParameters};

std::unique_ptr<Layer> ReadScaling(const ValueReader& spec, int64_t input_size) {
  auto layer = LayerOfSameSize<ScalingLayer>(input_size);
  const std::vector<double> parameters = ReadParameters(spec, kScalingInfo);
  layer->factor = parameters[0];
  layer->factors = {parameters[1], parameters[2]};
  layer->frozen = parameters[3] != 0;
  return layer;
}

class ScalingStep final : public BlockStep {
 public:
  explicit ScalingStep(const StepSite& site)
      : BlockStep(site, Cut::kEither, Cut::kEither),
        factors_(*site.layout.Find(site.layer, ParameterRole::kScale)) {}

 private:
  void ForwardBlock(const StepContext& context, const Block& block) const override {
    Multiply(context, input().output, output().linear, block);
  }
  void BackwardBlock(const StepContext& context, const Block& block) const override {
    Multiply(context, output().gradient, input().gradient, block);
  }
  void BackwardParameters(const StepContext& context) override;
  void Multiply(const StepContext& context, const MatrixView& from, const MatrixView& to,
                const Block& block) const;

  const ParameterBlock& factors_;
};

void ScalingStep::Multiply(const StepContext& context, const MatrixView& from, const MatrixView& to,
                           const Block& block) const {
  const float* factors = context.parameters + factors_.offset + block.first_column;
  for (int64_t i = block.first_row; i < block.first_row + block.rows; ++i) {
    const float* x = from.Row(i) + block.first_column;
    float* y = to.Row(i) + block.first_column;
    for (int64_t j = 0; j < block.columns; ++j) y[j] = factors[j] * x[j];
  }
}

void ScalingStep::BackwardParameters(const StepContext& context) {
  if (!factors_.trainable()) return;
  TakeOfColumns(context, factors_, output().columns, [&](int64_t column) {
    double sum = 0;
    for (int64_t i = 0; i < context.rows; ++i) {
      sum += static_cast<double>(output().gradient.Row(i)[column]) *
             static_cast<double>(input().output.Row(i)[column]);
    }
    return sum;
  });
}

class ConstantScaleStep final : public BlockStep {
 public:
  ConstantScaleStep(double factor, const StepSite& site)
      : BlockStep(site, Cut::kEither, Cut::kEither), factor_(static_cast<float>(factor)) {}

 private:
  void ForwardBlock(const StepContext&, const Block& block) const override {
    Multiply(input().output, output().linear, block);
  }
  void BackwardBlock(const StepContext&, const Block& block) const override {
    Multiply(output().gradient, input().gradient, block);
  }
  void Multiply(const MatrixView& from, const MatrixView& to, const Block& block) const {
    for (int64_t i = block.first_row; i < block.first_row + block.rows; ++i) {
      const float* x = from.Row(i) + block.first_column;
      float* y = to.Row(i) + block.first_column;
      for (int64_t j = 0; j < block.columns; ++j) y[j] = factor_ * x[j];
    }
  }

  const float factor_;
};

}  // namespace

const LayerType ScalingLayer::kType{kScalingInfo, &ReadScaling};

void ScalingLayer::AddTensors(TensorList& to) const {
  to.Add({.name = "weight",
          .role = ParameterRole::kScale,
          .shape = {output_size},
          .value = static_cast<float>(factor),
          .factors = factors});
}

void ScalingLayer::Lower(Lowering& plan) const {
  plan.Add([](const StepSite& site) { return std::make_unique<ScalingStep>(site); });
}

void AddConstantScale(Lowering& plan, double factor, int64_t columns) {
  const MakeStep make = [factor](const StepSite& site) {
    return std::make_unique<ConstantScaleStep>(factor, site);
  };
  plan.Add(make, {.prepares_input = true}).columns = columns;
}

}  // namespace layerwise
