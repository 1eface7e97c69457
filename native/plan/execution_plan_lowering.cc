// How layers become steps.
#include <algorithm>
#include <optional>

#include "native/plan/execution_plan.h"

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

}  // namespace

void ExecutionPlan::Lower() {
  LowerLayers(options_.from, options_.to);
  // Nothing but linear activations: one copy.
  if (stages_.empty()) AddStage(StageKind::kIdentity, options_.to - 1);
  if (outputs_.empty()) AddOutput();
  for (size_t i = 0; i < stages_.size(); ++i) {
    if (IsTied(i)) tied_stages_.push_back(i);
  }
  FindUses();
}

void ExecutionPlan::LowerLayers(size_t begin, size_t end) {
  for (size_t i = begin; i < end; i += 1 + spec_.layers[i].inner_layers) LowerLayer(i);
}

void ExecutionPlan::AddStage(StageKind kind, size_t layer) {
  const size_t input = branch_input_.value_or(stages_.size());
  branch_input_.reset();
  stages_.push_back({kind, layer, spec_.layers[layer].output_size, input});
}

void ExecutionPlan::AddOutput() {
  stages_.back().is_output = true;
  outputs_.push_back({.value = stages_.size()});
}

void ExecutionPlan::LowerLayer(size_t index) {
  const LayerSpec& layer = spec_.layers[index];
  if (layer.type == LayerType::kDense) AddStage(StageKind::kDense, index);
  if (layer.type == LayerType::kMaxout) {
    AddStage(StageKind::kDense, index);
    stages_.back().columns *= layer.pieces;
    AddStage(StageKind::kMaxout, index);
  } else if (layer.type == LayerType::kResidual) {
    LowerResidual(index);
  } else if (layer.type == LayerType::kHeads) {
    LowerHeads();
  } else if (layer.type == LayerType::kBatchNorm) {
    LowerBatchNorm(index);
  } else if (const std::optional<StageKind> kind = OwnStage(layer.type)) {
    // When predicting; a penalty is still measured in an evaluation.
    const bool is_idle = !options_.backward() &&
                         (*kind == StageKind::kNoise || (*kind == StageKind::kContractivePenalty &&
                                                         options_.objective == nullptr));
    if (!is_idle) AddStage(*kind, index);
  } else if (LeftToLoss(index)) {
    LowerLogits(index);
  } else {
    LowerActivation(index);
  }
}

// The sum goes into the last step of the block where that computes it from nothing but its input.
void ExecutionPlan::LowerResidual(size_t layer) {
  // What it adds has to be its own where it begins a branch.
  if (branch_input_) AddStage(StageKind::kIdentity, layer);
  const size_t input = stages_.size();
  const size_t depth = depth_++;
  first_to_fuse_ = input;  // what comes before is added unchanged
  LowerLayers(layer + 1, layer + 1 + spec_.layers[layer].inner_layers);
  if (stages_.size() == input) AddStage(StageKind::kIdentity, layer);
  if (spec_.layers[layer].projection) {
    LowerProjection(layer, input);
  } else {
    const bool fits = MayFuse(layer) && stages_.back().TakesActivation() && stages_.back().skip < 0;
    if (!fits) AddStage(StageKind::kIdentity, layer);
    stages_.back().skip = static_cast<int64_t>(input);
  }
  stages_.back().depth = depth;
  depth_ = depth;
}

// Behind the inner layers, so that in the backward pass it comes before them: they hand on the
// gradient of the block's input.
void ExecutionPlan::LowerProjection(size_t layer, size_t input) {
  const size_t inner = stages_.size();
  AddStage(StageKind::kDense, layer);
  stages_.back().input = input;
  stages_.back().depth = depth_ - 1;
  AddStage(StageKind::kIdentity, layer);
  stages_.back().input = inner;
  stages_.back().skip = static_cast<int64_t>(inner) + 1;
}

// One after the other. All but the first are branches: in the backward pass they come before it and
// leave their gradients of the common input to it.
void ExecutionPlan::LowerHeads() {
  const size_t input = stages_.size();
  for (const OutputSpec& head : spec_.outputs) LowerHead(head, input);
}

void ExecutionPlan::LowerHead(const OutputSpec& head, size_t input) {
  const size_t begin = stages_.size();
  first_to_fuse_ = begin;  // the other heads read the input unchanged
  branch_input_ = input;
  LowerLayers(head.begin, head.end);
  if (stages_.size() == begin) AddStage(StageKind::kIdentity, head.layer);
  AddOutput();
}

bool ExecutionPlan::IsTied(size_t stage) const {
  return stages_[stage].kind == StageKind::kDense &&
         spec_.layers[stages_[stage].layer].tied_to >= 0;
}

bool ExecutionPlan::IsTiedTo(size_t stage, size_t owner) const {
  return IsTied(stage) && !IsTied(owner) && stages_[owner].kind == StageKind::kDense &&
         spec_.layers[stages_[stage].layer].tied_to == static_cast<int64_t>(stages_[owner].layer);
}

// Whether stages of the plan are tied to this one.
bool ExecutionPlan::HasTied(size_t owner) const {
  return std::any_of(tied_stages_.begin(), tied_stages_.end(),
                     [&](size_t stage) { return IsTiedTo(stage, owner); });
}

