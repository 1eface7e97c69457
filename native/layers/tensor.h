// The tensors of a layer, before they have a place in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "native/kernels/choice.h"

namespace layerwise {

// How a parameter is trained beside the others: what the learning rate and the weight decay of the
// optimizer are multiplied by.
struct TrainingFactors {
  double learning_rate = 1;
  double weight_decay = 1;

  bool operator==(const TrainingFactors&) const = default;
};

// What a parameter is to its layer.
enum class ParameterRole { kWeights, kBias, kScale, kShift, kRunningMean, kRunningVariance };
inline constexpr size_t kParameterRoles = 6;

struct Tensor {
  std::string name;  // within the layer, e.g. weight
  ParameterRole role;
  std::vector<int64_t> shape;  // (out, in) or (out)
  // How it begins: drawn by an initializer, or where that is null all of this value. The
  // initializer is the layer's.
  const Choice* initializer = nullptr;
  float value = 0;
  // Whether its rows are updated one by one, and only those that have a gradient: a table of which
  // a batch takes a few rows.
  bool is_table = false;
  // What initializers divide by; 0: the inputs and the outputs of the layer.
  int64_t fan_in = 0;
  int64_t fan_out = 0;
  TrainingFactors factors{};
};

class TensorList {
 public:
  void Add(Tensor tensor) { tensors_.push_back(std::move(tensor)); }
  // Takes the weights of another layer in place of its own.
  void ShareWeightsOf(size_t layer) { owner_ = layer; }

  const std::vector<Tensor>& tensors() const { return tensors_; }
  const std::optional<size_t>& owner() const { return owner_; }

 private:
  std::vector<Tensor> tensors_;
  std::optional<size_t> owner_;
};

}  // namespace layerwise
