#include "native/layers/parameter_layout.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "native/core/arena.h"
#include "native/kernels/gemm.h"
#include "native/kernels/instruction_set.h"

namespace layerwise {
namespace {

// Blocks begin at cache lines.
constexpr int64_t kAlignment = kCacheLineBytes / sizeof(float);

// A table lies flat, so that a row is in one place.
PanelShape PanelsOf(const Tensor& tensor, int64_t lanes) {
  const bool is_matrix = tensor.shape.size() == 2;
  if (tensor.is_table) return {1, tensor.shape[0] * tensor.shape[1], lanes};
  return {is_matrix ? tensor.shape[1] : 1, tensor.shape[0], lanes};
}

}  // namespace

ParameterLayout::ParameterLayout(const NetworkSpec& spec)
    : lanes_(GemmKernelsFor(SelectedInstructionSet()).lanes) {
  of_layer_.resize(spec.layers.size());
  for (auto& roles : of_layer_) roles.fill(-1);
  AddLayers(spec, 0, spec.layers.size(), "");
}

// The layers [begin, end), as an nn.Sequential.
void ParameterLayout::AddLayers(const NetworkSpec& spec, size_t begin, size_t end,
                                const std::string& prefix) {
  size_t module = 0;
  for (size_t i = begin; i < end; i += 1 + spec.layers[i]->inner_layers) {
    const Layer& layer = *spec.layers[i];
    const std::string own = prefix + std::to_string(module) + ".";
    AddTensors(layer, i, own);
    if (layer.holds_heads()) {
      for (const OutputSpec& head : spec.outputs) {
        AddLayers(spec, head.begin, head.end, own + head.name + ".");
      }
    } else {
      AddLayers(spec, i + 1, i + 1 + layer.inner_layers, own + "layers.");
    }
    module += layer.modules();
  }
}

void ParameterLayout::AddTensors(const Layer& layer, size_t place, const std::string& prefix) {
  TensorList list;
  layer.AddTensors(list);
  if (const std::optional<size_t> owner = list.owner()) {
    constexpr auto kWeights = static_cast<size_t>(ParameterRole::kWeights);
    of_layer_[place][kWeights] = of_layer_[*owner][kWeights];
  }
  for (const Tensor& tensor : list.tensors()) {
    AddBlock({.name = prefix + tensor.name,
              .layer = place,
              .role = tensor.role,
              .shape = tensor.shape,
              .panels = PanelsOf(tensor, lanes_),
              .frozen = layer.frozen,
              .initializer = tensor.initializer,
              .value = tensor.value,
              .fan_in = tensor.fan_in > 0 ? tensor.fan_in : layer.input_size,
              .fan_out = tensor.fan_out > 0 ? tensor.fan_out : layer.output_size,
              .factors = tensor.factors,
              .row_length = tensor.is_table ? tensor.shape[1] : 0});
  }
}

void ParameterLayout::AddBlock(ParameterBlock block) {
  of_layer_[block.layer][static_cast<size_t>(block.role)] = static_cast<int>(blocks_.size());
  block.offset = size_;
  if (block.is_table()) {
    block.first_row = table_rows_;
    table_rows_ += block.shape[0];
  }
  size_ += (block.panels.size() + kAlignment - 1) / kAlignment * kAlignment;
  blocks_.push_back(std::move(block));
}

const ParameterBlock* ParameterLayout::Find(size_t layer, ParameterRole role) const {
  const int index = of_layer_[layer][static_cast<size_t>(role)];
  return index < 0 ? nullptr : &blocks_[static_cast<size_t>(index)];
}

std::span<const ParameterBlock> ParameterLayout::BlocksOf(size_t layer) const {
  const auto is_own = [&](const ParameterBlock& block) { return block.layer == layer; };
  const auto first = std::find_if(blocks_.begin(), blocks_.end(), is_own);
  return {first, std::find_if_not(first, blocks_.end(), is_own)};
}

bool ParameterLayout::IsTrainable(size_t layer) const {
  return std::any_of(of_layer_[layer].begin(), of_layer_[layer].end(), [&](int index) {
    return index >= 0 && blocks_[static_cast<size_t>(index)].trainable();
  });
}

size_t ParameterLayout::IndexAt(int64_t offset) const {
  const auto begins_later = [](int64_t at, const ParameterBlock& block) {
    return at < block.offset;
  };
  const auto next = std::upper_bound(blocks_.begin(), blocks_.end(), offset, begins_later);
  return static_cast<size_t>(std::distance(blocks_.begin(), next)) - 1;
}

}  // namespace layerwise
