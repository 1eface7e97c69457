#include "native/training/many/lane_network.h"

#include <array>

#include "native/kernels/instruction_set.h"

namespace layerwise {

LaneNetwork::LaneNetwork(const LaneShape& shape, const ParameterLayout& layout,
                         const ManyKernels& kernels)
    : shape_(shape), kernels_(kernels), lanes_(kernels.lanes) {
  const InstructionSet set = SelectedInstructionSet();
  compute_loss_ = kernels.losses[shape.loss - LossesFor(set).data()];
  update_ = kernels.optimizers[shape.optimizer - OptimizersFor(set).data()];
  for (const LaneLayer& layer : shape.layers) AddLayer(layer, layout);
}

void LaneNetwork::AddLayer(const LaneLayer& layer, const ParameterLayout& layout) {
  LayerMemory memory;
  memory.of = layer;
  memory.weights = static_cast<int64_t>(places_.size());
  AddBlock(*layout.Find(layer.layer, ParameterRole::kWeights));
  if (layer.has_bias) {
    memory.bias = static_cast<int64_t>(places_.size());
    AddBlock(*layout.Find(layer.layer, ParameterRole::kBias));
  }
  layers_.push_back(memory);
}

// Weights are (inputs, units), as the products want them.
void LaneNetwork::AddBlock(const ParameterBlock& block) {
  Block own;
  own.first = static_cast<int64_t>(places_.size());
  own.count = block.panels.depth * block.panels.columns;
  own.learns = block.trainable();
  all_learn_ = all_learn_ && own.learns;
  for (int64_t k = 0; k < block.panels.depth; ++k) {
    for (int64_t j = 0; j < block.panels.columns; ++j) {
      places_.push_back(block.offset + block.panels.Index(k, j));
    }
  }
  blocks_.push_back(own);
}

void LaneNetwork::Reserve(ArenaLayout& layout) {
  const auto lanes = static_cast<size_t>(lanes_);
  const size_t parameters = places_.size() * lanes;
  parameters_slot_ = layout.Reserve<float>(parameters);
  gradients_slot_ = layout.Reserve<float>(parameters);
  for (int s = 0; s < shape_.optimizer->states; ++s) {
    state_slots_.push_back(layout.Reserve<float>(parameters));
  }
  constants_slot_ = layout.Reserve<float>(blocks_.size() * kMaxOptimizerConstants * lanes);
  const auto rows = static_cast<size_t>(shape_.batch_size) * lanes;
  row_losses_slot_ = layout.Reserve<double>(rows);
  for (LayerMemory& layer : layers_) {
    const size_t values = rows * static_cast<size_t>(layer.of.units);
    layer.linear_slot = layout.Reserve<float>(values);
    layer.gradient_slot = layout.Reserve<float>(values);
    const ActivationRow* activation = layer.of.activation;
    const bool keeps_both =
        activation != nullptr && activation->derivative_of == DerivativeOf::kInput;
    layer.activated_slot = keeps_both ? layout.Reserve<float>(values) : layer.linear_slot;
  }
}

void LaneNetwork::Bind(const Arena& arena) {
  parameters_ = arena.At(parameters_slot_);
  gradients_ = arena.At(gradients_slot_);
  for (const Slot<float> slot : state_slots_) states_.push_back(arena.At(slot));
  constants_ = arena.At(constants_slot_);
  row_losses_ = arena.At(row_losses_slot_);
  for (LayerMemory& layer : layers_) {
    layer.linear = arena.At(layer.linear_slot);
    layer.activated = arena.At(layer.activated_slot);
    layer.gradient = arena.At(layer.gradient_slot);
  }
}

void LaneNetwork::Load(int lane, const TrainedParameters& from) {
  for (size_t i = 0; i < places_.size(); ++i) {
    const int64_t to = static_cast<int64_t>(i) * lanes_ + lane;
    parameters_[to] = from.values()[places_[i]];
    for (size_t s = 0; s < states_.size(); ++s) states_[s][to] = from.states()[s][places_[i]];
  }
}

void LaneNetwork::SaveParameters(int lane, TrainedParameters& to) const {
  float* values = to.values();
  const float* from = parameters_ + lane;
  for (const int64_t place : places_) {
    values[place] = *from;
    from += lanes_;
  }
}

void LaneNetwork::SaveStates(int lane, TrainedParameters& to) const {
  for (size_t i = 0; i < places_.size(); ++i) {
    const int64_t from = static_cast<int64_t>(i) * lanes_ + lane;
    for (size_t s = 0; s < states_.size(); ++s) to.states()[s][places_[i]] = states_[s][from];
  }
}

ManyDense LaneNetwork::DenseOf(size_t index, const LaneBatch& batch) const {
  const LayerMemory& layer = layers_[index];
  ManyDense dense;
  dense.rows = batch.rows();
  dense.inputs = layer.of.inputs;
  dense.units = layer.of.units;
  dense.input = index == 0 ? batch.inputs() : layers_[index - 1].activated;
  dense.weights = parameters_ + layer.weights * lanes_;
  dense.output = layer.linear;
  dense.gradient = layer.gradient;
  dense.input_gradient = index == 0 ? nullptr : layers_[index - 1].gradient;
  dense.weight_gradient = gradients_ + layer.weights * lanes_;
  dense.lane_rows = batch.lane_rows();
  if (layer.bias < 0) return dense;
  dense.bias = parameters_ + layer.bias * lanes_;
  dense.bias_gradient = gradients_ + layer.bias * lanes_;
  return dense;
}

void LaneNetwork::Forward(const LaneBatch& batch) {
  for (size_t i = 0; i < layers_.size(); ++i) {
    const LayerMemory& layer = layers_[i];
    kernels_.forward(DenseOf(i, batch));
    if (layer.of.activation == nullptr) continue;
    const int64_t values = batch.rows() * layer.of.units * lanes_;
    layer.of.activation->forward({layer.linear, layer.activated, values, 1, values},
                                 layer.of.activation_parameters.data());
  }
}

void LaneNetwork::Loss(const LaneBatch& batch, bool with_gradient) {
  alignas(kCacheLineBytes) std::array<float, kMostLanes> scale{};
  for (int lane = 0; lane < lanes_; ++lane) {
    const int64_t rows = batch.rows(lane);
    scale[static_cast<size_t>(lane)] = rows == 0 ? 0.0f : 1.0f / static_cast<float>(rows);
  }
  const LayerMemory& last = layers_.back();
  ManyLoss loss;
  loss.rows = batch.rows();
  loss.columns = last.of.units;
  loss.outputs = last.activated;
  if (shape_.targets == TargetKind::kClasses) {
    loss.classes = batch.classes();
  } else {
    loss.targets = batch.targets();
  }
  loss.weights = batch.weights();
  loss.gradient = with_gradient ? last.gradient : nullptr;
  loss.gradient_scale = scale.data();
  loss.row_losses = row_losses_;
  compute_loss_(loss, shape_.loss_parameters.data());
  for (int lane = 0; lane < lanes_ && batch.lane_rows() != nullptr; ++lane) {
    for (int64_t row = batch.rows(lane); row < batch.rows(); ++row) {
      row_losses_[row * lanes_ + lane] = 0;
    }
  }
}

void LaneNetwork::Differentiate(const LayerMemory& layer, int64_t rows) const {
  const ActivationRow* activation = layer.of.activation;
  if (activation == nullptr) return;
  const int64_t values = rows * layer.of.units * lanes_;
  const float* saved =
      activation->derivative_of == DerivativeOf::kInput ? layer.linear : layer.activated;
  activation->backward({saved, values, layer.gradient, values, 1, values},
                       layer.of.activation_parameters.data());
}

void LaneNetwork::Fill(float* values, int64_t columns, const LaneBatch& batch, float value) const {
  for (int lane = 0; lane < lanes_ && batch.lane_rows() != nullptr; ++lane) {
    for (int64_t i = batch.rows(lane) * columns; i < batch.rows() * columns; ++i) {
      values[i * lanes_ + lane] = value;
    }
  }
}

void LaneNetwork::Backward(const LaneBatch& batch) {
  for (size_t i = layers_.size(); i-- > 0;) {
    const LayerMemory& layer = layers_[i];
    Differentiate(layer, batch.rows());
    Fill(layer.gradient, layer.of.units, batch, -0.0f);
    if (i > 0) Fill(layers_[i - 1].activated, layer.of.inputs, batch, 0.0f);
    const ManyDense dense = DenseOf(i, batch);
    kernels_.weight_gradient(dense);
    if (i > 0) kernels_.input_gradient(dense);
  }
}

void LaneNetwork::SetConstants(int lane, const StepConstants& constants) {
  const auto set = [&](size_t group, const OptimizerConstants& of_group) {
    float* to = constants_ + static_cast<int64_t>(group) * kMaxOptimizerConstants * lanes_ + lane;
    for (int i = 0; i < kMaxOptimizerConstants; ++i) to[i * lanes_] = of_group.values[i];
  };
  if (constants.of_groups.empty()) {
    set(0, constants.all);
    return;
  }
  group_of_block_.assign(constants.group_of_block.begin(), constants.group_of_block.end());
  for (size_t group = 0; group < constants.of_groups.size(); ++group) {
    set(group, constants.of_groups[group]);
  }
}

void LaneNetwork::Update(const float* active) {
  if (all_learn_ && group_of_block_.empty()) {
    UpdateBlocks(0, static_cast<int64_t>(places_.size()), 0, active);
    return;
  }
  for (size_t i = 0; i < blocks_.size(); ++i) {
    if (!blocks_[i].learns) continue;
    UpdateBlocks(blocks_[i].first, blocks_[i].count,
                 group_of_block_.empty() ? 0 : group_of_block_[i], active);
  }
}

void LaneNetwork::UpdateBlocks(int64_t first, int64_t count, size_t group, const float* active) {
  ManyUpdate update;
  update.count = count;
  update.parameters = parameters_ + first * lanes_;
  update.gradient = gradients_ + first * lanes_;
  for (size_t s = 0; s < states_.size(); ++s) update.states[s] = states_[s] + first * lanes_;
  update.constants = constants_ + static_cast<int64_t>(group) * kMaxOptimizerConstants * lanes_;
  update.active = active;
  update_(update);
}

}  // namespace layerwise
