#include "native/layers/dense/weights.h"

#include <limits>
#include <string>
#include <vector>

#include "native/core/error.h"
#include "native/layers/initializers.h"

namespace layerwise {
namespace {

constexpr double kUnbounded = std::numeric_limits<double>::infinity();

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

double ReadMaxNorm(const ValueReader& layer) {
  if (!layer.Has("maxNorm")) return 0;
  const ValueReader reader = layer.Member("maxNorm");
  // Its reciprocal must be a number in single precision.
  if (reader.Number() >= std::numeric_limits<float>::min()) return reader.Number();
  throw Error(ErrorKind::kArgument, reader.path(), "a number above 0", reader.value().Describe(),
              "Leave it out for no bound.");
}

}  // namespace

WeightPenaltySpec ReadPenalty(const ValueReader& layer, const char* member) {
  if (!layer.Has(member)) return {};
  const ValueReader reader = layer.Member(member);
  reader.AllowOnly({"l1", "l2"});
  const std::vector<double> parameters = ReadParameters(reader, kPenaltyInfo);
  return {parameters[0], parameters[1]};
}

Choice InitializerNamed(const char* name) {
  const Value choice(name);
  return ReadChoice(ValueReader(choice, "initializer"), Initializers());
}

Choice ReadInitializer(const ValueReader& layer, const char* member, const Choice& fallback) {
  return layer.Has(member) ? ReadChoice(layer.Member(member), Initializers()) : fallback;
}

Choice ReadInitializer(const ValueReader& layer, const char* member, const char* fallback) {
  return ReadInitializer(layer, member, InitializerNamed(fallback));
}

WeightsSpec ReadWeights(const ValueReader& layer, const char* kernel_initializer) {
  return ReadWeights(layer, InitializerNamed(kernel_initializer));
}

WeightsSpec ReadWeights(const ValueReader& layer, const Choice& kernel_initializer) {
  WeightsSpec spec;
  spec.bias = layer.BoolOr("bias", true);
  spec.kernel_initializer = ReadInitializer(layer, "kernelInitializer", kernel_initializer);
  spec.bias_initializer = ReadInitializer(layer, "biasInitializer", "zeros");
  spec.rules.kernel_penalty = ReadPenalty(layer, "kernelPenalty");
  spec.rules.bias_penalty = ReadPenalty(layer, "biasPenalty");
  spec.rules.max_norm = ReadMaxNorm(layer);
  spec.factors = ReadWeightFactors(layer);
  return spec;
}

void AddWeights(const WeightsSpec& spec, int64_t rows, int64_t inputs, TensorList& to) {
  to.Add({.name = "weight",
          .role = ParameterRole::kWeights,
          .shape = {rows, inputs},
          .initializer = &spec.kernel_initializer,
          .factors = spec.factors.kernel});
}

void AddBias(const WeightsSpec& spec, int64_t rows, TensorList& to) {
  if (!spec.bias) return;
  to.Add({.name = "bias",
          .role = ParameterRole::kBias,
          .shape = {rows},
          .initializer = &spec.bias_initializer,
          .factors = spec.factors.bias});
}

}  // namespace layerwise