// The stage that keeps the copies of the weights of a dense stage: the one whose they are, if the
// plan has it.
size_t ExecutionPlan::KeeperOf(size_t stage) const {
  for (size_t owner = 0; IsTied(stage) && owner < stage; ++owner) {
    if (IsTiedTo(stage, owner)) return owner;
  }
  return stage;
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
    case LayerType::kContractivePenalty:
      return StageKind::kContractivePenalty;
    case LayerType::kPrelu:
      return StageKind::kPrelu;
    case LayerType::kDense:
    case LayerType::kMaxout:
    case LayerType::kActivation:
    case LayerType::kBatchNorm:
    case LayerType::kResidual:
    case LayerType::kHeads:
      return std::nullopt;
  }
  return std::nullopt;
}

bool ExecutionPlan::LeftToLoss(size_t layer) const {
  if (options_.objective == nullptr || options_.to != spec_.layers.size()) return false;
  const auto& outputs = options_.objective->outputs;
  return std::any_of(outputs.begin(), outputs.end(), [&](const OutputObjective& objective) {
    return spec_.outputs[objective.output].layer == layer && objective.loss->output != nullptr;
  });
}

// The loss writes the outputs over the logits: an activation before them, which needs its own
// values again, must not have them there.
void ExecutionPlan::LowerLogits(size_t layer) {
  const bool keeps = !stages_.empty() && stages_.back().NeedsOutput();
  if (!MayFuse(layer) || keeps) AddStage(StageKind::kIdentity, layer);
}

void ExecutionPlan::LowerActivation(size_t layer) {
  const FusedActivation activation = Fuse(spec_.layers[layer]);
  if (!activation) {
    if (options_.inspects && !MayFuse(layer)) AddStage(StageKind::kIdentity, layer);
    return;
  }
  if (activation.row->scope == ActivationScope::kRow) {
    AddStage(StageKind::kRowActivation, layer);
  } else if (!MayFuse(layer) || !stages_.back().TakesActivation()) {
    AddStage(StageKind::kIdentity, layer);
  }
  stages_.back().activation = activation;
}

void ExecutionPlan::LowerBatchNorm(size_t layer) {
  const bool fits = MayFuse(layer) && stages_.back().kind == StageKind::kDense &&
                    !stages_.back().activation && stages_.back().norm_layer < 0 &&
                    stages_.back().skip < 0;
  if (!fits) AddStage(StageKind::kIdentity, layer);
  stages_.back().norm_layer = static_cast<int64_t>(layer);
}

// Whether a layer may go into the step before it: not out of a residual block, and not where
// somebody wants to look at both. Steps of its own may always be one.
bool ExecutionPlan::MayFuse(size_t layer) const {
  if (stages_.size() <= first_to_fuse_) return false;
  return !options_.inspects || stages_.back().layer == layer;
}

void ExecutionPlan::FindUses() {
  uses_.resize(stages_.size() + 1);
  uses_.front().needs_gradient = options_.backward() && options_.input_gradient;
  for (size_t i = 0; i < stages_.size(); ++i) {
    const Stage& stage = stages_[i];
    ValueUse& input = uses_[stage.input];
    ValueUse& output = uses_[i + 1];
    input.feeds_dense = input.feeds_dense || stage.kind == StageKind::kDense;
    input.last_stage = i;
    output.turn = 1 - input.turn;
    output.needs_gradient = options_.backward() && (IsTrainable(stage) || input.needs_gradient);
    output.last_stage = stage.is_output ? stages_.size() : i + 1;
    if (stage.skip < 0) continue;
    ValueUse& skip = uses_[static_cast<size_t>(stage.skip)];
    skip.last_stage = i;
    output.needs_gradient = output.needs_gradient || skip.needs_gradient;
  }
}

int64_t ExecutionPlan::ColumnsOf(size_t value) const {
  return value == 0 ? spec_.layers[options_.from].input_size : stages_[value - 1].columns;
}

// Whether a dense layer's weights cost something or have a bound, where that matters: not where
// they are frozen, as in Keras.
bool ExecutionPlan::Regularises(const Stage& stage) const {
  const LayerSpec& layer = spec_.layers[stage.layer];
  const bool wants_to =
      layer.kernel_penalty.enabled() || layer.bias_penalty.enabled() || layer.max_norm > 0;
  return stage.kind == StageKind::kDense && wants_to && !layer.frozen &&
         (options_.backward() || options_.objective != nullptr);
}

// Whether training keeps the weights of the stage within a bound.
bool ExecutionPlan::IsBounded(const Stage& stage) const {
  const LayerSpec& layer = spec_.layers[stage.layer];
  return Regularises(stage) && layer.max_norm > 0 && !layer.frozen;
}

// Whether the stage adds to the loss.
bool ExecutionPlan::HasPenalty(const Stage& stage) const {
  return stage.kind == StageKind::kGaussianSampling || stage.kind == StageKind::kActivityPenalty ||
         stage.kind == StageKind::kContractivePenalty || Regularises(stage);
}

bool ExecutionPlan::IsTrainable(const Stage& stage) const {
  const auto norm = static_cast<size_t>(stage.norm_layer);
  return layout_.IsTrainable(stage.layer) || (stage.norm_layer >= 0 && layout_.IsTrainable(norm));
}

// Whether the normalisation behind a stage measures the batch.
bool ExecutionPlan::UsesBatchStatistics(const Stage& stage) const {
  return options_.backward() && stage.norm_layer >= 0 &&
         !spec_.layers[static_cast<size_t>(stage.norm_layer)].frozen;
}

}  // namespace layerwise
