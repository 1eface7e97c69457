#include "native/plan/execution_plan.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "native/kernels/gemm.h"
#include "native/kernels/instruction_set.h"
#include "native/plan/steps/activity_penalty_step.h"
#include "native/plan/steps/blocks.h"
#include "native/plan/steps/dense_step.h"
#include "native/plan/steps/gaussian_sampling_step.h"
#include "native/plan/steps/identity_step.h"
#include "native/plan/steps/layer_norm_step.h"
#include "native/plan/steps/maxout_step.h"
#include "native/plan/steps/noise_step.h"
#include "native/plan/steps/prelu_step.h"
#include "native/plan/steps/row_activation_step.h"

namespace layerwise {
namespace {

FusedActivation Fuse(const LayerSpec& layer) {
  FusedActivation fused;
  if (layer.activation.row == 0) return fused;  // linear
  fused.row = &ActivationOf(layer);
  for (size_t i = 0; i < layer.activation.parameters.size(); ++i) {
    fused.parameters[i] = static_cast<float>(layer.activation.parameters[i]);
  }
  return fused;
}

size_t PaddedCount(int64_t rows, int64_t columns) {
  return static_cast<size_t>(rows * PaddedStride(columns));
}

}  // namespace

ExecutionPlan::ExecutionPlan(const NetworkSpec& spec, const ParameterLayout& layout,
                             const PlanOptions& options)
    : spec_(spec), layout_(layout), options_(options) {
  Lower();
  Reserve();
  ReserveRowStatistics();
  ReserveTraining();
  ReserveFolded();
  ReserveWeightCopies();
  ReserveValueCopies();
  ReserveObjective();
}

ExecutionPlan::~ExecutionPlan() = default;

// ---- Lowering ----

void ExecutionPlan::Lower() {
  for (size_t i = options_.from; i < options_.to; ++i) {
    const LayerSpec& layer = spec_.layers[i];
    if (layer.type == LayerType::kDense) {
      stages_.push_back({StageKind::kDense, i, layer.output_size});
    }
    if (layer.type == LayerType::kMaxout) {
      stages_.push_back({StageKind::kDense, i, layer.output_size * layer.pieces});
      stages_.push_back({StageKind::kMaxout, i, layer.output_size});
    } else if (layer.type == LayerType::kBatchNorm) {
      LowerBatchNorm(i);
    } else if (const std::optional<StageKind> kind = OwnStage(layer.type)) {
      const bool is_idle = *kind == StageKind::kNoise && !options_.backward();  // when predicting
      if (!is_idle) stages_.push_back({*kind, i, layer.output_size});
    } else if (LeftToLoss(i)) {
      LowerLogits(i);
    } else {
      LowerActivation(i);
    }
  }
  if (stages_.empty()) {  // nothing but linear activations: one copy
    const size_t last = options_.to - 1;
    stages_.push_back({StageKind::kIdentity, last, spec_.layers[last].output_size});
  }
}

std::optional<ExecutionPlan::StageKind> ExecutionPlan::OwnStage(LayerType type) {
  switch (type) {
    case LayerType::kGaussianSampling:
      return StageKind::kGaussianSampling;
    case LayerType::kMaskingNoise:
    case LayerType::kGaussianNoise:
    case LayerType::kSaltAndPepperNoise:
    case LayerType::kSwapNoise:
    case LayerType::kDropout:
    case LayerType::kAlphaDropout:
      return StageKind::kNoise;
    case LayerType::kLayerNorm:
      return StageKind::kLayerNorm;
    case LayerType::kActivityPenalty:
      return StageKind::kActivityPenalty;
    case LayerType::kPrelu:
      return StageKind::kPrelu;
    case LayerType::kDense:
    case LayerType::kMaxout:
    case LayerType::kActivation:
    case LayerType::kBatchNorm:
      return std::nullopt;
  }
  return std::nullopt;
}

bool ExecutionPlan::LeftToLoss(size_t layer) const {
  const bool is_output = layer + 1 == spec_.layers.size() && options_.to == spec_.layers.size();
  return is_output && options_.objective != nullptr && options_.objective->loss->output != nullptr;
}

// The loss writes the outputs over the logits: an activation before them, which needs its own
// values again, must not have them there.
void ExecutionPlan::LowerLogits(size_t layer) {
  if (stages_.empty() || !stages_.back().NeedsOutput()) return;
  stages_.push_back({StageKind::kIdentity, layer, spec_.layers[layer].output_size});
}

void ExecutionPlan::LowerActivation(size_t layer) {
  const FusedActivation activation = Fuse(spec_.layers[layer]);
  if (!activation) return;
  const int64_t columns = spec_.layers[layer].output_size;
  if (activation.row->scope == ActivationScope::kRow) {
    stages_.push_back({StageKind::kRowActivation, layer, columns, activation});
    return;
  }
  const bool fits = !stages_.empty() && stages_.back().TakesActivation();
  if (!fits) stages_.push_back({StageKind::kIdentity, layer, columns});
  stages_.back().activation = activation;
}

void ExecutionPlan::LowerBatchNorm(size_t layer) {
  const bool fits = !stages_.empty() && stages_.back().kind == StageKind::kDense &&
                    !stages_.back().activation && stages_.back().norm_layer < 0;
  if (!fits) stages_.push_back({StageKind::kIdentity, layer, spec_.layers[layer].output_size});
  stages_.back().norm_layer = static_cast<int64_t>(layer);
}

bool ExecutionPlan::FeedsDense(size_t value) const {
  return value < stages_.size() && stages_[value].kind == StageKind::kDense;
}

bool ExecutionPlan::NeedsGradient(size_t value) const {
  if (!options_.backward()) return false;
  for (size_t stage = 0; stage < value; ++stage) {
    if (stages_[stage].HasParameters()) return true;
  }
  return false;
}

// ---- Memory ----

void ExecutionPlan::Reserve() {
  const int64_t rows = options_.batch_rows;
  const int64_t input_columns = spec_.layers[options_.from].input_size;
  input_slot_ = arena_layout_.Reserve<float>(PaddedCount(rows, input_columns));
  if (options_.backward()) {  // which reads every value again
    for (Stage& stage : stages_) ReserveValue(stage);
    return;
  }
  // Two buffers taken in turn are enough.
  size_t widest = 0;
  for (const Stage& stage : stages_) widest = std::max(widest, PaddedCount(rows, stage.columns));
  Slot<float> in_turn[2];
  for (Slot<float>& slot : in_turn) slot = arena_layout_.Reserve<float>(widest);
  for (size_t i = 0; i < stages_.size(); ++i) {
    stages_[i].linear = stages_[i].before = stages_[i].output = in_turn[i % 2];
  }
}

void ExecutionPlan::ReserveValue(Stage& stage) {
  const size_t count = PaddedCount(options_.batch_rows, stage.columns);
  stage.output = arena_layout_.Reserve<float>(count);
  const bool element = stage.kind != StageKind::kRowActivation && stage.activation;
  const bool keeps_input = element && stage.activation.row->derivative_of == DerivativeOf::kInput;
  stage.before = keeps_input ? arena_layout_.Reserve<float>(count) : stage.output;
  stage.linear = stage.before;
  if (stage.norm_layer < 0) return;
  stage.linear = arena_layout_.Reserve<float>(count);
  const size_t columns = static_cast<size_t>(PaddedStride(stage.columns));
  stage.saved_mean = arena_layout_.Reserve<float>(columns);
  stage.saved_inverse = arena_layout_.Reserve<float>(columns);
}

// Of layer normalisation, which keeps them for the backward pass.
void ExecutionPlan::ReserveRowStatistics() {
  const size_t rows = static_cast<size_t>(options_.batch_rows);
  for (Stage& stage : stages_) {
    if (stage.kind != StageKind::kLayerNorm) continue;
    stage.saved_mean = arena_layout_.Reserve<float>(rows);
    stage.saved_inverse = arena_layout_.Reserve<float>(rows);
  }
}

void ExecutionPlan::ReserveTraining() {
  if (!options_.backward()) return;
  size_t widest = 0;
  for (const Stage& stage : stages_) {
    widest = std::max(widest, PaddedCount(options_.batch_rows, stage.columns));
  }
  for (Slot<float>& slot : value_gradient_slots_) slot = arena_layout_.Reserve<float>(widest);

  const size_t parameters = static_cast<size_t>(layout_.size());
  parameters_slot_ = arena_layout_.Reserve<float>(parameters);
  if (options_.gradients) gradients_slot_ = arena_layout_.Reserve<float>(parameters);
  if (options_.optimizer != nullptr) {
    for (int s = 0; s < options_.optimizer->states; ++s) {
      state_slots_.push_back(arena_layout_.Reserve<float>(parameters));
    }
  }
}

// Copies of the weights in other layouts and precisions.
void ExecutionPlan::ReserveWeightCopies() {
  if (!options_.backward() && !options_.bf16()) return;
  ReservePacked();
  scratch_slot_ =
      arena_layout_.Reserve<float>(static_cast<size_t>(ScratchSize() * options_.threads));
  for (size_t i = 0; i < stages_.size(); ++i) {
    Stage& stage = stages_[i];
    if (stage.kind != StageKind::kDense) continue;
    const ParameterBlock& weights = *layout_.Find(stage.layer, ParameterRole::kWeights);
    const PanelShape transposed = DenseArithmetic::TransposedShape(weights);
    const auto words = [&](const PanelShape& shape) {
      return arena_layout_.Reserve<uint32_t>(static_cast<size_t>(PairedShape(shape).size()));
    };
    if (options_.bf16()) stage.bf16_weights = words(weights.panels);
    if (!NeedsGradient(i)) continue;
    if (options_.bf16()) {
      stage.bf16_transposed = words(transposed);
    } else {
      stage.transposed = arena_layout_.Reserve<float>(static_cast<size_t>(transposed.size()));
    }
  }
}

// Whether a dense layer takes the normalisation behind it into its weights. Not in bfloat16:
// weights would be rounded otherwise than they were while training.
bool ExecutionPlan::Folds(const Stage& stage) const {
  return !options_.backward() && !options_.bf16() && stage.kind == StageKind::kDense &&
         stage.norm_layer >= 0;
}

void ExecutionPlan::ReserveFolded() {
  for (Stage& stage : stages_) {
    if (!Folds(stage)) continue;
    const PanelShape& weights = layout_.Find(stage.layer, ParameterRole::kWeights)->panels;
    stage.folded_weights = arena_layout_.Reserve<float>(static_cast<size_t>(weights.size()));
    stage.folded_bias = arena_layout_.Reserve<float>(static_cast<size_t>(weights.padded_columns()));
  }
}

bool ExecutionPlan::Packs(const Stage& stage) const {
  return options_.backward() && !options_.bf16() && stage.kind == StageKind::kDense &&
         PacksInFloat32(layout_.Find(stage.layer, ParameterRole::kWeights)->panels);
}

// Layers pack their gradients one after the other, into the same memory.
void ExecutionPlan::ReservePacked() {
  int64_t most = 0;
  for (const Stage& stage : stages_) {
    if (!Packs(stage)) continue;
    const PanelShape& weights = layout_.Find(stage.layer, ParameterRole::kWeights)->panels;
    most = std::max(most, PackedGradient(weights, options_.batch_rows));
  }
  if (most > 0) packed_slot_ = arena_layout_.Reserve<float>(static_cast<size_t>(most));
}

int64_t ExecutionPlan::ScratchSize() const {
  return packed_slot_.count > 0
             ? DenseStep::PackingScratchSize(layout_.lanes(), options_.batch_rows)
             : DenseStep::ScratchSize(layout_.lanes());
}

// Values and gradients as bfloat16 numbers, where a dense layer multiplies them.
void ExecutionPlan::ReserveValueCopies() {
  if (!options_.bf16()) return;
  const int64_t rows = options_.batch_rows;
  const int64_t row_pairs = (rows + 1) / 2;
  const auto words = [&](int64_t count, int64_t columns) {
    return arena_layout_.Reserve<uint32_t>(PaddedCount(count, columns));
  };
  const auto columns_of = [&](size_t value) {
    return value == 0 ? spec_.layers[options_.from].input_size : stages_[value - 1].columns;
  };
  int64_t widest = 0;
  for (size_t value = 0; value <= stages_.size(); ++value) {
    const int64_t columns = columns_of(value);
    CopySlots& slots = value_copy_slots_.emplace_back();
    if (value > 0) widest = std::max(widest, columns);
    if (!FeedsDense(value)) continue;
    slots.paired_columns = words(rows, columns);
    if (options_.backward()) slots.paired_rows = words(row_pairs, columns);
  }
  if (!options_.backward()) return;
  for (CopySlots& slots : gradient_copy_slots_) {
    slots.paired_columns = words(rows, widest);
    slots.paired_rows = words(row_pairs, widest);
  }
}

void ExecutionPlan::ReserveObjective() {
  if (options_.objective == nullptr) return;
  const size_t rows = static_cast<size_t>(options_.batch_rows);
  row_losses_slot_ = arena_layout_.Reserve<double>(rows);
  for (size_t m = 0; m < options_.objective->metrics.size(); ++m) {
    row_metrics_slots_.push_back(arena_layout_.Reserve<double>(rows));
  }
  if (options_.targets == TargetKind::kClasses) {
    classes_slot_ = arena_layout_.Reserve<int32_t>(rows);
  }
  if (options_.targets == TargetKind::kMatrix) {
    targets_slot_ =
        arena_layout_.Reserve<float>(PaddedCount(options_.batch_rows, stages_.back().columns));
  }
}

void ExecutionPlan::Allocate() {
  arena_ = Arena(arena_layout_);
  BindValues();
  for (size_t i = 0; i < stages_.size(); ++i) {
    steps_.push_back(BuildStep(i));
    if (stages_[i].HasPenalty()) penalties_.push_back(steps_.back().get());
  }
  if (!options_.backward()) return;
  parameters_ = arena_.At(parameters_slot_);
  for (const Slot<float> slot : state_slots_) states_.push_back(arena_.At(slot));
  if (!options_.gradients) {
    sink_ = GradientSink(layout_, *options_.optimizer, parameters_, states_.data());
    return;
  }
  gradients_ = arena_.At(gradients_slot_);
  sink_ = GradientSink(gradients_);
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
  for (size_t i = 0; i < stages_.size(); ++i) {
    const Stage& stage = stages_[i];
    ValueBuffer& value = values_[i + 1];
    value.columns = stage.columns;
    value.linear = view(stage.linear, stage.columns);
    value.before = view(stage.before, stage.columns);
    value.output = view(stage.output, stage.columns);
    const bool has_norm = stage.norm_layer >= 0 && !Folds(stage);
    norms_.push_back(has_norm ? BuildNorm(stage) : nullptr);
    value.norm = norms_.back().get();
    folded_norms_.push_back(Folds(stage) ? BuildFoldedNorm(stage) : nullptr);
    if (stage.kind != StageKind::kRowActivation) value.activation = stage.activation;
    if (NeedsGradient(i + 1)) value.gradient = view(value_gradient_slots_[i % 2], stage.columns);
  }
  if (options_.bf16()) BindCopies();
  if (options_.objective == nullptr) return;
  row_losses_ = arena_.At(row_losses_slot_);
  for (const Slot<double> slot : row_metrics_slots_) row_metrics_.push_back(arena_.At(slot));
  if (options_.targets == TargetKind::kClasses) classes_ = arena_.At(classes_slot_);
  if (options_.targets == TargetKind::kMatrix) {
    targets_ = view(targets_slot_, values_.back().columns);
  }
  if (options_.targets == TargetKind::kInput) targets_ = inputs();
}

void ExecutionPlan::BindCopies() {
  for (size_t i = 0; i < values_.size(); ++i) {
    ValueBuffer& value = values_[i];
    if (FeedsDense(i)) value.output_copies = CopiesAt(value_copy_slots_[i], value.columns);
    const bool from_dense = i > 0 && stages_[i - 1].kind == StageKind::kDense;
    if (from_dense && value.gradient) {
      value.gradient_copies = CopiesAt(gradient_copy_slots_[(i - 1) % 2], value.columns);
    }
  }
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
  const bool saves = options_.backward();
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
  const ValueBuffer& input = values_[index];
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
    case StageKind::kPrelu:
      return std::make_unique<PreluStep>(*layout_.Find(stage.layer, ParameterRole::kScale), input,
                                         output);
    case StageKind::kMaxout:
      return std::make_unique<MaxoutStep>(spec_.layers[stage.layer].pieces, input, output);
    case StageKind::kDense:
      break;
  }
  const DenseBuffers buffers{*layout_.Find(stage.layer, ParameterRole::kWeights),
                             layout_.Find(stage.layer, ParameterRole::kBias), input, output,
                             folded_norms_[index].get()};
  if (options_.bf16()) {
    uint32_t* transposed = input.gradient ? arena_.At(stage.bf16_transposed) : nullptr;
    return std::make_unique<DenseStep>(
        buffers, Bf16Arithmetic(buffers, arena_.At(stage.bf16_weights), transposed));
  }
  float* transposed = input.gradient ? arena_.At(stage.transposed) : nullptr;
  float* packed = Packs(stage) ? arena_.At(packed_slot_) : nullptr;
  return std::make_unique<DenseStep>(buffers, Float32Arithmetic(buffers, transposed, packed));
}

