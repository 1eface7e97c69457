#include "native/plan/spec_dense.h"

#include <limits>
#include <vector>

#include "native/core/error.h"
#include "native/plan/initializers.h"

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
                    "kernelPenalty", "biasPenalty", "maxNorm", "frozen"});
  layer.type = LayerType::kDense;
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

}  // namespace layerwise
