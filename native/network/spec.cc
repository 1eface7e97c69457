#include "native/network/spec.h"

#include <algorithm>
#include <limits>
#include <string_view>

#include "native/core/error.h"
#include "native/kernels/instruction_set.h"
#include "native/network/spec_dense.h"
#include "native/network/spec_noise.h"
#include "native/network/spec_norm.h"

namespace layerwise {
namespace {

void ReadActivationLayer(const ValueReader& reader, LayerSpec& layer) {
  reader.AllowOnly({"type", "activation"});
  layer.type = LayerType::kActivation;
  layer.output_size = layer.input_size;
  layer.activation = ReadChoice(reader.Member("activation"), Activations());
}

constexpr ParameterInfo kGaussianSamplingParameters[] = {
    {.name = "klWeight",
     .fallback = 1.0,
     .minimum = 0.0,
     .maximum = std::numeric_limits<double>::infinity(),
     .description = "Factor on the Kullback-Leibler divergence from the standard normal "
                    "distribution, which is added to the loss of each row."}};

constexpr RowInfo kGaussianSamplingInfo{
    "gaussianSampling", "z = mean + exp(logVariance / 2) noise",
    "The code of a variational autoencoder (Kingma and Welling 2014). The first half of the inputs "
    "are means, the second half logarithms of variances; while training the output is a sample of "
    "those normal distributions, when predicting their means.",
    kGaussianSamplingParameters};

void ReadGaussianSampling(const ValueReader& reader, LayerSpec& layer) {
  if (layer.input_size % 2 != 0) {
    throw Error(ErrorKind::kShape, reader.path(), "an even number of columns before it",
                std::to_string(layer.input_size),
                "Give the layer before it two units for each column of the code.");
  }
  layer.type = LayerType::kGaussianSampling;
  layer.output_size = layer.input_size / 2;
  layer.kl_weight = ReadParameters(reader, kGaussianSamplingInfo)[0];
}

constexpr ParameterInfo kActivityPenaltyParameters[] = {
    {.name = "l1",
     .fallback = 0.0,
     .minimum = 0.0,
     .maximum = std::numeric_limits<double>::infinity(),
     .description = "Factor on the sum of the absolute values of a row."},
    {.name = "klWeight",
     .fallback = 0.0,
     .minimum = 0.0,
     .maximum = std::numeric_limits<double>::infinity(),
     .description = "Factor on the Kullback-Leibler divergence of the mean of each column over the "
                    "batch (in evaluations and validations over all rows) from klTarget; for "
                    "values from 0 to 1."},
    {.name = "klTarget",
     .fallback = 0.05,
     .minimum = 0.0,
     .maximum = 1.0,
     .minimum_exclusive = true,
     .maximum_exclusive = true,
     .description = "The mean that columns are pulled to."}};

constexpr RowInfo kActivityPenaltyInfo{
    "activityPenalty", "y = x; loss + l1 sum |x| + klWeight sum KL(klTarget || mean x)",
    "Passes values on and adds to the loss what makes them sparse (Ng 2011).",
    kActivityPenaltyParameters};

void ReadActivityPenalty(const ValueReader& reader, LayerSpec& layer) {
  const std::vector<double> parameters = ReadParameters(reader, kActivityPenaltyInfo);
  layer.type = LayerType::kActivityPenalty;
  layer.output_size = layer.input_size;
  layer.penalty = {.l1 = parameters[0], .kl_weight = parameters[1], .target = parameters[2]};
}

constexpr ParameterInfo kPreluParameters[] = {
    {.name = "shared",
     .fallback = 1.0,
     .minimum = 0.0,
     .maximum = 1.0,
     .is_boolean = true,
     .description = "Whether all columns have one slope, or each its own."},
    {.name = "slope",
     .fallback = 0.25,
     .minimum = -std::numeric_limits<double>::infinity(),
     .maximum = std::numeric_limits<double>::infinity(),
     .description = "The slope for negative inputs before training."},
    kFrozenParameter};

constexpr RowInfo kPreluInfo{
    "prelu", "y = x > 0 ? x : slope * x",
    "A rectifier whose slope for negative inputs is learned (He et al. 2015). Defaults as in "
    "PyTorch. The slope is not subject to weight decay where biases are not.",
    kPreluParameters};

void ReadPrelu(const ValueReader& reader, LayerSpec& layer) {
  layer.type = LayerType::kPrelu;
  layer.output_size = layer.input_size;
  const std::vector<double> parameters = ReadParameters(reader, kPreluInfo);
  layer.shared = parameters[0] != 0;
  layer.slope = parameters[1];
  layer.frozen = parameters[2] != 0;
}

constexpr ParameterInfo kContractivePenaltyParameters[] = {
    {.name = "weight",
     .fallback = 0.1,
     .minimum = 0.0,
     .maximum = std::numeric_limits<double>::infinity(),
     .description = "Factor on the squared norm of the Jacobian, which is added to the loss of "
                    "each row."}};

constexpr RowInfo kContractivePenaltyInfo{
    "contractivePenalty", "y = x; loss + weight sum_j f'(z_j)^2 |w_j|^2",
    "Passes values on and adds to the loss how strongly they change with the inputs of the dense "
    "layer right before it, f(W x + b): the squared Frobenius norm of its Jacobian, row by row "
    "(Rifai et al. 2011).",
    kContractivePenaltyParameters};

void ReadContractivePenalty(const ValueReader& reader, LayerSpec& layer) {
  layer.type = LayerType::kContractivePenalty;
  layer.output_size = layer.input_size;
  layer.contraction = ReadParameters(reader, kContractivePenaltyInfo)[0];
}

// Of the last of some layers; `starts` says where those of its list begin. The Jacobian is known of
// a dense layer whose activation treats each unit for itself.
void CheckContraction(const std::vector<size_t>& starts, const std::vector<LayerSpec>& layers) {
  if (layers.back().type != LayerType::kContractivePenalty) return;
  const LayerSpec* before = starts.size() > 1 ? &layers[starts[starts.size() - 2]] : nullptr;
  const bool fits = before != nullptr && before->type == LayerType::kDense && before->tied_to < 0 &&
                    ActivationOf(*before).scope == ActivationScope::kElement;
  if (fits) return;
  throw Error(ErrorKind::kArgument, layers.back().path,
              "a dense layer right before it, with weights of its own and an activation of single "
              "units",
              before == nullptr ? "none" : LayerTypeName(before->type),
              "Put the penalty behind such a layer.");
}

// Their layers are read with those of the network.
void ReadHeads(const ValueReader& reader, LayerSpec& layer) {
  reader.AllowOnly({"type", "heads"});
  layer.type = LayerType::kHeads;
}

struct LayerTypeRow {
  LayerType type;
  RowInfo info;
  void (*read)(const ValueReader& reader, LayerSpec& layer);
};

constexpr LayerTypeRow kLayerTypes[] = {
    {LayerType::kDense,
     {"dense",
      "y = f(x W^T + b)",
      "A fully connected layer: W is (units, inputs), b is (units), f the activation.",
      {}},
     &ReadDense},
    {LayerType::kActivation,
     {"activation", "y = f(x)", "An activation function as a layer of its own.", {}},
     &ReadActivationLayer},
    {LayerType::kBatchNorm, kBatchNormInfo, &ReadBatchNorm},
    {LayerType::kGaussianSampling, kGaussianSamplingInfo, &ReadGaussianSampling},
    {LayerType::kMaskingNoise, kMaskingNoiseInfo, &ReadMaskingNoise},
    {LayerType::kGaussianNoise, kGaussianNoiseInfo, &ReadGaussianNoise},
    {LayerType::kSaltAndPepperNoise, kSaltAndPepperNoiseInfo, &ReadSaltAndPepperNoise},
    {LayerType::kSwapNoise, kSwapNoiseInfo, &ReadSwapNoise},
    {LayerType::kDropout, kDropoutInfo, &ReadDropout},
    {LayerType::kAlphaDropout, kAlphaDropoutInfo, &ReadAlphaDropout},
    {LayerType::kLayerNorm, kLayerNormInfo, &ReadLayerNorm},
    {LayerType::kActivityPenalty, kActivityPenaltyInfo, &ReadActivityPenalty},
    {LayerType::kContractivePenalty, kContractivePenaltyInfo, &ReadContractivePenalty},
    {LayerType::kPrelu, kPreluInfo, &ReadPrelu},
    {LayerType::kMaxout,
     {"maxout",
      "y = max over the pieces of x W^T + b",
      "The largest of several dense units (Goodfellow et al. 2013).",
      {}},
     &ReadMaxout},
    {LayerType::kResidual,
     {"residual",
      "y = F(x) + x, or F(x) + x P^T with a projection",
      "A residual block (He et al. 2016): F is a stack of layers, P (outputs, inputs).",
      {}},
     &ReadResidual},
    {LayerType::kHeads,
     {"heads",
      "y = [F1(x), F2(x), ...]",
      "Stacks of layers beside each other on the same input, each of which gives an output of the "
      "network of its own.",
      {}},
     &ReadHeads},
};

LayerSpec ReadLayer(const ValueReader& reader, int64_t input_size) {
  LayerSpec layer;
  layer.path = reader.path();
  layer.input_size = input_size;
  const std::string& type = reader.Member("type").String();
  for (const LayerTypeRow& row : kLayerTypes) {
    if (type != row.info.name) continue;
    row.read(reader, layer);
    return layer;
  }
  std::vector<std::string> known;
  for (const LayerTypeRow& row : kLayerTypes) known.emplace_back(row.info.name);
  ThrowUnknownName(reader.Member("type"), type, known);
}

size_t ReadLayers(const ValueReader& layers, int64_t input_size, size_t depth, NetworkSpec& spec);

// A stack of layers whose input is added to its output.
void ReadInnerLayers(const ValueReader& reader, size_t depth, NetworkSpec& spec) {
  if (depth > kMaxNesting) {
    throw Error(ErrorKind::kArgument, reader.path(),
                "at most " + std::to_string(kMaxNesting) + " residual blocks within each other",
                "one more", "Put blocks one after the other.");
  }
  const size_t at = spec.layers.size() - 1;
  ReadLayers(reader.Member("layers"), spec.layers[at].input_size, depth, spec);
  LayerSpec& block = spec.layers[at];
  block.inner_layers = spec.layers.size() - at - 1;
  block.output_size = spec.layers.back().output_size;
  if (!block.projection && block.output_size != block.input_size) {
    throw Error(ErrorKind::kShape, reader.path() + ".layers",
                std::to_string(block.input_size) + " columns at the end, as at the beginning",
                std::to_string(block.output_size),
                "Give the last layer as many units, or set projection.");
  }
  if (!block.frozen) return;
  for (size_t i = at + 1; i < spec.layers.size(); ++i) spec.layers[i].frozen = true;
}

// An object of stacks by their names, at the end of the network.
void ReadHeadLayers(const ValueReader& reader, size_t depth, NetworkSpec& spec) {
  const ValueReader heads = reader.Member("heads");
  const Value::Object* named = heads.value().object_if();
  if (depth > 1 || named == nullptr || named->empty()) {
    throw Error(ErrorKind::kArgument, reader.path(), "heads with names, that are in no other layer",
                heads.value().Describe(), "Give the layers of each head under its name.");
  }
  const size_t at = spec.layers.size() - 1;
  const int64_t input_size = spec.layers[at].input_size;
  int64_t columns = 0;
  for (const auto& [name, layers] : *named) {
    if (name.empty() || name.find('.') != std::string::npos) {
      throw Error(ErrorKind::kArgument, heads.path(), "names without dots, to name tensors by",
                  "\"" + name + "\"", "Name the head after what it answers.");
    }
    OutputSpec& output = spec.outputs.emplace_back();
    output.name = name;
    output.first_column = columns;
    output.begin = spec.layers.size();
    output.layer =
        ReadLayers(ValueReader(layers, heads.path() + "." + name), input_size, depth, spec);
    output.end = spec.layers.size();
    output.columns = spec.layers[output.layer].output_size;
    columns += output.columns;
  }
  spec.layers[at].inner_layers = spec.layers.size() - at - 1;
  spec.layers[at].output_size = columns;
}

// Returns the last of them.
size_t ReadLayers(const ValueReader& layers, int64_t input_size, size_t depth, NetworkSpec& spec) {
  const size_t count = layers.ArraySize();
  std::vector<size_t> starts;
  int64_t size = input_size;
  for (size_t i = 0; i < count; ++i) {
    const size_t at = spec.layers.size();
    starts.push_back(at);
    if (depth == 0) spec.starts.push_back(at);
    spec.layers.push_back(ReadLayer(layers.Item(i), size));
    spec.layers[at].index = spec.starts.size() - 1;
    ResolveTie(starts, spec.layers);
    CheckContraction(starts, spec.layers);
    if (spec.layers[at].type == LayerType::kResidual) {
      ReadInnerLayers(layers.Item(i), depth + 1, spec);
    }
    if (spec.layers[at].type == LayerType::kHeads) {
      ReadHeadLayers(layers.Item(i), depth + 1, spec);
      if (i + 1 < count) {
        throw Error(ErrorKind::kArgument, spec.layers[at].path, "heads at the end of the network",
                    "a layer behind them", "Give a head what comes behind it.");
      }
    }
    size = spec.layers[at].output_size;
  }
  if (count > 0 && spec.layers.size() <= static_cast<size_t>(kMaxLayers)) return starts.back();
  throw Error(ErrorKind::kArgument, layers.path(), "1 to 10000 layers", layers.value().Describe(),
              "Give the layers from the first to the output.");
}

}  // namespace

const char* LayerTypeName(LayerType type) {
  for (const LayerTypeRow& row : kLayerTypes) {
    if (row.type == type) return row.info.name;
  }
  return "unknown";
}

NetworkSpec ReadNetworkSpec(const Value& value) {
  const ValueReader reader(value, "");  // paths begin at the members
  reader.AllowOnly({"inputSize", "seed", "layers"});
  NetworkSpec spec;
  spec.input_size = reader.Member("inputSize").Integer(1, kMaxUnits);
  spec.seed =
      static_cast<uint32_t>(reader.IntegerOr("seed", 0, std::numeric_limits<uint32_t>::max(), 0));
  const size_t last = ReadLayers(reader.Member("layers"), spec.input_size, 0, spec);
  spec.starts.push_back(spec.layers.size());
  if (spec.outputs.empty()) {
    spec.outputs.push_back({"", 0, spec.layers.size(), last, 0, spec.layers[last].output_size});
  }
  return spec;
}

const LayerSpec* MeasuredByBatches(const NetworkSpec& network) {
  const auto measures = [](const LayerSpec& layer) {
    return layer.type == LayerType::kBatchNorm && !layer.frozen;
  };
  const auto found = std::find_if(network.layers.begin(), network.layers.end(), measures);
  return found == network.layers.end() ? nullptr : &*found;
}

std::span<const ActivationRow> Activations() { return ActivationsFor(SelectedInstructionSet()); }

const ActivationRow& ActivationOf(const LayerSpec& layer) {
  return Activations()[layer.activation.row];
}

Value DescribeLayerTypes() {
  Value::Array rows;
  for (const LayerTypeRow& row : kLayerTypes) rows.push_back(DescribeRow(row.info));
  return rows;
}

}  // namespace layerwise
