// The parameters of a network: where each one lies in a block of memory, and such a block.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "native/core/arena.h"
#include "native/kernels/panels.h"
#include "native/network/spec.h"

namespace layerwise {

// What a parameter is to its layer.
enum class ParameterRole { kWeights, kBias, kScale, kShift, kRunningMean, kRunningVariance };
inline constexpr size_t kParameterRoles = 6;

struct ParameterBlock {
  std::string name;  // PyTorch's for nn.Sequential, e.g. 0.weight
  size_t layer = 0;
  ParameterRole role = ParameterRole::kWeights;
  std::vector<int64_t> shape;  // (out, in) or (out)
  PanelShape panels;           // depth in, columns out; a vector has depth 1
  int64_t offset = 0;          // of its first element, in elements from the start of the block
  bool frozen = false;

  // Whether training follows its gradient.
  bool trainable() const {
    return !frozen && role != ParameterRole::kRunningMean &&
           role != ParameterRole::kRunningVariance;
  }
};

class ParameterLayout {
 public:
  explicit ParameterLayout(const NetworkSpec& spec);

  const std::vector<ParameterBlock>& blocks() const { return blocks_; }
  // What a layer uses in a role, or nullptr. It is its own but for the weights of tied layers.
  const ParameterBlock* Find(size_t layer, ParameterRole role) const;
  // Whether a layer owns trainable ones.
  bool IsTrainable(size_t layer) const;
  // The one that holds an element.
  const ParameterBlock& BlockAt(int64_t offset) const;
  int64_t size() const { return size_; }  // in elements, padding included
  int64_t lanes() const { return lanes_; }

 private:
  void AddLayers(const NetworkSpec& spec, size_t begin, size_t end, const std::string& prefix);
  void AddBlocks(const LayerSpec& spec, size_t layer, const std::string& prefix);
  void AddBlock(const std::string& name, size_t layer, ParameterRole role,
                std::vector<int64_t> shape);

  std::vector<ParameterBlock> blocks_;
  std::vector<std::array<int, kParameterRoles>> of_layer_;  // indices into blocks_, or -1
  int64_t size_ = 0;
  int64_t lanes_ = 1;
};

// Values of all parameters. Padding is zero and stays so.
class Parameters {
 public:
  explicit Parameters(const ParameterLayout& layout);

  float* data() { return arena_.At(slot_); }
  const float* data() const { return arena_.At(slot_); }
  size_t bytes() const { return arena_.bytes(); }

 private:
  explicit Parameters(std::pair<ArenaLayout, Slot<float>> reserved);
  Slot<float> slot_;
  Arena arena_;
};

// Between the layout of the shape, as users know it, and panels.
void ReadBlock(const ParameterBlock& block, const float* parameters, std::span<float> out);
void WriteBlock(const ParameterBlock& block, std::span<const float> values, float* parameters);
int64_t BlockSize(const ParameterBlock& block);  // elements of the shape

// Fills in the initial values of a block, in memory that is zero.
void InitializeBlock(const NetworkSpec& spec, const ParameterLayout& layout, size_t index,
                     float* parameters);

}  // namespace layerwise
