#include "native/plan/execution_plan.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include "native/kernels/instruction_set.h"
#include "native/plan/next_rows.h"
#include "native/plan/steps/activity_penalty_step.h"
#include "native/plan/steps/blocks.h"
#include "native/plan/steps/contractive_penalty_step.h"
#include "native/plan/steps/dense_step.h"
#include "native/plan/steps/gaussian_sampling_step.h"
#include "native/plan/steps/identity_step.h"
#include "native/plan/steps/layer_norm_step.h"
#include "native/plan/steps/maxout_step.h"
#include "native/plan/steps/noise_step.h"
#include "native/plan/steps/prelu_step.h"
#include "native/plan/steps/row_activation_step.h"

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

void ExecutionPlan::Allocate() {
  arena_ = Arena(arena_layout_);
  BindValues();
  for (size_t i = 0; i < stages_.size(); ++i) {
    steps_.push_back(BuildStep(i));
    if (HasPenalty(stages_[i])) penalties_.push_back(steps_.back().get());
    if (IsBounded(stages_[i])) bounded_.push_back(steps_.back().get());
  }
  if (!options_.backward()) return;
  parameters_ = arena_.At(parameters_slot_);
  for (const Slot<float> slot : state_slots_) states_.push_back(arena_.At(slot));
  if (options_.optimizer != nullptr) {
    updating_sink_ = GradientSink(layout_, *options_.optimizer, parameters_, states_.data());
  }
  if (!options_.gradients) return;
  gradients_ = arena_.At(gradients_slot_);
  storing_sink_ = GradientSink(gradients_);
  if (options_.optimizer == nullptr) return;
  deferred_update_ = std::make_unique<DeferredUpdate>(layout_, *options_.optimizer, gradients_,
                                                      parameters_, states_.data());
}

void ExecutionPlan::BindValues() {
  const auto view = [&](Slot<float> slot, int64_t columns) {
    return MatrixView{arena_.At(slot), PaddedStride(columns), columns};
  };
  // Steps keep references into this vector: it must not grow afterwards.
  values_.resize(stages_.size() + 1);
  values_[0].columns = spec_.layers[options_.from].input_size;
  values_[0].output = view(input_slot_, values_[0].columns);
  if (options_.input_gradient) {
    values_[0].gradient = view(input_gradient_slot_, values_[0].columns);
  }
  for (size_t i = 0; i < stages_.size(); ++i) {
    const Stage& stage = stages_[i];
    ValueBuffer& value = values_[i + 1];
    value.columns = stage.columns;
    value.linear = view(stage.linear, stage.columns);
    value.before = view(stage.before, stage.columns);
    value.output = view(stage.output, stage.columns);
    const bool has_norm = stage.norm_layer >= 0 && !Folds(i);
    norms_.push_back(has_norm ? BuildNorm(stage) : nullptr);
    value.norm = norms_.back().get();
    value.norm_uses_batch = has_norm && norms_.back()->UsesBatch();
    folded_norms_.push_back(Folds(i) ? BuildFoldedNorm(stage) : nullptr);
    if (stage.kind != StageKind::kRowActivation) value.activation = stage.activation;
    if (NeedsGradient(i + 1)) {
      const size_t turn = options_.inspects ? i : uses_[i + 1].turn;
      value.gradient = view(value_gradient_slots_[turn], stage.columns);
    }
  }
  if (options_.bf16()) BindCopies();
  BindJunctions();
  if (options_.objective == nullptr) return;
  row_losses_ = arena_.At(row_losses_slot_);
  for (const Slot<double> slot : row_metrics_slots_) row_metrics_.push_back(arena_.At(slot));
  if (options_.targets == TargetKind::kClasses) classes_ = arena_.At(classes_slot_);
  if (options_.weights) weights_ = arena_.At(weights_slot_);
  if (options_.targets == TargetKind::kMatrix) {
    targets_ = view(targets_slot_, values_.back().columns);
  }
  if (options_.targets == TargetKind::kInput) targets_ = inputs();
}

void ExecutionPlan::BindCopies() {
  for (size_t i = 0; i < values_.size(); ++i) {
    ValueBuffer& value = values_[i];
    if (uses_[i].feeds_dense) value.output_copies = CopiesAt(value_copy_slots_[i], value.columns);
    const bool from_dense = i > 0 && stages_[i - 1].kind == StageKind::kDense;
    if (from_dense && value.gradient) {
      value.gradient_copies = CopiesAt(gradient_copy_slots_[uses_[i].turn], value.columns);
    }
  }
}

// The ends of residual blocks, and what they hand back to the beginnings.
void ExecutionPlan::BindJunctions() {
  projection_inputs_.resize(stages_.size());
  junctions_.resize(values_.size());
  for (size_t i = 0; i < stages_.size(); ++i) {
    if (IsProjection(i)) BindProjection(i);
    if (IsJoin(i)) BindJoin(i);
  }
}

