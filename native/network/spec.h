// A network's spec after reading: plain data with every default filled in, every shape inferred and
// every value checked.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "native/core/value.h"
#include "native/kernels/activations.h"
#include "native/network/choice.h"

namespace layerwise {

enum class LayerType {
  kDense,
  kActivation,
  kBatchNorm,
  kGaussianSampling,
  kMaskingNoise,
  kGaussianNoise,
  kSaltAndPepperNoise,
  kSwapNoise,
  kDropout,
  kAlphaDropout,
  kActivityPenalty,
  kContractivePenalty,
  kPrelu,
  kMaxout,
  kLayerNorm,
  kResidual,
  kHeads,
};

enum class NoiseKind { kMasking, kGaussian, kSaltAndPepper, kSwap, kDropout, kAlphaDropout };

struct NoiseSpec {
  NoiseKind kind = NoiseKind::kMasking;
  double rate = 0;       // the share of the values that are replaced; not of Gaussian noise
  double deviation = 0;  // Gaussian noise only
  double low = 0;        // salt and pepper only
  double high = 0;
};

struct ActivityPenaltySpec {
  double l1 = 0;
  double kl_weight = 0;
  double target = 0;
};

// Added to the loss: l1 sum |w| + l2 sum w^2.
struct WeightPenaltySpec {
  double l1 = 0;
  double l2 = 0;

  bool enabled() const { return l1 > 0 || l2 > 0; }
};

// The name in specs, e.g. "dense".
const char* LayerTypeName(LayerType type);

struct LayerSpec {
  LayerType type = LayerType::kDense;
  std::string path;  // where it stands in the spec, e.g. layers[2].layers[1]
  size_t index = 0;  // its place in the network, of an inner layer that of its outermost block
  int64_t input_size = 0;
  int64_t output_size = 0;
  Choice activation;
  bool frozen = false;  // whether training leaves its parameters as they are
  // Dense layers and maxout only.
  bool bias = true;
  Choice kernel_initializer;
  Choice bias_initializer;
  WeightPenaltySpec kernel_penalty;
  WeightPenaltySpec bias_penalty;
  double max_norm = 0;  // of the weights of each unit; 0 for no bound
  // Dense layers only: the layer whose weights it takes transposed; -1 for weights of its own.
  int64_t tied_to = -1;
  // Normalisations only.
  double momentum = 0;
  double epsilon = 0;
  bool scale = true;  // whether there is one
  bool shift = true;
  // Prelu only.
  bool shared = false;
  double slope = 0;
  // Residual blocks and heads only: so many of the layers behind it are its own.
  size_t inner_layers = 0;
  // Residual blocks only.
  bool projection = false;
  // Maxout only.
  int64_t pieces = 1;
  // Gaussian sampling only.
  double kl_weight = 0;
  NoiseSpec noise;              // of layers of noise
  ActivityPenaltySpec penalty;  // activity penalties only
  double contraction = 0;       // contractive penalties only: the weight
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

struct NetworkSpec {
  int64_t input_size = 0;
  uint32_t seed = 0;
  // A residual block comes before the layers within it, which follow it as if they were the
  // network's; so do heads, before the layers of the first head, of the second, and so on.
  std::vector<LayerSpec> layers;
  std::vector<OutputSpec> outputs;
  // Where each layer that is not within another begins among them, and the end.
  std::vector<size_t> starts;

  size_t size() const { return starts.size() - 1; }
  int64_t output_size() const { return outputs.back().first_column + outputs.back().columns; }
  bool has_heads() const { return !outputs.front().name.empty(); }
};

// The option of every layer with parameters.
inline constexpr ParameterInfo kFrozenParameter{
    .name = "frozen",
    .fallback = 0,
    .minimum = 0,
    .maximum = 1,
    .is_boolean = true,
    .description = "Whether training leaves what the layer has learnt as it is."};

// The most units or inputs of a layer: beyond it sizes would overflow long before memory suffices.
inline constexpr int64_t kMaxUnits = int64_t{1} << 24;
inline constexpr int64_t kMaxLayers = 10000;
// Layers that hold layers, within each other.
inline constexpr size_t kMaxNesting = 10;

// Throws Error with the path of what is wrong, e.g. layers[2].units.
NetworkSpec ReadNetworkSpec(const Value& value);

// The first batch normalisation that measures batches while training, as it is not frozen; null
// where there is none.
const LayerSpec* MeasuredByBatches(const NetworkSpec& network);

// The table of activations for the selected instruction set, and a spec's row in it.
std::span<const ActivationRow> Activations();
const ActivationRow& ActivationOf(const LayerSpec& layer);

// The layer types as data for the language above.
Value DescribeLayerTypes();

}  // namespace layerwise
