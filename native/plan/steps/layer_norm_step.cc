#include "native/plan/steps/layer_norm_step.h"

#include "native/core/arena.h"
#include "native/kernels/instruction_set.h"

namespace layerwise {

LayerNormStep::LayerNormStep(const NetworkSpec& spec, const ParameterLayout& layout, size_t layer,
                             const ValueBuffer& input, const ValueBuffer& output,
                             const Statistics& statistics)
    : BlockStep(input, output),
      kernels_(LayerNormKernelsFor(SelectedInstructionSet())),
      is_trainable_(layout.IsTrainable(layer)),
      scale_(layout.Find(layer, ParameterRole::kScale)),
      shift_(layout.Find(layer, ParameterRole::kShift)),
      epsilon_(static_cast<float>(spec.layers[layer].epsilon)),
      statistics_(statistics) {}

LayerNormRows LayerNormStep::Rows(const StepContext& context, int64_t first_row,
                                  int64_t rows) const {
  LayerNormRows block;
  block.rows = rows;
  block.columns = output().columns;
  block.input = input().output.Row(first_row);
  block.input_stride = input().output.stride;
  if (scale_ != nullptr) block.gamma = context.parameters + scale_->offset;
  if (shift_ != nullptr) block.beta = context.parameters + shift_->offset;
  block.mean = statistics_.mean + first_row;
  block.inverse_deviation = statistics_.inverse_deviation + first_row;
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

}  // namespace layerwise
