#include "native/plan/plan_builder.h"

#include <algorithm>
#include <memory>
#include <utility>

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

Program PlanBuilder::Build() && {
  program_.input_columns = spec_.layers[options_.from].input_size;
  program_.has_heads = spec_.has_heads() && options_.to == spec_.layers.size();
  LowerLayers(options_.from, options_.to);
  // Nothing but linear activations: one copy.
  if (stages().empty()) AddIdentity(options_.to - 1);
  if (program_.outputs.empty()) AddOutput();
  return std::move(program_);
}

void PlanBuilder::LowerLayers(size_t begin, size_t end) {
  for (size_t i = begin; i < end; i += 1 + spec_.layers[i].inner_layers) LowerLayer(i);
}

Stage& PlanBuilder::Add(size_t layer, decltype(Stage::make) make, StageTraits traits) {
  Stage& stage = stages().emplace_back();
  stage.layer = layer;
  stage.columns = spec_.layers[layer].output_size;
  stage.input = branch_input_.value_or(stages().size() - 1);
  stage.make = std::move(make);
  stage.traits = traits;
  branch_input_.reset();
  return stage;
}

Stage& PlanBuilder::AddIdentity(size_t layer) {
  return Add(layer, [](const StepSite& site) { return std::make_unique<IdentityStep>(site); },
             {.takes_activation = true});
}

void PlanBuilder::AddOutput() {
  stages().back().is_output = true;
  program_.outputs.push_back(stages().size());
}

void PlanBuilder::LowerLayer(size_t index) {
  const LayerSpec& layer = spec_.layers[index];
  switch (layer.type) {
    case LayerType::kMaxout:
      LowerDense(index, layer.output_size * layer.pieces);
      Add(index, [&layer](const StepSite& site) {
        return std::make_unique<MaxoutStep>(layer.pieces, site);
      });
      return;
    case LayerType::kResidual:
      LowerResidual(index);
      return;
    case LayerType::kHeads:
      LowerHeads();
      return;
    case LayerType::kBatchNorm:
      LowerBatchNorm(index);
      return;
    case LayerType::kDense:
      LowerDense(index, layer.output_size);
      break;
    case LayerType::kActivation:
      break;
    default:
      LowerOwnStep(index);
      return;
  }
  if (LeftToLoss(index)) {
    LowerLogits(index);
  } else {
    LowerActivation(index);
  }
}

// Frozen weights cost nothing and have no bounds, as in Keras.
void PlanBuilder::LowerDense(size_t index, int64_t columns) {
  const LayerSpec& layer = spec_.layers[index];
  WeightRules rules;
  if (!layer.frozen) rules = {layer.kernel_penalty, layer.bias_penalty, layer.max_norm};
  Stage& stage = Add(index,
                     [this_spec = &spec_, rules, &layer](const StepSite& site) {
                       const double epsilon =
                           site.folded_norm < 0
                               ? 0
                               : this_spec->layers[static_cast<size_t>(site.folded_norm)].epsilon;
                       return std::make_unique<DenseStep>(rules, layer.tied_to >= 0, epsilon, site);
                     },
                     {.is_dense = true, .takes_activation = true});
  stage.columns = columns;
  stage.tied_to = layer.tied_to;
}

// Noise does nothing when predicting, nor does the contractive penalty; others are still measured
// in an evaluation.
void PlanBuilder::LowerOwnStep(size_t index) {
  const LayerSpec& layer = spec_.layers[index];
  const bool predicts = !options_.backward();
  switch (layer.type) {
    case LayerType::kGaussianSampling:
      Add(index,
          [&layer](const StepSite& site) {
            return std::make_unique<GaussianSamplingStep>(layer.kl_weight, site);
          },
          {.keeps_output = true});
      break;
    case LayerType::kLayerNorm:
      Add(index, [&layer](const StepSite& site) {
        return std::make_unique<LayerNormStep>(layer.epsilon, site);
      });
      break;
    case LayerType::kActivityPenalty:
      Add(index, [&layer](const StepSite& site) {
        return std::make_unique<ActivityPenaltyStep>(layer.penalty, site);
      });
      break;
    case LayerType::kContractivePenalty:
      if (predicts && options_.objective == nullptr) break;
      Add(index, [&layer](const StepSite& site) {
        return std::make_unique<ContractivePenaltyStep>(layer.contraction, site);
      });
      break;
    case LayerType::kPrelu:
      Add(index, [](const StepSite& site) { return std::make_unique<PreluStep>(site); });
      break;
    default:
      if (predicts) break;
      Add(index, [&layer](const StepSite& site) {
        return std::make_unique<NoiseStep>(layer.noise, site);
      });
  }
}