void ExecutionPlan::BindJoin(size_t stage) {
  const auto skipped = static_cast<size_t>(stages_[stage].skip);
  ValueBuffer& skip = values_[skipped];
  Junction& junction = JunctionOf(stage + 1);
  junction.skip = skip.output;
  if (!skip.gradient) return;
  const BranchSlots& slots = branch_slots_[stages_[stage].depth];
  junction.skip_gradient = {arena_.At(slots.sum_gradient), PaddedStride(skip.columns),
                            skip.columns};
  const bool is_projected = stages_[stage].input != stage;
  if (!is_projected) {
    JunctionOf(skipped).branch_gradients.push_back(junction.skip_gradient);
    return;
  }
  // Nothing but the sum reads what the projection computed.
  skip.gradient = junction.skip_gradient;
  if (!options_.bf16()) return;
  junction.skip_gradient_copies = CopiesAt(slots.sum_gradient_copies, skip.columns);
  skip.gradient_copies = junction.skip_gradient_copies;
}

void ExecutionPlan::BindProjection(size_t stage) {
  const ValueBuffer& input = values_[stages_[stage].input];
  auto read = std::make_unique<ValueBuffer>();
  read->columns = input.columns;
  read->output = input.output;
  read->output_copies = input.output_copies;
  if (input.gradient) {
    const BranchSlots& slots = branch_slots_[stages_[stage].depth];
    read->gradient = {arena_.At(slots.input_gradient), PaddedStride(input.columns), input.columns};
    JunctionOf(stages_[stage].input).branch_gradients.push_back(read->gradient);
  }
  projection_inputs_[stage] = std::move(read);
}

Junction& ExecutionPlan::JunctionOf(size_t value) {
  if (junctions_[value] == nullptr) {
    junctions_[value] = std::make_unique<Junction>();
    values_[value].junction = junctions_[value].get();
  }
  return *junctions_[value];
}

const ValueBuffer& ExecutionPlan::InputOf(size_t stage) const {
  const ValueBuffer* own = projection_inputs_[stage].get();
  return own != nullptr ? *own : values_[stages_[stage].input];
}

Bf16Copies ExecutionPlan::CopiesAt(const CopySlots& slots, int64_t columns) const {
  Bf16Copies copies;
  copies.kernels = &Bf16KernelsFor(SelectedInstructionSet());
  const auto view = [&](Slot<uint32_t> slot, int64_t width) {
    if (slot.count == 0) return Bf16Copies::View{};
    return Bf16Copies::View{arena_.At(slot), PaddedStride(width)};
  };
  copies.paired_columns = view(slots.paired_columns, (columns + 1) / 2);
  copies.paired_rows = view(slots.paired_rows, columns);
  return copies;
}

std::unique_ptr<BatchNorm> ExecutionPlan::BuildNorm(const Stage& stage) const {
  const bool saves = UsesBatchStatistics(stage);
  return std::make_unique<BatchNorm>(spec_, layout_, static_cast<size_t>(stage.norm_layer),
                                     saves ? arena_.At(stage.saved_mean) : nullptr,
                                     saves ? arena_.At(stage.saved_inverse) : nullptr);
}

std::unique_ptr<FoldedNorm> ExecutionPlan::BuildFoldedNorm(const Stage& stage) const {
  return std::make_unique<FoldedNorm>(
      spec_, layout_, stage.layer, static_cast<size_t>(stage.norm_layer),
      arena_.At(stage.folded_weights), arena_.At(stage.folded_bias));
}

std::unique_ptr<Step> ExecutionPlan::BuildStep(size_t index) const {
  const Stage& stage = stages_[index];
  const ValueBuffer& input = InputOf(index);
  const ValueBuffer& output = values_[index + 1];
  switch (stage.kind) {
    case StageKind::kIdentity:
      return std::make_unique<IdentityStep>(input, output);
    case StageKind::kRowActivation:
      return std::make_unique<RowActivationStep>(stage.activation, input, output);
    case StageKind::kGaussianSampling:
      return std::make_unique<GaussianSamplingStep>(
          stage.layer, spec_.layers[stage.layer].kl_weight, input, output);
    case StageKind::kLayerNorm:
      return std::make_unique<LayerNormStep>(
          spec_, layout_, stage.layer, input, output,
          LayerNormStep::Statistics{arena_.At(stage.saved_mean), arena_.At(stage.saved_inverse)});
    case StageKind::kNoise:
      return std::make_unique<NoiseStep>(stage.layer, spec_.layers[stage.layer].noise, input,
                                         output);
    case StageKind::kActivityPenalty:
      return std::make_unique<ActivityPenaltyStep>(spec_.layers[stage.layer].penalty, input,
                                                   output);
    case StageKind::kContractivePenalty: {
      const MatrixView slopes{arena_.At(stage.slopes), PaddedStride(stage.columns), stage.columns};
      // Its spec says that a dense layer stands before it.
      auto& dense = static_cast<DenseStep&>(*steps_[index - 1]);
      return std::make_unique<ContractivePenaltyStep>(spec_.layers[stage.layer].contraction, input,
                                                      output, slopes, dense.MeasuredWeights());
    }
    case StageKind::kPrelu:
      return std::make_unique<PreluStep>(*layout_.Find(stage.layer, ParameterRole::kScale), input,
                                         output);
    case StageKind::kMaxout:
      return std::make_unique<MaxoutStep>(spec_.layers[stage.layer].pieces, input, output);
    case StageKind::kDense:
      break;
  }
  return BuildDense(index);
}

