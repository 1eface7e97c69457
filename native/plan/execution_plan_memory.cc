// What memory a plan needs, and for what.
#include <algorithm>

#include "native/plan/execution_plan.h"
#include "native/plan/steps/dense_step.h"

namespace layerwise {
namespace {

size_t PaddedCount(int64_t rows, int64_t columns) {
  return static_cast<size_t>(rows * PaddedStride(columns));
}

}  // namespace

// The backward pass reads every value again, and penalties on values do when the loss is computed.
bool ExecutionPlan::ReadsValuesAgain() const {
  const auto penalises_values = [](const Stage& stage) {
    return stage.kind == StageKind::kGaussianSampling ||
           stage.kind == StageKind::kActivityPenalty ||
           stage.kind == StageKind::kContractivePenalty;
  };
  return options_.backward() || (options_.objective != nullptr &&
                                 std::any_of(stages_.begin(), stages_.end(), penalises_values));
}

void ExecutionPlan::Reserve() {
  const int64_t rows = options_.batch_rows;
  const int64_t input_columns = spec_.layers[options_.from].input_size;
  input_slot_ = arena_layout_.Reserve<float>(PaddedCount(rows, input_columns));
  if (ReadsValuesAgain()) {
    for (Stage& stage : stages_) ReserveValue(stage);
  } else {
    ReserveTakenInTurn();
  }
}

// Two buffers taken in turn are enough, and one more for each residual block that is under way. The
// outputs of heads stay.
void ExecutionPlan::ReserveTakenInTurn() {
  size_t widest = 0;
  for (const Stage& stage : stages_) {
    widest = std::max(widest, PaddedCount(options_.batch_rows, stage.columns));
  }
  struct Buffer {
    Slot<float> slot;
    size_t last_stage;  // that reads what is in it
  };
  std::vector<Buffer> buffers;
  for (size_t i = 0; i < stages_.size(); ++i) {
    if (stages_[i].is_output && HasHeads()) {
      const size_t count = PaddedCount(options_.batch_rows, stages_[i].columns);
      stages_[i].linear = stages_[i].before = stages_[i].output =
          arena_layout_.Reserve<float>(count);
      continue;
    }
    auto free = std::find_if(buffers.begin(), buffers.end(),
                             [&](const Buffer& buffer) { return buffer.last_stage < i; });
    if (free == buffers.end()) {
      free = buffers.insert(free, {arena_layout_.Reserve<float>(widest), 0});
    }
    stages_[i].linear = stages_[i].before = stages_[i].output = free->slot;
    free->last_stage = uses_[i + 1].last_stage;
  }
}

void ExecutionPlan::ReserveValue(Stage& stage) {
  const size_t count = PaddedCount(options_.batch_rows, stage.columns);
  stage.output = arena_layout_.Reserve<float>(count);
  const bool element = stage.kind != StageKind::kRowActivation && stage.activation;
  const bool keeps_input = element && stage.activation.row->derivative_of == DerivativeOf::kInput;
  stage.before = keeps_input ? arena_layout_.Reserve<float>(count) : stage.output;
  stage.linear = stage.before;
  if (!UsesBatchStatistics(stage)) return;
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

// Of the activations whose Jacobian is penalised.
void ExecutionPlan::ReserveSlopes() {
  for (Stage& stage : stages_) {
    if (stage.kind != StageKind::kContractivePenalty) continue;
    stage.slopes = arena_layout_.Reserve<float>(PaddedCount(options_.batch_rows, stage.columns));
  }
}

void ExecutionPlan::ReserveTraining() {
  if (!options_.backward()) return;
  size_t widest = 0;
  for (const Stage& stage : stages_) {
    widest = std::max(widest, PaddedCount(options_.batch_rows, stage.columns));
  }
  const size_t gradients = options_.inspects ? stages_.size() : 2;
  for (size_t i = 0; i < gradients; ++i) {
    value_gradient_slots_.push_back(arena_layout_.Reserve<float>(widest));
  }
  for (size_t i = 0; i < stages_.size() && HasHeads(); ++i) ReserveHeadGradients(i);
  if (options_.input_gradient) {
    const int64_t columns = spec_.layers[options_.from].input_size;
    input_gradient_slot_ = arena_layout_.Reserve<float>(PaddedCount(options_.batch_rows, columns));
  }

  const size_t parameters = static_cast<size_t>(layout_.size());
  parameters_slot_ = arena_layout_.Reserve<float>(parameters);
  if (options_.gradients) gradients_slot_ = arena_layout_.Reserve<float>(parameters);
  if (options_.optimizer != nullptr) {
    for (int s = 0; s < options_.optimizer->states; ++s) {
      state_slots_.push_back(arena_layout_.Reserve<float>(parameters));
    }
  }
}

// The gradients of all outputs are there at once, and those that heads hand back stay until the
// first one takes them.
void ExecutionPlan::ReserveHeadGradients(size_t index) {
  Stage& stage = stages_[index];
  const int64_t rows = options_.batch_rows;
  if (stage.is_output && NeedsGradient(index + 1) && !options_.inspects) {
    stage.gradient = arena_layout_.Reserve<float>(PaddedCount(rows, stage.columns));
  }
  if (IsBranch(index) && !IsProjection(index) && NeedsGradient(stage.input)) {
    const int64_t columns = ColumnsOf(stage.input);
    stage.branch_gradient = arena_layout_.Reserve<float>(PaddedCount(rows, columns));
  }
}

// Copies of the weights in other layouts and precisions.
void ExecutionPlan::ReserveWeightCopies() {
  if (options_.backward() || options_.bf16()) {
    ReservePacked();
    scratch_slot_ =
        arena_layout_.Reserve<float>(static_cast<size_t>(ScratchSize() * options_.threads));
  }
  for (size_t i = 0; i < stages_.size(); ++i) {
    if (stages_[i].kind == StageKind::kDense && KeeperOf(i) == i) ReserveWeightCopies(i);
  }
}

void ExecutionPlan::ReserveWeightCopies(size_t index) {
  Stage& stage = stages_[index];
  const ParameterBlock& weights = *layout_.Find(stage.layer, ParameterRole::kWeights);
  const PanelShape transposed{weights.panels.columns, weights.panels.depth, weights.panels.lanes};
  const bool transposes = NeedsGradient(stage.input) || IsTied(index) || HasTied(index);
  if (!options_.bf16()) {
    if (!transposes) return;
    stage.transposed = arena_layout_.Reserve<float>(static_cast<size_t>(transposed.size()));
    return;
  }
  const auto words = [&](const PanelShape& shape) {
    return arena_layout_.Reserve<uint32_t>(static_cast<size_t>(PairedShape(shape).size()));
  };
  stage.bf16_weights = words(weights.panels);
  if (transposes) stage.bf16_transposed = words(transposed);
}

void ExecutionPlan::ReserveTiedGradients() {
  if (!options_.backward()) return;
  for (size_t i = 0; i < stages_.size(); ++i) {
    if (stages_[i].kind != StageKind::kDense || !HasTied(i)) continue;
    const ParameterBlock& weights = *layout_.Find(stages_[i].layer, ParameterRole::kWeights);
    if (!weights.trainable()) continue;
    stages_[i].tied_gradient =
        arena_layout_.Reserve<float>(static_cast<size_t>(weights.panels.size()));
  }
}

// Whether a dense layer takes the normalisation behind it into its weights. Not in bfloat16:
// weights would be rounded otherwise than they were while training. Nor where others share them.
bool ExecutionPlan::Folds(size_t index) const {
  const Stage& stage = stages_[index];
  return !options_.backward() && !options_.bf16() && stage.kind == StageKind::kDense &&
         stage.norm_layer >= 0 && !IsTied(index) && !HasTied(index);
}

void ExecutionPlan::ReserveFolded() {
  for (size_t i = 0; i < stages_.size(); ++i) {
    if (!Folds(i)) continue;
    Stage& stage = stages_[i];
    const PanelShape& weights = layout_.Find(stage.layer, ParameterRole::kWeights)->panels;
    stage.folded_weights = arena_layout_.Reserve<float>(static_cast<size_t>(weights.size()));
    stage.folded_bias = arena_layout_.Reserve<float>(static_cast<size_t>(weights.padded_columns()));
  }
}

bool ExecutionPlan::Packs(const Stage& stage) const {
  if (!options_.backward() || options_.bf16() || stage.kind != StageKind::kDense) return false;
  const ParameterBlock& weights = *layout_.Find(stage.layer, ParameterRole::kWeights);
  const GemmKernels& kernels = GemmKernelsFor(SelectedInstructionSet());
  return weights.trainable() && PacksInFloat32(kernels, weights.panels, options_.batch_rows);
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
  const bool packs =
      options_.bf16() ? options_.backward() && PacksInputsInBf16() : packed_slot_.count > 0;
  return packs ? DenseStep::PackingScratchSize(layout_.lanes(), options_.batch_rows)
               : DenseStep::ScratchSize(layout_.lanes());
}

// Values and gradients as bfloat16 numbers, where a dense layer multiplies them.
void ExecutionPlan::ReserveValueCopies() {
  if (!options_.bf16()) return;
  const int64_t rows = options_.batch_rows;
  int64_t widest = 0;
  for (size_t value = 0; value <= stages_.size(); ++value) {
    const int64_t columns = ColumnsOf(value);
    CopySlots& slots = value_copy_slots_.emplace_back();
    if (value > 0) widest = std::max(widest, columns);
    if (uses_[value].feeds_dense) slots = ReserveCopies(rows, columns);
  }
  if (!options_.backward()) return;
  for (CopySlots& slots : gradient_copy_slots_) slots = ReserveCopies(rows, widest);
}

ExecutionPlan::CopySlots ExecutionPlan::ReserveCopies(int64_t rows, int64_t columns) {
  const auto words = [&](int64_t count) {
    return arena_layout_.Reserve<uint32_t>(PaddedCount(count, columns));
  };
  CopySlots slots;
  slots.paired_columns = words(rows);
  if (options_.backward()) slots.paired_rows = words((rows + 1) / 2);
  return slots;
}

// Gradients that reach the input of a residual block beside its layers.
void ExecutionPlan::ReserveBranches() {
  if (!options_.backward()) return;
  for (size_t i = 0; i < stages_.size(); ++i) {
    const Stage& stage = stages_[i];
    if (!IsJoin(i) && !IsProjection(i)) continue;
    if (branch_slots_.size() <= stage.depth) branch_slots_.resize(stage.depth + 1);
    BranchSlots& slots = branch_slots_[stage.depth];
    if (IsJoin(i)) {
      slots.sum_columns = std::max(slots.sum_columns, stage.columns);
    } else {
      slots.input_columns = std::max(slots.input_columns, ColumnsOf(stage.input));
    }
  }
  const int64_t rows = options_.batch_rows;
  for (BranchSlots& slots : branch_slots_) {
    slots.sum_gradient = arena_layout_.Reserve<float>(PaddedCount(rows, slots.sum_columns));
    if (slots.input_columns == 0) continue;
    slots.input_gradient = arena_layout_.Reserve<float>(PaddedCount(rows, slots.input_columns));
    if (!options_.bf16()) continue;
    slots.sum_gradient_copies = ReserveCopies(rows, slots.sum_columns);
  }
}

void ExecutionPlan::ReserveObjective() {
  if (options_.objective == nullptr) return;
  const size_t rows = static_cast<size_t>(options_.batch_rows);
  row_losses_slot_ = arena_layout_.Reserve<double>(rows);
  if (options_.weights) weights_slot_ = arena_layout_.Reserve<float>(rows);
  for (size_t i = 0; i < outputs_.size(); ++i) ReserveOutput(i);
}

void ExecutionPlan::ReserveOutput(size_t index) {
  Output& output = outputs_[index];
  const size_t rows = static_cast<size_t>(options_.batch_rows);
  if (HasHeads()) output.row_losses_slot = arena_layout_.Reserve<double>(rows);
  if (!options_.output_weights.empty() && options_.output_weights[index]) {
    output.weights_slot = arena_layout_.Reserve<float>(rows);
  }
  if (TargetsOf(index) == TargetKind::kClasses) {
    output.classes_slot = arena_layout_.Reserve<int32_t>(rows);
  }
  if (TargetsOf(index) == TargetKind::kMatrix) {
    output.targets_slot =
        arena_layout_.Reserve<float>(PaddedCount(options_.batch_rows, ColumnsOf(output.value)));
  }
}

}  // namespace layerwise
