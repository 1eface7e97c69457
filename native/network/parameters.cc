#include "native/network/parameters.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "native/core/random.h"
#include "native/kernels/gemm.h"
#include "native/kernels/instruction_set.h"
#include "native/network/initializers.h"

namespace layerwise {
namespace {

// Blocks begin at cache lines.
constexpr int64_t kAlignment = kCacheLineBytes / sizeof(float);

std::pair<ArenaLayout, Slot<float>> ReserveAll(const ParameterLayout& layout) {
  ArenaLayout arena;
  const Slot<float> slot = arena.Reserve<float>(static_cast<size_t>(layout.size()));
  return {arena, slot};
}

// Calls fn(index in the shape, index in the panels) for every element.
template <typename F>
void ForEachElement(const ParameterBlock& block, F&& fn) {
  const PanelShape& panels = block.panels;
  for (int64_t column = 0; column < panels.columns; ++column) {
    for (int64_t k = 0; k < panels.depth; ++k) {
      fn(column * panels.depth + k, block.offset + panels.Index(k, column));
    }
  }
}

void Draw(const NetworkSpec& spec, const ParameterBlock& block, const Choice& choice,
          uint32_t stream_id, float* parameters) {
  const LayerSpec& layer = spec.layers[block.layer];
  const RandomStream stream(spec.seed, StreamPurpose::kInitializer, stream_id);
  const InitializerContext context{stream,
                                   static_cast<double>(layer.input_size),
                                   static_cast<double>(layer.output_size),
                                   choice.parameters.data(),
                                   block.panels.columns,
                                   block.panels.depth};
  const InitializerRow& row = Initializers()[choice.row];
  if (row.fill != nullptr) {
    std::vector<float> values(static_cast<size_t>(BlockSize(block)));
    row.fill(context, values);
    WriteBlock(block, values, parameters);
    return;
  }
  ForEachElement(block, [&](int64_t index, int64_t position) {
    parameters[position] = row.sample(context, static_cast<uint64_t>(index));
  });
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
  for (size_t i = begin; i < end; i += 1 + spec.layers[i].inner_layers) {
    const LayerSpec& layer = spec.layers[i];
    const size_t first = blocks_.size();
    const std::string own = prefix + std::to_string(module) + ".";
    AddBlocks(layer, i, own);
    for (size_t block = first; block < blocks_.size(); ++block) {
      blocks_[block].frozen = layer.frozen;
    }
    if (layer.type == LayerType::kHeads) {
      for (const OutputSpec& head : spec.outputs) {
        AddLayers(spec, head.begin, head.end, own + head.name + ".");
      }
    } else {
      AddLayers(spec, i + 1, i + 1 + layer.inner_layers, own + "layers.");
    }
    // A dense layer with an activation stands for two modules.
    module += layer.type == LayerType::kDense && layer.activation.row != 0 ? 2 : 1;
  }
}

void ParameterLayout::AddBlocks(const LayerSpec& spec, size_t layer, const std::string& prefix) {
  const int64_t out = spec.output_size;
  if (spec.type == LayerType::kDense || spec.type == LayerType::kMaxout) {
    const int64_t rows = out * spec.pieces;
    if (spec.tied_to >= 0) {
      constexpr auto kWeights = static_cast<size_t>(ParameterRole::kWeights);
      of_layer_[layer][kWeights] = of_layer_[static_cast<size_t>(spec.tied_to)][kWeights];
    } else {
      AddBlock(prefix + "weight", layer, ParameterRole::kWeights, {rows, spec.input_size});
    }
    if (spec.bias) AddBlock(prefix + "bias", layer, ParameterRole::kBias, {rows});
  }
  if (spec.projection) {
    AddBlock(prefix + "projection.weight", layer, ParameterRole::kWeights, {out, spec.input_size});
  }
  if (spec.type == LayerType::kPrelu) {
    AddBlock(prefix + "weight", layer, ParameterRole::kScale, {spec.shared ? 1 : out});
  }
  if (spec.type == LayerType::kLayerNorm || spec.type == LayerType::kBatchNorm) {
    if (spec.scale) AddBlock(prefix + "weight", layer, ParameterRole::kScale, {out});
    if (spec.shift) AddBlock(prefix + "bias", layer, ParameterRole::kShift, {out});
  }
  if (spec.type == LayerType::kBatchNorm) {
    AddBlock(prefix + "running_mean", layer, ParameterRole::kRunningMean, {out});
    AddBlock(prefix + "running_var", layer, ParameterRole::kRunningVariance, {out});
  }
}

void ParameterLayout::AddBlock(const std::string& name, size_t layer, ParameterRole role,
                               std::vector<int64_t> shape) {
  const PanelShape panels{shape.size() == 2 ? shape[1] : 1, shape[0], lanes_};
  of_layer_[layer][static_cast<size_t>(role)] = static_cast<int>(blocks_.size());
  blocks_.push_back({name, layer, role, std::move(shape), panels, size_});
  size_ += (panels.size() + kAlignment - 1) / kAlignment * kAlignment;
}

const ParameterBlock* ParameterLayout::Find(size_t layer, ParameterRole role) const {
  const int index = of_layer_[layer][static_cast<size_t>(role)];
  return index < 0 ? nullptr : &blocks_[static_cast<size_t>(index)];
}

bool ParameterLayout::IsTrainable(size_t layer) const {
  return std::any_of(of_layer_[layer].begin(), of_layer_[layer].end(), [&](int index) {
    return index >= 0 && blocks_[static_cast<size_t>(index)].trainable();
  });
}

const ParameterBlock& ParameterLayout::BlockAt(int64_t offset) const {
  const auto begins_later = [](int64_t at, const ParameterBlock& block) {
    return at < block.offset;
  };
  return *std::prev(std::upper_bound(blocks_.begin(), blocks_.end(), offset, begins_later));
}

Parameters::Parameters(const ParameterLayout& layout) : Parameters(ReserveAll(layout)) {}

Parameters::Parameters(std::pair<ArenaLayout, Slot<float>> reserved)
    : slot_(reserved.second), arena_(reserved.first) {}

int64_t BlockSize(const ParameterBlock& block) { return block.panels.depth * block.panels.columns; }

void ReadBlock(const ParameterBlock& block, const float* parameters, std::span<float> out) {
  ForEachElement(block, [&](int64_t index, int64_t position) {
    out[static_cast<size_t>(index)] = parameters[position];
  });
}

void WriteBlock(const ParameterBlock& block, std::span<const float> values, float* parameters) {
  ForEachElement(block, [&](int64_t index, int64_t position) {
    parameters[position] = values[static_cast<size_t>(index)];
  });
}

void InitializeBlock(const NetworkSpec& spec, const ParameterLayout& layout, size_t index,
                     float* parameters) {
  const ParameterBlock& block = layout.blocks()[index];
  const LayerSpec& layer = spec.layers[block.layer];
  const auto stream = static_cast<uint32_t>(index);
  switch (block.role) {
    case ParameterRole::kWeights:
      Draw(spec, block, layer.kernel_initializer, stream, parameters);
      break;
    case ParameterRole::kBias:
      Draw(spec, block, layer.bias_initializer, stream, parameters);
      break;
    case ParameterRole::kScale:
    case ParameterRole::kRunningVariance: {
      const bool is_slope = layer.type == LayerType::kPrelu;
      std::fill_n(parameters + block.offset, block.panels.columns,
                  is_slope ? static_cast<float>(layer.slope) : 1.0f);
      break;
    }
    case ParameterRole::kShift:
    case ParameterRole::kRunningMean:
      break;  // zeros, as the memory is
  }
}

}  // namespace layerwise
