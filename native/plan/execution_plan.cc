#include "native/plan/execution_plan.h"

#include <algorithm>
#include <utility>

#include "native/core/memory_room.h"
#include "native/data/next_rows.h"
#include "native/kernels/instruction_set.h"
#include "native/layers/blocks.h"
#include "native/plan/plan_builder.h"

namespace layerwise {
namespace {

// Handing work to threads and waiting for them costs a microsecond or two: about what so many
// operations take for each lane of the vectors.
constexpr double kWorthwhilePerLane = 100e3;
// Where most steps of a batch are handed over, it is worthwhile for the others too: what they read
// and write lies in the caches of all threads anyway. Small networks gain nothing from that.
constexpr double kWorthwhilePerLaneOfMany = 8e3;
// The operations of a forward pass, for each lane, from which most steps are.
constexpr double kManyPerLane = 500e3;

double WorthwhileOperations(const ParameterLayout& layout, const PlanOptions& options) {
  const auto lanes = static_cast<double>(layout.lanes());
  const double operations =
      2.0 * static_cast<double>(layout.size()) * static_cast<double>(options.batch_rows);
  const bool is_many = options.backward() && operations >= kManyPerLane * lanes;
  return (is_many ? kWorthwhilePerLaneOfMany : kWorthwhilePerLane) * lanes;
}

}  // namespace

ExecutionPlan::ExecutionPlan(const NetworkSpec& spec, const ParameterLayout& layout,
                             const PlanOptions& options)
    : layout_(layout),
      options_(options),
      worthwhile_operations_(WorthwhileOperations(layout, options)),
      kernels_(StepKernelsFor(SelectedInstructionSet(), options.bf16())),
      program_(PlanBuilder(spec, options_).Build()),
      memory_(layout, program_, options_, kernels_),
      loss_(spec, program_, options_),
      trained_(layout, options_),
      batch_(spec, program_, options_, memory_, loss_),
      layers_(spec, program_, memory_, steps_) {
  MakeSteps();
  StepReservation own(arena_layout_);
  memory_.Reserve(arena_layout_, own, RereadsValues());
  for (const auto& step : steps_) step->Reserve(own);
  shared_ = own.Finish(options_.threads);
  trained_.Reserve(arena_layout_);
  loss_.Reserve(arena_layout_);
}

ExecutionPlan::~ExecutionPlan() = default;

void ExecutionPlan::MakeSteps() {
  for (size_t i = 0; i < program_.stages.size(); ++i) {
    const Stage& stage = program_.stages[i];
    const int64_t owner = program_.OwnerOf(i);
    steps_.push_back(
        stage.make({.layer = stage.layer,
                    .layout = layout_,
                    .input = memory_.InputOf(i),
                    .output = memory_.value(i + 1),
                    .kernels = kernels_,
                    .batch_rows = options_.batch_rows,
                    .trains = options_.backward(),
                    .has_loss = options_.objective != nullptr,
                    .input_has_gradient = memory_.NeedsGradient(stage.input),
                    .previous = i > 0 ? steps_[i - 1].get() : nullptr,
                    .owner = owner >= 0 ? steps_[static_cast<size_t>(owner)].get() : nullptr,
                    .folded_norm = memory_.FoldedNormOf(i)}));
  }
}

// The backward pass reads every value again, and penalties on values do when the loss is computed.
bool ExecutionPlan::RereadsValues() const {
  return options_.backward() || (options_.objective != nullptr &&
                                 std::any_of(steps_.begin(), steps_.end(), [](const auto& step) {
                                   return step->PenalisesValues();
                                 }));
}

bool ExecutionPlan::TakesRowsApart() const {
  if (options_.objective == nullptr || options_.objective->custom != nullptr) return false;
  for (size_t i = 0; i < steps_.size(); ++i) {
    if (!steps_[i]->TakesRowsApart() || memory_.value(i + 1).norm != nullptr) return false;
  }
  return true;
}

void ExecutionPlan::Allocate() {
  RequireMemoryRoom(bytes());
  arena_ = Arena(arena_layout_);
  const StepMemory own(arena_, shared_);
  scratch_ = own.scratch();
  memory_.Bind(arena_, own);
  std::vector<const Step*> penalties;
  for (const auto& step : steps_) {
    step->Bind(own);
    if (step->HasPenalty()) penalties.push_back(step.get());
    if (step->HasBounds()) bounded_.push_back(step.get());
  }
  loss_.Bind(arena_, memory_, std::move(penalties));
  trained_.Bind(arena_);
}

StepContext ExecutionPlan::Context(ThreadPool& pool, const float* parameters, int64_t rows) const {
  return {pool,
          rows,
          parameters,
          nullptr,
          nullptr,
          nullptr,
          scratch_,
          shared_.scratch_floats,
          loss_.weights(),
          worthwhile_operations_};
}

int64_t ExecutionPlan::FetchMeanwhile(NextRows* rows) {
  next_rows_ = rows;
  return 2 * static_cast<int64_t>(steps_.size());
}

void ExecutionPlan::Prepare(ThreadPool& pool, const float* parameters) {
  const StepContext context = Context(pool, parameters, options_.batch_rows);
  for (const auto& step : steps_) step->Prepare(context);
}

void ExecutionPlan::Forward(ThreadPool& pool, const float* parameters, int64_t rows) {
  RunForward(Context(pool, parameters, rows));
}

void ExecutionPlan::ForwardTraining(ThreadPool& pool, int64_t rows, const TrainingPass& pass) {
  training_ = pass;
  StepContext context = Context(pool, trained_.values(), rows);
  context.running_statistics = trained_.values();
  context.training = &training_;
  RunForward(context);
}

void ExecutionPlan::RunForward(const StepContext& context) {
  const ValueBuffer& input = memory_.value(0);
  if (input.output_copies.kernels != nullptr) {
    ForBlocks(context, input, [&](const Block& block) { input.Finish(context, block); });
  }
  for (const auto& step : steps_) {
    if (next_rows_ != nullptr) next_rows_->FetchPart();
    step->Forward(context);
  }
}

void ExecutionPlan::Loss(ThreadPool& pool, int64_t rows, bool with_gradient) {
  loss_.Compute(Context(pool, nullptr, rows), with_gradient);
}

void ExecutionPlan::Backward(ThreadPool& pool, int64_t rows, const GradientSink& sink) {
  StepContext context = Context(pool, trained_.values(), rows);
  context.sink = &sink;
  context.training = &training_;
  for (size_t i = steps_.size(); i-- > 0;) {
    const ValueBuffer& value = memory_.value(i + 1);
    // An output's own activation and normalisation; the loss left the gradient behind them.
    if (program_.stages[i].is_output && value.gradient) {
      ForBlocks(context, value, [&](const Block& block) { value.Differentiate(context, block); });
    }
    if (next_rows_ != nullptr) next_rows_->FetchPart();
    if (value.gradient) steps_[i]->Backward(context);
  }
  if (sink.updates()) Constrain(pool);
}

void ExecutionPlan::Update(ThreadPool& pool, const StepConstants& constants,
                           const GradientClipping& clipping) {
  trained_.Update(Context(pool, trained_.values(), options_.batch_rows), constants, clipping);
  Prepare(pool, trained_.values());
  Constrain(pool);
}

void ExecutionPlan::Constrain(ThreadPool& pool) {
  const StepContext context = Context(pool, trained_.values(), options_.batch_rows);
  for (Step* step : bounded_) step->Constrain(context, trained_.values());
}

}  // namespace layerwise
