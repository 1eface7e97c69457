// From stages to steps: which memory each value, copy and step of a plan has.
#include <memory>
#include <utility>

#include "native/kernels/instruction_set.h"
#include "native/plan/execution_plan.h"
#include "native/plan/steps/activity_penalty_step.h"
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
  own_inputs_ = view(input_slot_, values_[0].columns);
  values_[0].output = own_inputs_;
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
      const bool is_own = stage.gradient.count > 0;
      value.gradient = view(is_own ? stage.gradient : value_gradient_slots_[turn], stage.columns);
    }
  }
  if (options_.bf16()) BindCopies();
  BindJunctions();
  if (options_.objective != nullptr) BindObjective();
}

void ExecutionPlan::BindObjective() {
  row_losses_ = arena_.At(row_losses_slot_);
  if (options_.weights) weights_ = arena_.At(weights_slot_);
  for (size_t i = 0; i < outputs_.size(); ++i) {
    Output& output = outputs_[i];
    const int64_t columns = values_[output.value].columns;
    output.row_losses = HasHeads() ? arena_.At(output.row_losses_slot) : row_losses_;
    output.weights = output.weights_slot.count > 0 ? arena_.At(output.weights_slot) : weights_;
    switch (TargetsOf(i)) {
      case TargetKind::kNone:
        break;
      case TargetKind::kClasses:
        output.classes = arena_.At(output.classes_slot);
        break;
      case TargetKind::kMatrix:
        output.targets = {arena_.At(output.targets_slot), PaddedStride(columns), columns};
        break;
      case TargetKind::kInput:
        output.targets = {inputs().data + spec_.outputs[i].first_column, inputs().stride, columns};
        break;
    }
  }
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

// The ends of residual blocks, and what they and heads hand back to where they begin.
void ExecutionPlan::BindJunctions() {
  branch_inputs_.resize(stages_.size());
  junctions_.resize(values_.size());
  for (size_t i = 0; i < stages_.size(); ++i) {
    if (IsBranch(i)) BindBranch(i);
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

void ExecutionPlan::BindBranch(size_t stage) {
  const ValueBuffer& input = values_[stages_[stage].input];
  auto read = std::make_unique<ValueBuffer>();
  read->columns = input.columns;
  read->output = input.output;
  read->output_copies = input.output_copies;
  if (input.gradient) {
    const Slot<float> slot = IsProjection(stage)
                                 ? branch_slots_[stages_[stage].depth].input_gradient
                                 : stages_[stage].branch_gradient;
    read->gradient = {arena_.At(slot), PaddedStride(input.columns), input.columns};
    JunctionOf(stages_[stage].input).branch_gradients.push_back(read->gradient);
  }
  branch_inputs_[stage] = std::move(read);
}

Junction& ExecutionPlan::JunctionOf(size_t value) {
  if (junctions_[value] == nullptr) {
    junctions_[value] = std::make_unique<Junction>();
    values_[value].junction = junctions_[value].get();
  }
  return *junctions_[value];
}

const ValueBuffer& ExecutionPlan::InputOf(size_t stage) const {
  const ValueBuffer* own = branch_inputs_[stage].get();
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

}  // namespace layerwise
