#include "native/training/run_checks.h"

#include <limits>
#include <string>

#include "native/core/error.h"
#include "native/layers/dense/weights.h"
#include "native/layers/parameter_layout.h"

namespace layerwise {

void CheckSameKinds(const Dataset& data, const Dataset& validation) {
  for (size_t i = 0; i < data.outputs(); ++i) {
    if (validation.outputs() == data.outputs() &&
        validation.target_kind(i) == data.target_kind(i)) {
      continue;
    }
    throw Error(ErrorKind::kArgument, "validation.targets",
                "targets of the same kind as those of the training data", "another kind",
                "Give both as classes or both as numbers.");
  }
}

void CheckRows(const TrainingOptions& options, const TrainingRows& split, int64_t rows) {
  const int64_t aside = split.set_aside();
  if (rows > std::numeric_limits<uint32_t>::max()) {
    throw Error(ErrorKind::kShape, "inputs", "at most 4294967295 rows", std::to_string(rows),
                "Train on a part of the rows at a time.");
  }
  if (options.validation_split > 0 && (aside == 0 || aside == rows)) {
    throw Error(ErrorKind::kArgument, "validation.split", "a share that leaves rows on both sides",
                std::to_string(options.validation_split) + " of " + std::to_string(rows) + " rows",
                "Choose another share or give validation data.");
  }
  if (options.batch_size > split.count()) {
    throw Error(ErrorKind::kArgument, "batchSize",
                "at most the " + std::to_string(split.count()) + " rows to train on",
                std::to_string(options.batch_size), "Choose a smaller batch.");
  }
}

void CheckMeasuredRows(const NetworkSpec& network, int64_t rows, ErrorKind kind,
                       const std::string& path) {
  const Layer* layer = FirstThatMeasuresBatches(network);
  if (layer == nullptr || rows > 1) return;
  throw Error(kind, path,
              "2 rows or more, as the " + std::string(layer->type->info.name) + " in " +
                  layer->path + " measures each column over the rows of a batch",
              std::to_string(rows),
              "Give it more rows at a time, freeze that layer, or take layerNorm in its place.");
}

void CheckBounds(const TrainingOptions& options, const NetworkSpec& spec) {
  if (!options.full_batch) return;
  for (const auto& layer : spec.layers) {
    const WeightRules* rules = layer->weight_rules();
    if (rules == nullptr || rules->max_norm == 0) continue;
    throw Error(ErrorKind::kArgument, "optimizer", "one that takes bounds on weights",
                "lbfgs, and a maxNorm in " + layer->path,
                "Leave maxNorm out, or take another optimizer.");
  }
}

void CheckTrainingFactors(const TrainingOptions& options, const NetworkSpec& spec) {
  if (!options.full_batch) return;
  const ParameterLayout layout(spec);
  for (const ParameterBlock& block : layout.blocks()) {
    if (block.factors == TrainingFactors()) continue;
    throw Error(ErrorKind::kArgument, "optimizer",
                "one that has a learning rate and a weight decay to multiply",
                "lbfgs, and a factor on one of them in " + spec.layers[block.layer]->path,
                "Leave learningRateFactor and weightDecayFactor out, or take another optimizer.");
  }
}

}  // namespace layerwise
