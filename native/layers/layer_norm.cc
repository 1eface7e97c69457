#include "native/layers/layer_norm.h"

#include <memory>
#include <vector>

#include "native/core/arena.h"
#include "native/kernels/layer_norm.h"
#include "native/layers/block_step.h"
#include "native/layers/lowering.h"
#include "native/layers/norm_options.h"
#include "native/layers/tensor.h"

namespace layerwise {
namespace {

constexpr ParameterInfo kLayerNormParameters[] = {kEpsilonParameter, kScaleParameter,
                                                  kShiftParameter, kFrozenParameter};

constexpr RowInfo kLayerNormInfo{
    "layerNorm", "y = gamma (x - mean) / sqrt(variance + epsilon) + beta",
    "Layer normalisation (Ba, Kiros and Hinton 2016): each row with its own mean and variance, "
    "while training and when predicting. Epsilon as in PyTorch.",
    kLayerNormParameters};

std::unique_ptr<Layer> ReadLayerNorm(const ValueReader& spec, int64_t input_size) {
  auto layer = LayerOfSameSize<LayerNormLayer>(input_size);
  const std::vector<double> parameters = ReadParameters(spec, kLayerNormInfo);
  layer->epsilon = parameters[0];
  layer->scale = parameters[1] != 0;
  layer->shift = parameters[2] != 0;
  layer->frozen = parameters[3] != 0;
  return layer;
}

class LayerNormStep final : public BlockStep {
 public:
  LayerNormStep(double epsilon, const StepSite& site);

  void Reserve(StepReservation& memory) override;
  void Bind(const StepMemory& memory) override;

 private:
  void ForwardBlock(const StepContext& context, const Block& block) const override;
  void BackwardBlock(const StepContext& context, const Block& block) const override;
  void BackwardParameters(const StepContext& context) override;
  LayerNormRows Rows(const StepContext& context, int64_t first_row, int64_t rows) const;

  const LayerNormKernels& kernels_;
  const bool is_trainable_;
  const ParameterBlock* scale_;  // or null
  const ParameterBlock* shift_;  // or null
  const float epsilon_;
  // Of each row, kept for the backward pass.
  const int64_t batch_rows_;
  Slot<float> mean_slot_;
  Slot<float> inverse_slot_;
  float* mean_ = nullptr;
  float* inverse_deviation_ = nullptr;
};

LayerNormStep::LayerNormStep(double epsilon, const StepSite& site)
    : BlockStep(site),
      kernels_(site.kernels.layer_norm),
      is_trainable_(site.layout.IsTrainable(site.layer)),
      scale_(site.layout.Find(site.layer, ParameterRole::kScale)),
      shift_(site.layout.Find(site.layer, ParameterRole::kShift)),
      epsilon_(static_cast<float>(epsilon)),
      batch_rows_(site.batch_rows) {}

void LayerNormStep::Reserve(StepReservation& memory) {
  mean_slot_ = memory.Own<float>(batch_rows_);
  inverse_slot_ = memory.Own<float>(batch_rows_);
}

void LayerNormStep::Bind(const StepMemory& memory) {
  mean_ = memory.At(mean_slot_);
  inverse_deviation_ = memory.At(inverse_slot_);
}

LayerNormRows LayerNormStep::Rows(const StepContext& context, int64_t first_row,
                                  int64_t rows) const {
  LayerNormRows block;
  block.rows = rows;
  block.columns = output().columns;
  block.input = input().output.Row(first_row);
  block.input_stride = input().output.stride;
  if (scale_ != nullptr) block.gamma = context.parameters + scale_->offset;
  if (shift_ != nullptr) block.beta = context.parameters + shift_->offset;
  block.mean = mean_ + first_row;
  block.inverse_deviation = inverse_deviation_ + first_row;
  return block;
}

void LayerNormStep::ForwardBlock(const StepContext& context, const Block& block) const {
  kernels_.forward(Rows(context, block.first_row, block.rows), epsilon_, output().linear.At(block),
                   output().linear.stride);
}

void LayerNormStep::BackwardBlock(const StepContext& context, const Block& block) const {
  kernels_.backward(Rows(context, block.first_row, block.rows), output().gradient.At(block),
                    output().gradient.stride, input().gradient.At(block), input().gradient.stride);
}

void LayerNormStep::BackwardParameters(const StepContext& context) {
  if (!is_trainable_) return;
  ForColumns(context, output().columns, [&](const Block& columns) {
    const int64_t first = columns.first_column;
    alignas(kCacheLineBytes) float scale_gradient[kColumnsInTask] = {};
    alignas(kCacheLineBytes) float shift_gradient[kColumnsInTask] = {};
    LayerNormRows block = Rows(context, 0, context.rows);
    block.columns = columns.columns;
    block.input += first;
    kernels_.parameter_gradients(block, output().gradient.data + first, output().gradient.stride,
                                 scale_gradient, shift_gradient);
    const auto take = [&](const ParameterBlock& parameter, const float* gradient) {
      const int64_t lanes = parameter.panels.lanes;
      context.sink->Take(parameter.offset + first, (block.columns + lanes - 1) / lanes * lanes,
                         gradient);
    };
    if (scale_ != nullptr) take(*scale_, scale_gradient);
    if (shift_ != nullptr) take(*shift_, shift_gradient);
  });
}

}  // namespace

const LayerType LayerNormLayer::kType{kLayerNormInfo, &ReadLayerNorm};

void LayerNormLayer::AddTensors(TensorList& to) const {
  if (scale) {
    to.Add({.name = "weight", .role = ParameterRole::kScale, .shape = {output_size}, .value = 1});
  }
  if (shift) to.Add({.name = "bias", .role = ParameterRole::kShift, .shape = {output_size}});
}

void LayerNormLayer::Lower(Lowering& plan) const {
  plan.Add([this](const StepSite& site) { return std::make_unique<LayerNormStep>(epsilon, site); });
}

}  // namespace layerwise
