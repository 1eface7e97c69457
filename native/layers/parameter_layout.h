// Where each parameter of a network lies in a block of memory.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
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
  PanelShape panels;           // depth in, columns out; a vector has depth 1, as a table has
  int64_t offset = 0;          // of its first element, in elements from the start of the block
  bool frozen = false;
  // How it begins: drawn by an initializer, or where that is null all of this value.
  const Choice* initializer = nullptr;
  float value = 0;
  int64_t fan_in = 0;
  int64_t fan_out = 0;
  TrainingFactors factors{};
  // Of a table, whose rows lie one behind the other: how long they are, and the number of the first
  // among the rows of all tables. Of any other block the length is 0.
  int64_t row_length = 0;
  int64_t first_row = 0;

  bool is_table() const { return row_length > 0; }
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
  // Those that a layer owns, in the order of its tensors.
  std::span<const ParameterBlock> BlocksOf(size_t layer) const;
  // Whether a layer owns trainable ones.
  bool IsTrainable(size_t layer) const;
  // The one that holds an element, and its number.
  const ParameterBlock& BlockAt(int64_t offset) const { return blocks_[IndexAt(offset)]; }
  size_t IndexAt(int64_t offset) const;
  int64_t size() const { return size_; }  // in elements, padding included
  int64_t lanes() const { return lanes_; }
  int64_t table_rows() const { return table_rows_; }  // of all tables

 private:
  void AddLayers(const NetworkSpec& spec, size_t begin, size_t end, const std::string& prefix);
  void AddTensors(const Layer& layer, size_t place, const std::string& prefix);
  void AddBlock(ParameterBlock block);

  std::vector<ParameterBlock> blocks_;
  std::vector<std::array<int, kParameterRoles>> of_layer_;  // indices into blocks_, or -1
  int64_t size_ = 0;
  int64_t lanes_ = 1;
  int64_t table_rows_ = 0;
};

}  // namespace layerwise
