#include "native/training/many/lane_shape.h"

#include "native/kernels/instruction_set.h"
#include "native/kernels/many.h"
#include "native/layers/activation.h"
#include "native/layers/dense/dense_layer.h"

namespace layerwise {
namespace {

// What lies between the layers, and the parameters, are as many times larger as there are lanes:
// networks with more of them have vectors of their own to fill, and no room in the caches for so
// many lanes.
constexpr int64_t kMostParameters = 8192;

bool IsPlain(const TrainingOptions& options) {
  return !options.full_batch && !options.DefersUpdates() && !options.Averages() &&
         !options.RollsBack() && !options.snapshots.enabled &&
         options.precision == Precision::kFloat32;
}

bool HasRules(const DenseLayer& dense) {
  const WeightRules& rules = dense.weights.rules;
  return !dense.frozen &&
         (rules.kernel_penalty.enabled() || rules.bias_penalty.enabled() || rules.max_norm != 0);
}

void SetActivation(const Choice& function, LaneLayer& layer) {
  const FusedActivation fused = Fuse(function);
  layer.activation = fused.row;
  layer.activation_parameters = fused.parameters;
}

std::optional<LaneLayer> LaneLayerOf(const DenseLayer& dense, size_t place) {
  if (dense.is_tied() || dense.is_ntk || HasRules(dense)) return std::nullopt;
  LaneLayer layer;
  layer.layer = place;
  layer.inputs = dense.input_size;
  layer.units = dense.output_size;
  layer.has_bias = dense.weights.bias;
  SetActivation(dense.function, layer);
  return layer;
}

// Dense layers alone, each with an activation in it or behind it; none where there are others.
std::vector<LaneLayer> LaneLayersOf(const NetworkSpec& network) {
  std::vector<LaneLayer> layers;
  for (size_t i = 0; i < network.layers.size(); ++i) {
    const Layer* layer = network.layers[i].get();
    if (const auto* dense = dynamic_cast<const DenseLayer*>(layer)) {
      const std::optional<LaneLayer> own = LaneLayerOf(*dense, i);
      if (!own.has_value()) return {};
      layers.push_back(*own);
    } else if (dynamic_cast<const ActivationLayer*>(layer) != nullptr && !layers.empty() &&
               layers.back().activation == nullptr) {
      SetActivation(*layer->activation(), layers.back());
    } else {
      return {};
    }
  }
  return layers;
}

// Whether every activation is of elements, but for that which the loss computes.
bool SetOutputActivation(const LossRow& loss, std::vector<LaneLayer>& layers) {
  if (loss.output != nullptr) layers.back().activation = nullptr;
  for (const LaneLayer& layer : layers) {
    if (layer.activation != nullptr && layer.activation->scope == ActivationScope::kRow) {
      return false;
    }
  }
  return true;
}

bool ComputesLoss(const LossRow& loss, TargetKind targets) {
  const InstructionSet set = SelectedInstructionSet();
  const auto index = static_cast<size_t>(&loss - LossesFor(set).data());
  if (ManyKernelsFor(set).losses[index] == nullptr) return false;
  // Those of classes take their indices, and not rows of shares.
  const bool wants_classes = loss.targets == LossTargets::kEither;
  return wants_classes ? targets == TargetKind::kClasses
                       : targets == TargetKind::kMatrix || targets == TargetKind::kInput;
}

}  // namespace

std::optional<LaneShape> LaneShapeOf(const Run::State& run) {
  const Objective& objective = run.data.objective();
  const ParameterLayout& layout = run.session->layout();
  if (!IsPlain(run.options) || run.takes_blocks || run.inspection != nullptr ||
      run.from != nullptr || run.data.stream() != nullptr || objective.has_heads() ||
      objective.custom != nullptr || layout.size() > kMostParameters) {
    return std::nullopt;
  }
  LaneShape shape;
  const OutputObjective& output = objective.outputs.front();
  shape.layers = LaneLayersOf(run.session->spec());
  shape.loss = output.loss;
  shape.loss_parameters = output.loss_parameters;
  shape.targets = run.data.training().target_kind();
  if (shape.layers.empty() || !ComputesLoss(*output.loss, shape.targets) ||
      !SetOutputActivation(*output.loss, shape.layers)) {
    return std::nullopt;
  }
  for (const ParameterBlock& block : layout.blocks()) {
    shape.factors.push_back(block.factors);
    shape.learns.push_back(block.trainable());
  }
  shape.decay_biases = run.options.decay_biases;
  shape.optimizer = &run.optimizer->row();
  shape.batch_size = run.options.batch_size;
  return shape;
}

}  // namespace layerwise
