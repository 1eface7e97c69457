#include "native/network/parameters.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "native/core/error.h"
#include "native/core/random.h"
#include "native/core/value.h"
#include "native/layers/initializers.h"

namespace layerwise {
namespace {

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
  const RandomStream stream(spec.seed, StreamPurpose::kInitializer, stream_id);
  const InitializerContext context{stream,
                                   static_cast<double>(block.fan_in),
                                   static_cast<double>(block.fan_out),
                                   choice.parameters.data(),
                                   block.shape[0],
                                   block.shape.size() == 2 ? block.shape[1] : 1};
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

void CheckValues(const ParameterBlock& block, std::span<const float> values) {
  const bool is_variance = block.role == ParameterRole::kRunningVariance;
  for (size_t i = 0; i < values.size(); ++i) {
    if (std::isfinite(values[i]) && !(is_variance && values[i] < 0)) continue;
    throw Error(ErrorKind::kData, block.name + "[" + std::to_string(i) + "]",
                is_variance ? "a variance, a finite number of at least 0" : "a finite number",
                Value(static_cast<double>(values[i])).Describe(), "Replace it.");
  }
}

void CheckParameters(const ParameterLayout& layout, const float* parameters) {
  for (const ParameterBlock& block : layout.blocks()) {
    std::vector<float> values(static_cast<size_t>(BlockSize(block)));
    ReadBlock(block, parameters, values);
    CheckValues(block, values);
  }
}

void InitializeBlock(const NetworkSpec& spec, const ParameterLayout& layout, size_t index,
                     float* parameters) {
  const ParameterBlock& block = layout.blocks()[index];
  if (block.initializer != nullptr) {
    Draw(spec, block, *block.initializer, static_cast<uint32_t>(index), parameters);
  } else if (block.value != 0) {
    std::fill_n(parameters + block.offset, block.panels.columns, block.value);
  }
}

}  // namespace layerwise