std::unique_ptr<Step> ExecutionPlan::BuildDense(size_t index) const {
  const Stage& stage = stages_[index];
  const Stage& keeper = stages_[KeeperOf(index)];
  const DenseBuffers buffers{*layout_.Find(stage.layer, ParameterRole::kWeights),
                             layout_.Find(stage.layer, ParameterRole::kBias),
                             InputOf(index),
                             values_[index + 1],
                             folded_norms_[index].get(),
                             IsTied(index)};
  const auto at = [&](auto slot) { return slot.count > 0 ? arena_.At(slot) : nullptr; };
  std::unique_ptr<DenseArithmetic> arithmetic;
  if (options_.bf16()) {
    arithmetic = Bf16Arithmetic(buffers, at(keeper.bf16_weights), at(keeper.bf16_transposed));
  } else {
    float* packed = Packs(stage) ? arena_.At(packed_slot_) : nullptr;
    arithmetic = Float32Arithmetic(buffers, at(keeper.transposed), packed);
  }
  auto step = std::make_unique<DenseStep>(buffers, std::move(arithmetic), BindTiedGradient(index),
                                          KeeperOf(index) == index);
  if (Regularises(stage)) step->Regularise(spec_.layers[stage.layer]);
  return step;
}

TiedGradient ExecutionPlan::BindTiedGradient(size_t index) const {
  const size_t owner = KeeperOf(index);
  const Slot<float> slot = stages_[owner].tied_gradient;
  TiedGradient gradient;
  if (slot.count > 0) gradient.tiles = arena_.At(slot);
  for (const size_t tied : tied_stages_) {
    if (tied > index && IsTiedTo(tied, owner)) gradient.is_first = false;
  }
  return gradient;
}

// ---- Running ----

StepContext ExecutionPlan::Context(ThreadPool& pool, const float* parameters, int64_t rows) const {
  float* scratch = scratch_slot_.count > 0 ? arena_.At(scratch_slot_) : nullptr;
  return {pool, rows, parameters, nullptr, nullptr, nullptr, scratch, ScratchSize()};
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
    CustomLossOf(rows, gradient);
    return;
  }
  ForRows(context, outputs().columns,
          [&](int64_t first, int64_t count) { LossOfRows(context, first, count, gradient); });
}

// What such a loss gives is a mean over the rows: each of them gets it.
void ExecutionPlan::CustomLossOf(int64_t rows, bool with_gradient) {
  const MatrixView gradient = with_gradient ? values_.back().gradient : MatrixView{};
  const double loss = options_.objective->custom->Compute(
      {rows, outputs(), classes_ == nullptr ? targets_ : MatrixView{}, classes_, weights_,
       gradient});
  std::fill_n(row_losses_, rows, loss);
  for (const Step* step : penalties_) step->AddPenalty(0, rows, row_losses_);
  MetricsOfRows(0, rows);
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
  for (const Step* step : penalties_) step->AddPenalty(first_row, rows, row_losses_);
  MetricsOfRows(first_row, rows);
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

void ExecutionPlan::MetricsOfRows(int64_t first_row, int64_t rows) {
  const Objective& objective = *options_.objective;
  if (objective.metrics.empty()) return;
  const std::string_view output = objective.loss->output == nullptr ? "" : objective.loss->output;
  for (int64_t i = first_row; i < first_row + rows; ++i) {
    const MetricInput input{outputs().Row(i), classes_ == nullptr ? targets_.Row(i) : nullptr,
                            classes_ == nullptr ? 0 : classes_[i], outputs().columns,
                            output == "sigmoid"};
    for (size_t m = 0; m < objective.metrics.size(); ++m) {
      row_metrics_[m][i] = objective.metrics[m]->of_row(input);
    }
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
