#include "native/layers/batch_norm.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "native/layers/lowering.h"
#include "native/layers/norm_options.h"
#include "native/layers/tensor.h"

namespace layerwise {
namespace {

constexpr ParameterInfo kBatchNormParameters[] = {
    {.name = "momentum",
     .fallback = 0.1,
     .minimum = 0.0,
     .maximum = 1.0,
     .description = "The share of a batch in the running mean and variance."},
    kEpsilonParameter,
    kScaleParameter,
    kShiftParameter,
    BooleanParameter(
        "frozen", false,
        "Whether training leaves gamma, beta and the running statistics as they are and "
        "normalises with the running statistics, as predicting does; Keras's trainable "
        "= False.")};

constexpr RowInfo kBatchNormInfo{
    "batchNorm", "y = gamma (x - mean) / sqrt(variance + epsilon) + beta",
    "Batch normalisation (Ioffe and Szegedy 2015): each column with the mean and variance of the "
    "batch while training, with running ones when predicting. Momentum and epsilon as in PyTorch; "
    "scale and shift are Keras's scale and center, both together PyTorch's affine.",
    kBatchNormParameters};

std::unique_ptr<Layer> ReadBatchNorm(const ValueReader& spec, int64_t input_size) {
  auto layer = LayerOfSameSize<BatchNormLayer>(input_size);
  const std::vector<double> parameters = ReadParameters(spec, kBatchNormInfo);
  layer->momentum = parameters[0];
  layer->epsilon = parameters[1];
  layer->scale = parameters[2] != 0;
  layer->shift = parameters[3] != 0;
  layer->frozen = parameters[4] != 0;
  return layer;
}

// Gradients of this many columns are computed at a time, on the stack.
constexpr int64_t kColumnsAtATime = 64;

}  // namespace

const LayerType BatchNormLayer::kType{kBatchNormInfo, &ReadBatchNorm};

void BatchNormLayer::AddTensors(TensorList& to) const {
  const std::vector<int64_t> shape{output_size};
  if (scale) to.Add({.name = "weight", .role = ParameterRole::kScale, .shape = shape, .value = 1});
  if (shift) to.Add({.name = "bias", .role = ParameterRole::kShift, .shape = shape});
  to.Add({.name = "running_mean", .role = ParameterRole::kRunningMean, .shape = shape});
  to.Add(
      {.name = "running_var", .role = ParameterRole::kRunningVariance, .shape = shape, .value = 1});
}

void BatchNormLayer::Lower(Lowering& plan) const {
  plan.AddNorm([this](const NormSite& site) { return std::make_unique<BatchNorm>(*this, site); },
               epsilon);
}

BatchNorm::BatchNorm(const BatchNormLayer& spec, const NormSite& site)
    : kernels_(site.kernels.batch_norm),
      scale_(site.layout.Find(site.layer, ParameterRole::kScale)),
      shift_(site.layout.Find(site.layer, ParameterRole::kShift)),
      running_mean_(*site.layout.Find(site.layer, ParameterRole::kRunningMean)),
      running_variance_(*site.layout.Find(site.layer, ParameterRole::kRunningVariance)),
      momentum_(static_cast<float>(spec.momentum)),
      epsilon_(static_cast<float>(spec.epsilon)),
      uses_batch_(site.trains && !spec.frozen) {}

void BatchNorm::Reserve(StepReservation& memory, int64_t columns) {
  if (!uses_batch_) return;
  mean_slot_ = memory.Own<float>(PaddedStride(columns));
  inverse_slot_ = memory.Own<float>(PaddedStride(columns));
}

void BatchNorm::Bind(const StepMemory& memory) {
  saved_mean_ = memory.At(mean_slot_);
  saved_inverse_ = memory.At(inverse_slot_);
}

BatchNormColumns BatchNorm::Columns(const StepContext& context, const ValueBuffer& value,
                                    const Block& block) const {
  BatchNormColumns columns;
  columns.rows = block.rows;
  columns.columns = block.columns;
  columns.input = value.linear.At(block);
  columns.input_stride = value.linear.stride;
  const auto parameter = [&](const ParameterBlock* of) {
    return of == nullptr ? nullptr : context.parameters + of->offset + block.first_column;
  };
  columns.gamma = parameter(scale_);
  columns.beta = parameter(shift_);
  columns.epsilon = epsilon_;
  return columns;
}

void BatchNorm::Forward(const StepContext& context, const ValueBuffer& value,
                        const Block& block) const {
  const BatchNormColumns columns = Columns(context, value, block);
  const int64_t first_column = block.first_column;
  float* output = value.before.At(block);
  if (context.running_statistics == nullptr || !UsesBatch()) {
    kernels_.infer(columns, context.parameters + running_mean_.offset + first_column,
                   context.parameters + running_variance_.offset + first_column, output,
                   value.before.stride);
    return;
  }
  BatchNormTraining training;
  training.mean = saved_mean_ + first_column;
  training.inverse_deviation = saved_inverse_ + first_column;
  training.running_mean = context.running_statistics + running_mean_.offset + first_column;
  training.running_variance = context.running_statistics + running_variance_.offset + first_column;
  training.momentum = momentum_;
  kernels_.forward(columns, training, output, value.before.stride);
}

void BatchNorm::Backward(const StepContext& context, const ValueBuffer& value,
                         const Block& block) const {
  if (UsesBatch()) {
    BackwardOfBatch(context, value, block.first_column, block.columns);
    return;
  }
  kernels_.infer_backward(Columns(context, value, block),
                          context.parameters + running_variance_.offset + block.first_column,
                          value.gradient.At(block), value.gradient.stride);
}

void BatchNorm::BackwardOfBatch(const StepContext& context, const ValueBuffer& value,
                                int64_t first_column, int64_t columns) const {
  for (int64_t column = first_column; column < first_column + columns; column += kColumnsAtATime) {
    const int64_t count = std::min(kColumnsAtATime, first_column + columns - column);
    alignas(kCacheLineBytes) float scale_gradient[kColumnsAtATime + 16];
    alignas(kCacheLineBytes) float shift_gradient[kColumnsAtATime + 16];
    BatchNormGradients gradients;
    gradients.mean = saved_mean_ + column;
    gradients.inverse_deviation = saved_inverse_ + column;
    gradients.gradient = value.gradient.data + column;
    gradients.gradient_stride = value.gradient.stride;
    gradients.gamma_gradient = scale_gradient;
    gradients.beta_gradient = shift_gradient;
    kernels_.backward(Columns(context, value, {0, context.rows, column, count}), gradients);
    // Columns beyond the last are padding, with zero gradients: whole vectors may be updated.
    const auto take = [&](const ParameterBlock* parameter, const float* gradient) {
      if (parameter == nullptr) return;
      const int64_t lanes = parameter->panels.lanes;
      context.sink->Take(parameter->offset + column, (count + lanes - 1) / lanes * lanes, gradient);
    };
    take(scale_, scale_gradient);
    take(shift_, shift_gradient);
  }
}

}  // namespace layerwise