// ---- Running ----

StepContext ExecutionPlan::Context(ThreadPool& pool, const float* parameters, int64_t rows) const {
  float* scratch = scratch_slot_.count > 0 ? arena_.At(scratch_slot_) : nullptr;
  return {pool, rows, parameters, nullptr, nullptr, &sink_, scratch, ScratchSize()};
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
  for (const auto& step : steps_) step->Forward(context);
}

void ExecutionPlan::Backward(ThreadPool& pool, int64_t rows, const StepConstants& constants) {
  sink_.set_constants(constants);
  RunBackward(pool, rows);
}

void ExecutionPlan::KeepGradients(ThreadPool& pool, int64_t rows, float share, bool adds) {
  sink_.set_storing(share, adds);
  RunBackward(pool, rows);
}

void ExecutionPlan::Update(ThreadPool& pool, const StepConstants& constants,
                           const GradientClipping& clipping) {
  deferred_update_->Apply(Context(pool, parameters_, options_.batch_rows), constants, clipping);
  Prepare(pool, parameters_);
}

void ExecutionPlan::RunBackward(ThreadPool& pool, int64_t rows) {
  StepContext context = Context(pool, parameters_, rows);
  context.training = &training_;
  // The output's own activation and normalisation; the loss left the gradient behind them.
  const ValueBuffer& output = values_.back();
  if (output.gradient) {
    ForBlocks(context, output, [&](const Block& block) {
      output.Differentiate(context, block.first_row, block.rows, block.first_column, block.columns);
    });
  }
  for (size_t i = steps_.size(); i-- > 0;) {
    if (values_[i + 1].gradient) steps_[i]->Backward(context);
  }
}

void ExecutionPlan::Loss(ThreadPool& pool, int64_t rows, bool with_gradient) {
  const StepContext context = Context(pool, nullptr, rows);
  const bool gradient = with_gradient && values_.back().gradient;
  ForRows(context, outputs().columns,
          [&](int64_t first, int64_t count) { LossOfRows(context, first, count, gradient); });
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
  for (const Step* step : penalties_) step->AddPenalty(first_row, rows, row_losses_);
  MetricsOfRows(first_row, rows);
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

int64_t ExecutionPlan::FirstNonFiniteLayer(int64_t rows) const {
  for (size_t stage = 0; stage < stages_.size(); ++stage) {
    const MatrixView& output = values_[stage + 1].output;
    for (int64_t i = 0; i < rows; ++i) {
      const float* row = output.Row(i);
      const bool finite =
          std::all_of(row, row + output.columns, [](float x) { return std::isfinite(x); });
      if (!finite) return static_cast<int64_t>(stages_[stage].layer);
    }
  }
  return -1;
}

}  // namespace layerwise