// The sum goes into the last step of the block where that computes it from nothing but its input.
void PlanBuilder::LowerResidual(size_t layer) {
  // What it adds has to be its own where it begins a branch.
  if (branch_input_) AddIdentity(layer);
  const size_t input = stages().size();
  const size_t depth = depth_++;
  first_to_fuse_ = input;  // what comes before is added unchanged
  LowerLayers(layer + 1, layer + 1 + spec_.layers[layer].inner_layers);
  if (stages().size() == input) AddIdentity(layer);
  if (spec_.layers[layer].projection) {
    LowerProjection(layer, input);
  } else {
    const bool fits =
        MayFuse(layer) && stages().back().TakesActivation() && !stages().back().IsJoin();
    if (!fits) AddIdentity(layer);
    stages().back().skip = static_cast<int64_t>(input);
  }
  stages().back().depth = depth;
  depth_ = depth;
}

// Behind the inner layers, so that in the backward pass it comes before them: they hand on the
// gradient of the block's input.
void PlanBuilder::LowerProjection(size_t layer, size_t input) {
  const size_t inner = stages().size();
  LowerDense(layer, spec_.layers[layer].output_size);
  stages().back().input = input;
  stages().back().depth = depth_ - 1;
  stages().back().is_projection = true;
  AddIdentity(layer);
  stages().back().input = inner;
  stages().back().skip = static_cast<int64_t>(inner) + 1;
}

// One after the other. All but the first are branches: in the backward pass they come before it and
// leave their gradients of the common input to it.
void PlanBuilder::LowerHeads() {
  const size_t input = stages().size();
  for (const OutputSpec& head : spec_.outputs) LowerHead(head, input);
}

void PlanBuilder::LowerHead(const OutputSpec& head, size_t input) {
  const size_t begin = stages().size();
  first_to_fuse_ = begin;  // the other heads read the input unchanged
  branch_input_ = input;
  LowerLayers(head.begin, head.end);
  if (stages().size() == begin) AddIdentity(head.layer);
  AddOutput();
}

bool PlanBuilder::LeftToLoss(size_t layer) const {
  if (options_.objective == nullptr || options_.to != spec_.layers.size()) return false;
  const auto& outputs = options_.objective->outputs;
  return std::any_of(outputs.begin(), outputs.end(), [&](const OutputObjective& objective) {
    return spec_.outputs[objective.output].layer == layer && objective.loss->output != nullptr;
  });
}

// The loss writes the outputs over the logits: an activation before them, which needs its own
// values again, must not have them there.
void PlanBuilder::LowerLogits(size_t layer) {
  const bool keeps = !stages().empty() && stages().back().KeepsOutput();
  if (!MayFuse(layer) || keeps) AddIdentity(layer);
}

void PlanBuilder::LowerActivation(size_t layer) {
  const FusedActivation activation = Fuse(spec_.layers[layer]);
  if (!activation) {
    if (options_.inspects && !MayFuse(layer)) AddIdentity(layer);
    return;
  }
  if (activation.row->scope == ActivationScope::kRow) {
    Add(layer,
        [activation](const StepSite& site) {
          return std::make_unique<RowActivationStep>(activation, site);
        },
        {.keeps_output = true});
    return;
  }
  if (!MayFuse(layer) || !stages().back().TakesActivation()) AddIdentity(layer);
  stages().back().activation = activation;
}

void PlanBuilder::LowerBatchNorm(size_t layer) {
  const bool fits = MayFuse(layer) && stages().back().traits.is_dense &&
                    !stages().back().activation && stages().back().norm_layer < 0 &&
                    !stages().back().IsJoin();
  if (!fits) AddIdentity(layer);
  stages().back().norm_layer = static_cast<int64_t>(layer);
}

// Whether a layer may go into the step before it: not out of a residual block, and not where
// somebody wants to look at both. Steps of its own may always be one.
bool PlanBuilder::MayFuse(size_t layer) const {
  if (program_.stages.size() <= first_to_fuse_) return false;
  return !options_.inspects || program_.stages.back().layer == layer;
}

}  // namespace layerwise
