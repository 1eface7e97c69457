#include "native/plan/execution_plan.h"

#include <algorithm>
#include <cmath>

#include "native/data/next_rows.h"
#include "native/plan/steps/blocks.h"
#include "native/plan/view_rows.h"

namespace layerwise {
namespace {

// Handing work to threads and waiting for them costs a microsecond or two: about what so many
// operations take for each lane of the vectors.
constexpr double kWorthwhilePerLane = 100e3;

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
  return {pool,       rows,
          parameters, nullptr,
          nullptr,    nullptr,
          scratch,    ScratchSize(),
          weights_,   kWorthwhilePerLane * static_cast<double>(layout_.lanes())};
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

// A product takes its left operand number by number. Everything else, conversions among it, reads
// and may write whole vectors.
bool ExecutionPlan::ReadsRowsAnywhere() const {
  return !options_.backward() && !options_.bf16() && options_.objective == nullptr &&
         stages_.front().kind == StageKind::kDense && uses_.front().last_stage == 0;
}

void ExecutionPlan::ReadRowsFrom(const float* rows) {
  MatrixView& inputs = values_.front().output;
  inputs = own_inputs_;
  if (rows == nullptr) return;
  inputs.data = const_cast<float*>(rows);  // nobody writes the inputs of such a plan
  inputs.stride = inputs.columns;
}

void ExecutionPlan::RunForward(const StepContext& context) {
  const ValueBuffer& input = values_.front();
  if (input.output_copies.kernels != nullptr) {
    ForBlocks(context, input, [&](const Block& block) { input.Finish(context, block); });
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
  for (size_t i = steps_.size(); i-- > 0;) {
    const ValueBuffer& value = values_[i + 1];
    // An output's own activation and normalisation; the loss left the gradient behind them.
    if (stages_[i].is_output && value.gradient) {
      ForBlocks(context, value, [&](const Block& block) { value.Differentiate(context, block); });
    }
    if (next_rows_ != nullptr) next_rows_->FetchPart();
    if (value.gradient) steps_[i]->Backward(context);
  }
}

void ExecutionPlan::Loss(ThreadPool& pool, int64_t rows, bool with_gradient) {
  const StepContext context = Context(pool, nullptr, rows);
  if (options_.objective->custom != nullptr) {
    CustomLossOf(context, with_gradient);
    return;
  }
  ForRows(context, spec_.output_size(),
          [&](int64_t first, int64_t count) { LossOfRows(context, first, count, with_gradient); });
}

// What such a loss gives is a mean over the rows: each of them gets it.
void ExecutionPlan::CustomLossOf(const StepContext& context, bool with_gradient) {
  const int64_t rows = context.rows;
  const Output& output = outputs_.front();
  const MatrixView gradient = with_gradient ? values_[output.value].gradient : MatrixView{};
  const double loss = options_.objective->custom->Compute(
      {rows, outputs(), output.classes == nullptr ? output.targets : MatrixView{}, output.classes,
       weights_, gradient});
  std::fill_n(row_losses_, rows, loss);
  for (const Step* step : penalties_) step->AddPenalty(context, 0, rows, row_losses_);
}

void ExecutionPlan::LossOfRows(const StepContext& context, int64_t first_row, int64_t rows,
                               bool with_gradient) {
  for (size_t i = 0; i < outputs_.size(); ++i) {
    LossOfOutput(context, i, first_row, rows, with_gradient);
  }
  if (HasHeads()) AddLosses(first_row, rows);
  for (const Step* step : penalties_) step->AddPenalty(context, first_row, rows, row_losses_);
}

void ExecutionPlan::LossOfOutput(const StepContext& context, size_t index, int64_t first_row,
                                 int64_t rows, bool with_gradient) {
  const Output& output = outputs_[index];
  const ValueBuffer& value = values_[output.value];
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

void ExecutionPlan::BeginEvaluation() {
  for (const auto& step : steps_) step->BeginEvaluation();
}

double ExecutionPlan::EndEvaluation() {
  return std::accumulate(
      steps_.begin(), steps_.end(), 0.0,
      [](double sum, const std::unique_ptr<Step>& step) { return sum + step->EndEvaluation(); });
}

// The loss of a row is the sum of those of its outputs, each times its weight.
void ExecutionPlan::AddLosses(int64_t first_row, int64_t rows) {
  std::fill_n(row_losses_ + first_row, rows, 0.0);
  for (size_t i = 0; i < outputs_.size(); ++i) {
    const auto weight = static_cast<double>(options_.objective->outputs[i].weight);
    const double* losses = outputs_[i].row_losses;
    for (int64_t row = first_row; row < first_row + rows; ++row) {
      row_losses_[row] += weight * losses[row];
    }
  }
}

void ExecutionPlan::CopyOutputs(int64_t rows, float* to) const {
  if (!HasHeads()) {
    CopyRowsOut(outputs(), rows, to);
    return;
  }
  const int64_t stride = spec_.output_size();
  for (size_t i = 0; i < outputs_.size(); ++i) {
    CopyRowsOut(outputs(i), rows, to + spec_.outputs[i].first_column, stride);
  }
}

void ExecutionPlan::SetOutputGradient(int64_t rows, const float* gradient) {
  for (size_t i = 0; i < outputs_.size(); ++i) {
    const MatrixView& to = values_[outputs_[i].value].gradient;
    if (!to) continue;
    CopyRowsIn(gradient + spec_.outputs[i].first_column, spec_.output_size(), rows, to);
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
