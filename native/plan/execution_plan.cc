#include "native/plan/execution_plan.h"

#include <algorithm>
#include <cmath>

#include "native/data/next_rows.h"
#include "native/plan/steps/blocks.h"

namespace layerwise {

ExecutionPlan::ExecutionPlan(const NetworkSpec& spec, const ParameterLayout& layout,
                             const PlanOptions& options)
    : spec_(spec), layout_(layout), options_(options) {
  Lower();
  Reserve();
  ReserveRowStatistics();
  ReserveSlopes();
  ReserveTraining();
  ReserveFolded();
  ReserveWeightCopies();
  ReserveTiedGradients();
  ReserveValueCopies();
  ReserveBranches();
  ReserveObjective();
}

ExecutionPlan::~ExecutionPlan() = default;

StepContext ExecutionPlan::Context(ThreadPool& pool, const float* parameters, int64_t rows) const {
  float* scratch = scratch_slot_.count > 0 ? arena_.At(scratch_slot_) : nullptr;
  return {pool, rows, parameters, nullptr, nullptr, nullptr, scratch, ScratchSize(), weights_};
}

void ExecutionPlan::StartOptimizer(const double* settings) {
  if (options_.optimizer == nullptr || options_.optimizer->start == nullptr) return;  // zeros
  const OptimizerStart start = options_.optimizer->start(settings);
  for (size_t s = 0; s < states_.size(); ++s) {
    std::fill_n(states_[s], layout_.size(), start.values[s]);
  }
}

void ExecutionPlan::Prepare(ThreadPool& pool, const float* parameters) {
  const StepContext context = Context(pool, parameters, options_.batch_rows);
  for (const auto& step : steps_) step->Prepare(context);
}

void ExecutionPlan::Forward(ThreadPool& pool, const float* parameters, int64_t rows) {
  RunForward(Context(pool, parameters, rows));
}

void ExecutionPlan::ForwardTraining(ThreadPool& pool, int64_t rows) {
  StepContext context = Context(pool, parameters_, rows);
  context.running_statistics = parameters_;
  context.training = &training_;
  RunForward(context);
}

void ExecutionPlan::RunForward(const StepContext& context) {
  const ValueBuffer& input = values_.front();
  if (input.output_copies.kernels != nullptr) {
    ForBlocks(context, input, [&](const Block& block) {
      input.Finish(context, block.first_row, block.rows, block.first_column, block.columns);
    });
  }
  for (const auto& step : steps_) {
    if (next_rows_ != nullptr) next_rows_->FetchPart();
    step->Forward(context);
  }
}

void ExecutionPlan::Backward(ThreadPool& pool, int64_t rows, const StepConstants& constants) {
  updating_sink_.set_constants(constants);
  RunBackward(pool, rows, updating_sink_);
  Constrain(pool);
}

void ExecutionPlan::KeepGradients(ThreadPool& pool, int64_t rows, float share, bool adds) {
  storing_sink_.set_storing(share, adds);
  RunBackward(pool, rows, storing_sink_);
}

void ExecutionPlan::Update(ThreadPool& pool, const StepConstants& constants,
                           const GradientClipping& clipping) {
  deferred_update_->Apply(Context(pool, parameters_, options_.batch_rows), constants, clipping);
  Prepare(pool, parameters_);
  Constrain(pool);
}

void ExecutionPlan::Constrain(ThreadPool& pool) {
  const StepContext context = Context(pool, parameters_, options_.batch_rows);
  for (Step* step : bounded_) step->Constrain(context, parameters_);
}

void ExecutionPlan::RunBackward(ThreadPool& pool, int64_t rows, const GradientSink& sink) {
  StepContext context = Context(pool, parameters_, rows);
  context.sink = &sink;
  context.training = &training_;
  // The output's own activation and normalisation; the loss left the gradient behind them.
  const ValueBuffer& output = values_.back();
  if (output.gradient) {
    ForBlocks(context, output, [&](const Block& block) {
      output.Differentiate(context, block.first_row, block.rows, block.first_column, block.columns);
    });
  }
  for (size_t i = steps_.size(); i-- > 0;) {
    if (next_rows_ != nullptr) next_rows_->FetchPart();
    if (values_[i + 1].gradient) steps_[i]->Backward(context);
  }
}

void ExecutionPlan::Loss(ThreadPool& pool, int64_t rows, bool with_gradient) {
  const StepContext context = Context(pool, nullptr, rows);
  const bool gradient = with_gradient && values_.back().gradient;
  if (options_.objective->custom != nullptr) {
    CustomLossOf(context, gradient);
    return;
  }
  ForRows(context, outputs().columns,
          [&](int64_t first, int64_t count) { LossOfRows(context, first, count, gradient); });
}

// What such a loss gives is a mean over the rows: each of them gets it.
void ExecutionPlan::CustomLossOf(const StepContext& context, bool with_gradient) {
  const int64_t rows = context.rows;
  const MatrixView gradient = with_gradient ? values_.back().gradient : MatrixView{};
  const double loss = options_.objective->custom->Compute(
      {rows, outputs(), classes_ == nullptr ? targets_ : MatrixView{}, classes_, weights_,
       gradient});
  std::fill_n(row_losses_, rows, loss);
  for (const Step* step : penalties_) step->AddPenalty(context, 0, rows, row_losses_);
}

void ExecutionPlan::LossOfRows(const StepContext& context, int64_t first_row, int64_t rows,
                               bool with_gradient) {
  const ValueBuffer& value = values_.back();
  LossBlock block;
  block.outputs = value.output.Row(first_row);
  block.stride = value.output.stride;
  block.rows = rows;
  block.columns = value.columns;
  if (classes_ != nullptr) {
    block.classes = classes_ + first_row;
  } else {
    block.targets = targets_.Row(first_row);
    block.target_stride = targets_.stride;
  }
  if (with_gradient) {
    block.gradient = value.gradient.Row(first_row);
    block.gradient_stride = value.gradient.stride;
    block.gradient_scale = 1.0f / static_cast<float>(context.rows);
  }
  block.row_losses = row_losses_ + first_row;
  options_.objective->loss->compute(block, options_.objective->loss_parameters.data());
  if (weights_ != nullptr) WeightRows(block, first_row);
  for (const Step* step : penalties_) step->AddPenalty(context, first_row, rows, row_losses_);
}

// The loss is the mean over the rows of weight * loss, so a weight of 2 counts as the row twice in
// the gradient.
void ExecutionPlan::WeightRows(const LossBlock& block, int64_t first_row) const {
  for (int64_t i = 0; i < block.rows; ++i) {
    const float weight = weights_[first_row + i];
    block.row_losses[i] *= static_cast<double>(weight);
    if (block.gradient == nullptr) continue;
    float* gradient = block.gradient + i * block.gradient_stride;
    for (int64_t j = 0; j < block.columns; ++j) gradient[j] *= weight;
  }
}

// A layer may have taken several steps: it computes in the first and ends with the last.
InspectedLayer ExecutionPlan::Inspected(size_t layer) const {
  InspectedLayer inspected;
  for (size_t i = 0; i < stages_.size(); ++i) {
    if (stages_[i].layer != layer || IsProjection(i)) continue;
    if (inspected.value == nullptr) inspected.gradient = values_[i + 1].gradient;
    inspected.value = &values_[i + 1];
  }
  return inspected;
}

std::string ExecutionPlan::FirstNonFiniteLayer(int64_t rows) const {
  for (size_t stage = 0; stage < stages_.size(); ++stage) {
    const MatrixView& output = values_[stage + 1].output;
    for (int64_t i = 0; i < rows; ++i) {
      const float* row = output.Row(i);
      const bool finite =
          std::all_of(row, row + output.columns, [](float x) { return std::isfinite(x); });
      if (!finite) return spec_.layers[stages_[stage].layer].path;
    }
  }
  return {};
}

}  // namespace layerwise
