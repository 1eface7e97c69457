#include "native/network/spec_dense.h"

#include <limits>
#include <string>
#include <vector>

#include "native/core/error.h"
#include "native/network/initializers.h"

namespace layerwise {
namespace {

constexpr double kUnbounded = std::numeric_limits<double>::infinity();

Choice ReadActivation(const ValueReader& layer) {
  if (!layer.Has("activation")) return {};  // the first row: linear
  return ReadChoice(layer.Member("activation"), Activations());
}

Choice ReadInitializer(const ValueReader& layer, const char* member, const char* fallback) {
  if (layer.Has(member)) return ReadChoice(layer.Member(member), Initializers());
  const Value name(fallback);
  return ReadChoice(ValueReader(name, layer.path() + "." + member), Initializers());
}

constexpr ParameterInfo kPenaltyParameters[] = {
    {.name = "l1",
     .fallback = 0.0,
     .minimum = 0.0,
     .maximum = kUnbounded,
     .description = "Factor on the sum of the absolute values."},
    {.name = "l2",
     .fallback = 0.0,
     .minimum = 0.0,
     .maximum = kUnbounded,
     .description = "Factor on the sum of the squares."}};

constexpr RowInfo kPenaltyInfo{"penalty", "l1 sum |w| + l2 sum w^2", "A penalty on weights.",
                               kPenaltyParameters};

WeightPenaltySpec ReadPenalty(const ValueReader& layer, const char* member) {
  if (!layer.Has(member)) return {};
  const ValueReader reader = layer.Member(member);
  reader.AllowOnly({"l1", "l2"});
  const std::vector<double> parameters = ReadParameters(reader, kPenaltyInfo);
  return {parameters[0], parameters[1]};
}

double ReadMaxNorm(const ValueReader& layer) {
  if (!layer.Has("maxNorm")) return 0;
  const ValueReader reader = layer.Member("maxNorm");
  // Its reciprocal must be a number in single precision.
  if (reader.Number() >= std::numeric_limits<float>::min()) return reader.Number();
  throw Error(ErrorKind::kArgument, reader.path(), "a number above 0", reader.value().Describe(),
              "Leave it out for no bound.");
}

// What belongs to the weights belongs to the layer that owns them.
int64_t ReadTie(const ValueReader& reader) {
  if (!reader.Has("tiedTo")) return -1;
  for (const char* member : {"kernelInitializer", "kernelPenalty", "maxNorm"}) {
    if (!reader.Has(member)) continue;
    throw Error(ErrorKind::kArgument, reader.path() + "." + member, "no such option beside tiedTo",
                reader.Member(member).value().Describe(),
                "Give it to the layer that owns the weights.");
  }
  return reader.Member("tiedTo").Integer(0, kMaxLayers - 1);
}

void ReadWeights(const ValueReader& reader, const char* kernel_initializer, LayerSpec& layer) {
  layer.bias = reader.BoolOr("bias", true);
  layer.kernel_initializer = ReadInitializer(reader, "kernelInitializer", kernel_initializer);
  layer.bias_initializer = ReadInitializer(reader, "biasInitializer", "zeros");
  layer.kernel_penalty = ReadPenalty(reader, "kernelPenalty");
  layer.bias_penalty = ReadPenalty(reader, "biasPenalty");
  layer.max_norm = ReadMaxNorm(reader);
  layer.frozen = reader.BoolOr("frozen", false);
}

}  // namespace

void ReadDense(const ValueReader& reader, LayerSpec& layer) {
  reader.AllowOnly({"type", "units", "bias", "activation", "kernelInitializer", "biasInitializer",
                    "kernelPenalty", "biasPenalty", "maxNorm", "tiedTo", "frozen"});
  layer.type = LayerType::kDense;
  layer.tied_to = ReadTie(reader);
  layer.output_size = reader.Member("units").Integer(1, kMaxUnits);
  layer.activation = ReadActivation(reader);
  ReadWeights(reader, ActivationOf(layer).facts.initializer, layer);
}

void ReadMaxout(const ValueReader& reader, LayerSpec& layer) {
  reader.AllowOnly({"type", "units", "pieces", "bias", "kernelInitializer", "biasInitializer",
                    "kernelPenalty", "biasPenalty", "maxNorm", "frozen"});
  layer.type = LayerType::kMaxout;
  layer.output_size = reader.Member("units").Integer(1, kMaxUnits);
  layer.pieces = reader.IntegerOr("pieces", 1, kMaxUnits / layer.output_size, 2);
  ReadWeights(reader, "glorotUniform", layer);
}

void ResolveTie(const std::vector<size_t>& starts, std::vector<LayerSpec>& layers) {
  LayerSpec& tied = layers.back();
  if (tied.tied_to < 0) return;
  const auto index = static_cast<size_t>(tied.tied_to);
  const LayerSpec* owner = index + 1 < starts.size() ? &layers[starts[index]] : nullptr;
  if (owner == nullptr || owner->type != LayerType::kDense || owner->tied_to >= 0) {
    throw Error(ErrorKind::kArgument, tied.path + ".tiedTo",
                "the number of a dense layer before it that has weights of its own",
                std::to_string(tied.tied_to), "Layers are counted from 0.");
  }
  tied.tied_to = static_cast<int64_t>(starts[index]);
  if (owner->input_size == tied.output_size && owner->output_size == tied.input_size) return;
  const auto sizes = [](int64_t inputs, int64_t units) {
    return std::to_string(inputs) + " inputs and " + std::to_string(units) + " units";
  };
  throw Error(ErrorKind::kShape, tied.path,
              sizes(owner->output_size, owner->input_size) + ", as " + owner->path + " transposed",
              sizes(tied.input_size, tied.output_size), "Change the units of one of the two.");
}

void ReadResidual(const ValueReader& reader, LayerSpec& layer) {
  reader.AllowOnly({"type", "layers", "projection", "projectionInitializer", "frozen"});
  layer.type = LayerType::kResidual;
  layer.projection = reader.BoolOr("projection", false);
  layer.kernel_initializer = ReadInitializer(reader, "projectionInitializer", "glorotUniform");
  layer.frozen = reader.BoolOr("frozen", false);
}

}  // namespace layerwise
