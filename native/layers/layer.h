// A layer of a network, after its spec was read: plain data with every default filled in, and what
// follows from its type. Each type has a class and a file, or a folder, of its own; whatever is of
// one type only stands there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "native/core/value.h"
#include "native/kernels/choice.h"
#include "native/kernels/row_info.h"

namespace layerwise {

struct Layer;
struct LayerType;
struct WeightRules;
class EarlierLayers;
class InnerLayers;
class Lowering;
class TensorList;

// An input of a network that is no quantity but the index of a level: a whole number from 0 on, and
// below `levels`.
struct IndexInput {
  int64_t input = 0;
  int64_t levels = 0;
};

struct Layer {
  virtual ~Layer() = default;
  Layer() = default;
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;

  const LayerType* type = nullptr;
  std::string path;  // where it stands in the spec, e.g. layers[2].layers[1]
  size_t index = 0;  // its place in the network, of an inner layer that of its outermost block
  int64_t input_size = 0;
  int64_t output_size = 0;
  bool frozen = false;      // whether training leaves its parameters as they are
  size_t inner_layers = 0;  // so many of the layers behind it are its own

  // Reads the layers that it holds, and infers its output size from theirs.
  virtual void ReadInner(const ValueReader& /*spec*/, InnerLayers& /*inner*/) {}
  // Checks it against the layers before it in its list, and what it says of them.
  virtual void CheckPlace(const EarlierLayers& /*earlier*/) {}
  // Whether the layers within it are those of the network's heads: nothing may come behind it.
  virtual bool holds_heads() const { return false; }

  // Whether it computes with the mean and the spread of each batch while training, and so needs two
  // rows at least.
  virtual bool measures_batch() const { return false; }

  // The inputs that it takes for indices of levels, where it is the first of the network.
  virtual std::span<const IndexInput> index_inputs() const { return {}; }

  // The tensors that it owns, with PyTorch's names, and how they begin.
  virtual void AddTensors(TensorList& /*to*/) const {}
  // Modules of PyTorch's nn.Sequential that it stands for.
  virtual size_t modules() const { return 1; }
  // The activation that it ends with; null for types of layers that have none.
  virtual const Choice* activation() const { return nullptr; }
  // What its weights cost, and their bounds; null for types of layers without weights.
  virtual const WeightRules* weight_rules() const { return nullptr; }

  // Gives the plan the steps that compute it.
  virtual void Lower(Lowering& plan) const = 0;
};

// A row of the table of types.
struct LayerType {
  // The name in specs and the options; those of types that read theirs by hand are not listed.
  RowInfo info;
  // Fills in all but the path and the type; throws an Error with the path of what is wrong. The
  // input size is known.
  std::unique_ptr<Layer> (*read)(const ValueReader& spec, int64_t input_size);
};

// Of all types, in the order in which they are described.
std::span<const LayerType* const> LayerTypes();

// The option of every layer with parameters.
inline constexpr ParameterInfo kFrozenParameter = BooleanParameter(
    "frozen", false, "Whether training leaves what the layer has learnt as it is.");

// The most units or inputs of a layer: beyond it sizes would overflow long before memory suffices.
inline constexpr int64_t kMaxUnits = int64_t{1} << 24;
inline constexpr int64_t kMaxLayers = 10000;

// A new layer that changes values, not their number.
template <typename T>
std::unique_ptr<T> LayerOfSameSize(int64_t input_size) {
  auto layer = std::make_unique<T>();
  layer->input_size = input_size;
  layer->output_size = input_size;
  return layer;
}

// The layers before one in its list.
class EarlierLayers {
 public:
  // `starts`: where the layers of the list begin among all, that of the layer itself the last.
  EarlierLayers(std::span<const size_t> starts, const std::vector<std::unique_ptr<Layer>>& layers)
      : starts_(starts), layers_(layers) {}

  // The one right before it; null for the first.
  const Layer* Last() const {
    return starts_.size() > 1 ? layers_[starts_[starts_.size() - 2]].get() : nullptr;
  }
  // The one with a number in the list; null where that is none before it.
  const Layer* Find(size_t number) const {
    return number + 1 < starts_.size() ? layers_[starts_[number]].get() : nullptr;
  }
  // Its place among all layers.
  size_t PlaceOf(size_t number) const { return starts_[number]; }

 private:
  std::span<const size_t> starts_;
  const std::vector<std::unique_ptr<Layer>>& layers_;
};

// One of the outputs of a network: the only one, or that of a head.
struct OutputSpec {
  std::string name;  // of the head; empty for the only one
  // Among the layers: those that are its own, and the last of them that is in no block.
  size_t begin = 0;
  size_t end = 0;
  size_t layer = 0;
  // Its columns among those of all outputs.
  int64_t first_column = 0;
  int64_t columns = 0;
};

// Reads the layers within a layer, which stand behind it.
class InnerLayers {
 public:
  virtual ~InnerLayers() = default;

  // How many layers are around them, the layer itself included.
  virtual size_t depth() const = 0;
  // Reads a list of layers; returns the place of the last that is in no other.
  virtual size_t Read(const ValueReader& list, int64_t input_size) = 0;
  // All layers of the network that have been read.
  virtual const std::vector<std::unique_ptr<Layer>>& layers() const = 0;
  virtual void AddOutput(OutputSpec output) = 0;
};

}  // namespace layerwise
