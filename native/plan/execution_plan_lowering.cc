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
      // When predicting; a penalty is still measured in an evaluation.
      const bool is_idle =
          !options_.backward() &&
          (*kind == StageKind::kNoise ||
           (*kind == StageKind::kContractivePenalty && options_.objective == nullptr));
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
  for (size_t i = 0; i < stages_.size(); ++i) {
    if (IsTied(i)) tied_stages_.push_back(i);
  }
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
  const bool keeps = !stages_.empty() && stages_.back().NeedsOutput();
  if (MayFuse(layer) && !keeps) return;
  stages_.push_back({StageKind::kIdentity, layer, spec_.layers[layer].output_size});
}

void ExecutionPlan::LowerActivation(size_t layer) {
  const FusedActivation activation = Fuse(spec_.layers[layer]);
  const int64_t columns = spec_.layers[layer].output_size;
  if (!activation) {
    if (!MayFuse(layer)) stages_.push_back({StageKind::kIdentity, layer, columns});
    return;
  }
  if (activation.row->scope == ActivationScope::kRow) {
    stages_.push_back({StageKind::kRowActivation, layer, columns, activation});
    return;
  }
  const bool fits = MayFuse(layer) && !stages_.empty() && stages_.back().TakesActivation();
  if (!fits) stages_.push_back({StageKind::kIdentity, layer, columns});
  stages_.back().activation = activation;
}

void ExecutionPlan::LowerBatchNorm(size_t layer) {
  const bool fits = MayFuse(layer) && !stages_.empty() &&
                    stages_.back().kind == StageKind::kDense && !stages_.back().activation &&
                    stages_.back().norm_layer < 0;
  if (!fits) stages_.push_back({StageKind::kIdentity, layer, spec_.layers[layer].output_size});
  stages_.back().norm_layer = static_cast<int64_t>(layer);
}

// Whether a layer may go into a step of the one before it. Its own steps may always be one.
bool ExecutionPlan::MayFuse(size_t layer) const {
  return !options_.inspects || (!stages_.empty() && stages_.back().layer == layer);
}

bool ExecutionPlan::FeedsDense(size_t value) const {
  return value < stages_.size() && stages_[value].kind == StageKind::kDense;
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

bool ExecutionPlan::NeedsGradient(size_t value) const {
  if (!options_.backward()) return false;
  if (options_.input_gradient) return true;
  for (size_t stage = 0; stage < value; ++stage) {
    if (IsTrainable(stages_[stage])) return true;
  }
  return false;
}

}  // namespace layerwise
