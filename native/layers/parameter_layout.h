// Where each parameter of a network lies in a block of memory.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "native/kernels/panels.h"
#include "native/layers/network_spec.h"
#include "native/layers/tensor.h"

namespace layerwise {

struct ParameterBlock {
  std::string name;  // PyTorch's for nn.Sequential, e.g. 0.weight
  size_t layer = 0;
  ParameterRole role = ParameterRole::kWeights;
  std::vector<int64_t> shape;  // (out, in) or (out)
  PanelShape panels;           // depth in, columns out; a vector has depth 1
  int64_t offset = 0;          // of its first element, in elements from the start of the block
  bool frozen = false;
  // How it begins: drawn by an initializer, or where that is null all of this value.
  const Choice* initializer = nullptr;
  float value = 0;

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
  void AddTensors(const Layer& layer, size_t place, const std::string& prefix);
  void AddBlock(ParameterBlock block);

  std::vector<ParameterBlock> blocks_;
  std::vector<std::array<int, kParameterRoles>> of_layer_;  // indices into blocks_, or -1
  int64_t size_ = 0;
  int64_t lanes_ = 1;
};

}  // namespace layerwise
