#include "native/plan/steps/layer_norm_step.h"

#include <algorithm>

#include "native/core/arena.h"
#include "native/kernels/instruction_set.h"
#include "native/plan/steps/blocks.h"

namespace layerwise {

LayerNormStep::LayerNormStep(const NetworkSpec& spec, const ParameterLayout& layout, size_t layer,
                             const ValueBuffer& input, const ValueBuffer& output,
                             const Statistics& statistics)
    : kernels_(LayerNormKernelsFor(SelectedInstructionSet())),
      is_trainable_(layout.IsTrainable(layer)),
      scale_(layout.Find(layer, ParameterRole::kScale)),
      shift_(layout.Find(layer, ParameterRole::kShift)),
      epsilon_(static_cast<float>(spec.layers[layer].epsilon)),
      input_(input),
      output_(output),
      statistics_(statistics) {}

LayerNormRows LayerNormStep::Rows(const StepContext& context, int64_t first_row,
                                  int64_t rows) const {
  LayerNormRows block;
  block.rows = rows;
  block.columns = output_.columns;
  block.input = input_.output.Row(first_row);
  block.input_stride = input_.output.stride;
  if (scale_ != nullptr) block.gamma = context.parameters + scale_->offset;
  if (shift_ != nullptr) block.beta = context.parameters + shift_->offset;
  block.mean = statistics_.mean + first_row;
  block.inverse_deviation = statistics_.inverse_deviation + first_row;
  return block;
}

void LayerNormStep::Forward(const StepContext& context) {
  ForRows(context, output_.columns, [&](int64_t first, int64_t rows) {
    kernels_.forward(Rows(context, first, rows), epsilon_, output_.linear.Row(first),
                     output_.linear.stride);
    output_.Finish(context, first, rows, 0, output_.columns);
  });
}

void LayerNormStep::Backward(const StepContext& context) {
  if (input_.gradient) {  // first: it needs the scale from before the update
    ForRows(context, input_.columns, [&](int64_t first, int64_t rows) {
      kernels_.backward(Rows(context, first, rows), output_.gradient.Row(first),
                        output_.gradient.stride, input_.gradient.Row(first),
                        input_.gradient.stride);
    });
  }
  if (is_trainable_) ParameterGradients(context);
  if (!input_.gradient) return;
  ForBlocks(context, input_, [&](const Block& block) {
    input_.Differentiate(context, block.first_row, block.rows, block.first_column, block.columns);
  });
}

void LayerNormStep::ParameterGradients(const StepContext& context) const {
  constexpr int64_t kColumnsInTask = 64;
  const int64_t columns = output_.columns;
  const int64_t tasks = (columns + kColumnsInTask - 1) / kColumnsInTask;
  const double operations =
      kOperationsPerElement * static_cast<double>(context.rows) * static_cast<double>(columns);
  context.Parallel(tasks, operations, [&](int64_t task, int) {
    const int64_t first = task * kColumnsInTask;
    alignas(kCacheLineBytes) float scale_gradient[kColumnsInTask] = {};
    alignas(kCacheLineBytes) float shift_gradient[kColumnsInTask] = {};
    LayerNormRows block = Rows(context, 0, context.rows);
    block.columns = std::min(kColumnsInTask, columns - first);
    block.input += first;
    kernels_.parameter_gradients(block, output_.gradient.data + first, output_.gradient.stride,
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
