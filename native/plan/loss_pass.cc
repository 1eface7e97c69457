#include "native/plan/loss_pass.h"

#include <algorithm>
#include <utility>

#include "native/layers/blocks.h"
#include "native/plan/custom_loss.h"

namespace layerwise {
namespace {

// The loss is the mean over the rows of weight * loss, so a weight of 2 counts as the row twice in
// the gradient.
void WeightRows(const LossBlock& block, const float* weights) {
  for (int64_t i = 0; i < block.rows; ++i) {
    const float weight = weights[i];
    block.row_losses[i] *= static_cast<double>(weight);
    if (block.gradient == nullptr) continue;
    float* gradient = block.gradient + i * block.gradient_stride;
    for (int64_t j = 0; j < block.columns; ++j) gradient[j] *= weight;
  }
}

}  // namespace

LossPass::LossPass(const NetworkSpec& spec, const Program& program, const PlanOptions& options)
    : spec_(spec), program_(program), options_(options), outputs_(program.outputs.size()) {}

void LossPass::Reserve(ArenaLayout& layout) {
  if (options_.objective == nullptr) return;
  const auto rows = static_cast<size_t>(options_.batch_rows);
  row_losses_slot_ = layout.Reserve<double>(rows);
  if (options_.weights) weights_slot_ = layout.Reserve<float>(rows);
  for (size_t i = 0; i < outputs_.size(); ++i) ReserveOutput(layout, i);
}

void LossPass::ReserveOutput(ArenaLayout& layout, size_t index) {
  Output& output = outputs_[index];
  const auto rows = static_cast<size_t>(options_.batch_rows);
  if (program_.has_heads) output.row_losses_slot = layout.Reserve<double>(rows);
  if (!options_.output_weights.empty() && options_.output_weights[index]) {
    output.weights_slot = layout.Reserve<float>(rows);
  }
  if (TargetsOf(index) == TargetKind::kClasses) output.classes_slot = layout.Reserve<int32_t>(rows);
  if (TargetsOf(index) == TargetKind::kMatrix) {
    const int64_t stride = PaddedStride(program_.ColumnsOf(program_.outputs[index]));
    output.targets_slot = layout.Reserve<float>(rows * static_cast<size_t>(stride));
  }
}

void LossPass::Bind(const Arena& arena, const MemoryPlan& memory,
                    std::vector<const Step*> penalties) {
  for (size_t i = 0; i < outputs_.size(); ++i) {
    outputs_[i].value = &memory.value(program_.outputs[i]);
  }
  if (options_.objective == nullptr) return;
  penalties_ = std::move(penalties);
  row_losses_ = arena.At(row_losses_slot_);
  if (options_.weights) weights_ = arena.At(weights_slot_);
  for (size_t i = 0; i < outputs_.size(); ++i) BindOutput(arena, memory, i);
}

void LossPass::BindOutput(const Arena& arena, const MemoryPlan& memory, size_t index) {
  Output& output = outputs_[index];
  const int64_t columns = output.value->columns;
  output.row_losses = program_.has_heads ? arena.At(output.row_losses_slot) : row_losses_;
  output.weights = output.weights_slot.count > 0 ? arena.At(output.weights_slot) : weights_;
  switch (TargetsOf(index)) {
    case TargetKind::kNone:
      break;
    case TargetKind::kClasses:
      output.classes = arena.At(output.classes_slot);
      break;
    case TargetKind::kMatrix:
      output.targets = {arena.At(output.targets_slot), PaddedStride(columns), columns};
      break;
    case TargetKind::kInput: {
      const MatrixView& inputs = memory.value(0).output;
      output.targets = {inputs.data + spec_.outputs[index].first_column, inputs.stride, columns};
      break;
    }
  }
}

void LossPass::Compute(const StepContext& context, bool with_gradient) {
  if (options_.objective->custom != nullptr) {
    ComputeCustom(context, with_gradient);
    return;
  }
  ForRows(context, spec_.output_size(),
          [&](int64_t first, int64_t count) { ComputeRows(context, first, count, with_gradient); });
}

// What such a loss gives is a mean over the rows: each of them gets it.
void LossPass::ComputeCustom(const StepContext& context, bool with_gradient) {
  const int64_t rows = context.rows;
  const Output& output = outputs_.front();
  const MatrixView gradient = with_gradient ? output.value->gradient : MatrixView{};
  const double loss = options_.objective->custom->Compute(
      {rows, output.value->output, output.classes == nullptr ? output.targets : MatrixView{},
       output.classes, weights_, gradient});
  std::fill_n(row_losses_, rows, loss);
  for (const Step* step : penalties_) step->AddPenalty(context, 0, rows, row_losses_);
}

void LossPass::ComputeRows(const StepContext& context, int64_t first_row, int64_t rows,
                           bool with_gradient) {
  for (size_t i = 0; i < outputs_.size(); ++i) {
    ComputeOutput(context, i, first_row, rows, with_gradient);
  }
  if (program_.has_heads) AddOutputs(first_row, rows);
  for (const Step* step : penalties_) step->AddPenalty(context, first_row, rows, row_losses_);
}

void LossPass::ComputeOutput(const StepContext& context, size_t index, int64_t first_row,
                             int64_t rows, bool with_gradient) {
  const Output& output = outputs_[index];
  const ValueBuffer& value = *output.value;
  const OutputObjective& objective = options_.objective->outputs[index];
  LossBlock block;
  block.outputs = value.output.Row(first_row);
  block.stride = value.output.stride;
  block.rows = rows;
  block.columns = value.columns;
  if (output.classes != nullptr) {
    block.classes = output.classes + first_row;
  } else {
    block.targets = output.targets.Row(first_row);
    block.target_stride = output.targets.stride;
  }
  if (with_gradient && value.gradient) {
    block.gradient = value.gradient.Row(first_row);
    block.gradient_stride = value.gradient.stride;
    block.gradient_scale = objective.weight / static_cast<float>(context.rows);
  }
  block.row_losses = output.row_losses + first_row;
  objective.loss->compute(block, objective.loss_parameters.data());
  if (output.weights != nullptr) WeightRows(block, output.weights + first_row);
}

// The loss of a row is the sum of those of its outputs, each times its weight.
void LossPass::AddOutputs(int64_t first_row, int64_t rows) {
  std::fill_n(row_losses_ + first_row, rows, 0.0);
  for (size_t i = 0; i < outputs_.size(); ++i) {
    const auto weight = static_cast<double>(options_.objective->outputs[i].weight);
    const double* losses = outputs_[i].row_losses;
    for (int64_t row = first_row; row < first_row + rows; ++row) {
      row_losses_[row] += weight * losses[row];
    }
  }
}

}  // namespace layerwise
