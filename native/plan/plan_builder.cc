#include "native/plan/plan_builder.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "native/layers/activation.h"
#include "native/layers/identity_step.h"
#include "native/layers/row_activation_step.h"

namespace layerwise {

Program PlanBuilder::Build() && {
  program_.input_columns = spec_.layers[options_.from]->input_size;
  program_.has_heads = spec_.has_heads() && options_.to == spec_.layers.size();
  LowerLayers(options_.from, options_.to);
  // Nothing but linear activations: one copy.
  layer_ = options_.to - 1;
  if (stages().empty()) AddIdentity();
  if (program_.outputs.empty()) AddOutput();
  return std::move(program_);
}

void PlanBuilder::LowerLayers(size_t begin, size_t end) {
  for (size_t i = begin; i < end; i += 1 + spec_.layers[i]->inner_layers) {
    layer_ = i;
    spec_.layers[i]->Lower(*this);
  }
}

Stage& PlanBuilder::Add(MakeStep make, StageTraits traits) {
  const size_t input = branch_input_.value_or(stages().size());
  branch_input_.reset();
  Stage& stage = stages().emplace_back();
  stage.layer = layer_;
  stage.columns = spec_.layers[layer_]->output_size;
  stage.input = input;
  stage.make = std::move(make);
  stage.traits = traits;
  return stage;
}

Stage& PlanBuilder::AddIdentity() {
  return Add([](const StepSite& site) { return std::make_unique<IdentityStep>(site); },
             {.takes_activation = true});
}

void PlanBuilder::AddOutput() {
  stages().back().is_output = true;
  program_.outputs.push_back(stages().size());
}

// The sum goes into the last step of the block where that computes it from nothing but its input.
void PlanBuilder::AddInnerAndSkip(const MakeStep& projection) {
  const size_t layer = layer_;
  // What it adds has to be its own where it begins a branch.
  if (branch_input_) AddIdentity();
  const size_t input = stages().size();
  const size_t depth = depth_++;
  first_to_fuse_ = input;  // what comes before is added unchanged
  LowerLayers(layer + 1, layer + 1 + spec_.layers[layer]->inner_layers);
  layer_ = layer;
  if (stages().size() == input) AddIdentity();
  if (projection) {
    AddProjection(projection, input);
  } else {
    const bool fits = MayFuse() && stages().back().TakesActivation() && !stages().back().IsJoin();
    if (!fits) AddIdentity();
    stages().back().skip = static_cast<int64_t>(input);
  }
  stages().back().depth = depth;
  depth_ = depth;
}

// Behind the inner layers, so that in the backward pass it comes before them: they hand on the
// gradient of the block's input.
void PlanBuilder::AddProjection(const MakeStep& projection, size_t input) {
  const size_t inner = stages().size();
  Stage& stage = Add(projection, kDenseStage);
  stage.input = input;
  stage.depth = depth_ - 1;
  stage.is_projection = true;
  Stage& sum = AddIdentity();
  sum.input = inner;
  sum.skip = static_cast<int64_t>(inner) + 1;
}

// One after the other. All but the first are branches: in the backward pass they come before it and
// leave their gradients of the common input to it.
void PlanBuilder::AddInnerAsOutputs() {
  const size_t input = stages().size();
  for (const OutputSpec& head : spec_.outputs) LowerHead(head, input);
}

void PlanBuilder::LowerHead(const OutputSpec& head, size_t input) {
  const size_t begin = stages().size();
  first_to_fuse_ = begin;  // the other heads read the input unchanged
  branch_input_ = input;
  LowerLayers(head.begin, head.end);
  layer_ = head.layer;
  if (stages().size() == begin) AddIdentity();
  AddOutput();
}

bool PlanBuilder::LeftToLoss() const {
  if (options_.objective == nullptr || options_.to != spec_.layers.size()) return false;
  const auto& outputs = options_.objective->outputs;
  return std::any_of(outputs.begin(), outputs.end(), [&](const OutputObjective& objective) {
    return objective.layer == layer_ && objective.fuses_activation();
  });
}

// The loss writes the outputs over the logits: an activation before them, which needs its own
// values again, must not have them there.
void PlanBuilder::AddLogits() {
  const bool keeps = !stages().empty() && stages().back().KeepsOutput();
  if (!MayFuse() || keeps) AddIdentity();
}

void PlanBuilder::AddActivation(const Choice& choice) {
  if (LeftToLoss()) {
    AddLogits();
    return;
  }
  const FusedActivation activation = Fuse(choice);
  if (!activation) {
    if (options_.inspects && !MayFuse()) AddIdentity();
    return;
  }
  if (activation.row->scope == ActivationScope::kRow) {
    Add([activation](
            const StepSite& site) { return std::make_unique<RowActivationStep>(activation, site); },
        {.keeps_output = true});
    return;
  }
  if (!MayFuse() || !stages().back().TakesActivation()) AddIdentity();
  stages().back().activation = activation;
}

void PlanBuilder::AddNorm(MakeNorm make, double epsilon) {
  const bool fits = MayFuse() && stages().back().traits.is_dense && !stages().back().activation &&
                    !stages().back().norm && !stages().back().IsJoin();
  if (!fits) AddIdentity();
  stages().back().norm = StageNorm{{layer_, epsilon}, std::move(make)};
}

// Whether the layer may go into the step before it: not out of a residual block, and not where
// somebody wants to look at both. Steps of its own may always be one.
bool PlanBuilder::MayFuse() const {
  if (program_.stages.size() <= first_to_fuse_) return false;
  return !options_.inspects || program_.stages.back().layer == layer_;
}

}  // namespace layerwise
