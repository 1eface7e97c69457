#include "native/layers/training_factors.h"

#include "native/core/error.h"

namespace layerwise {
namespace {

double ReadFactor(const ValueReader& options, const char* name) {
  if (!options.Has(name)) return 1;
  const ValueReader factor = options.Member(name);
  if (factor.Number() >= 0) return factor.Number();
  throw Error(ErrorKind::kArgument, factor.path(), "a number of at least 0",
              factor.value().Describe(), "Leave it out for 1.");
}

void ReadPair(const ValueReader& layer, const char* name, double& kernel, double& bias) {
  if (!layer.Has(name)) return;
  const ValueReader pair = layer.Member(name);
  pair.AllowOnly({"kernel", "bias"});
  kernel = ReadFactor(pair, "kernel");
  bias = ReadFactor(pair, "bias");
}

}  // namespace

WeightFactors ReadWeightFactors(const ValueReader& layer) {
  WeightFactors factors;
  ReadPair(layer, kLearningRateFactor.name, factors.kernel.learning_rate,
           factors.bias.learning_rate);
  ReadPair(layer, kWeightDecayFactor.name, factors.kernel.weight_decay, factors.bias.weight_decay);
  return factors;
}

TrainingFactors ReadTrainingFactors(const ValueReader& layer) {
  return {ReadFactor(layer, kLearningRateFactor.name), ReadFactor(layer, kWeightDecayFactor.name)};
}

}  // namespace layerwise
