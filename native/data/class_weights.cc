#include "native/data/class_weights.h"

#include <cmath>
#include <string>

#include "native/core/error.h"

namespace layerwise {
namespace {

float ReadWeight(const ValueReader& reader) {
  const auto weight = static_cast<float>(reader.Number());
  if (weight >= 0 && std::isfinite(weight)) return weight;
  throw Error(ErrorKind::kArgument, reader.path(), "a finite number of at least 0",
              reader.value().Describe(), "A class of weight 0 is not learnt.");
}

}  // namespace

ClassWeights ReadClassWeights(const ValueReader& options, int64_t columns) {
  ClassWeights read;
  read.classes = columns == 1 ? 2 : columns;
  if (!options.Has("classWeights")) return read;
  const ValueReader reader = options.Member("classWeights");
  if (reader.value().array_if() == nullptr) {
    read.balanced = reader.String() == "balanced";
    if (read.balanced) return read;
    throw Error(ErrorKind::kArgument, reader.path(), "balanced, or a number for each class",
                reader.value().Describe(), "For example [1, 5].");
  }
  if (static_cast<int64_t>(reader.ArraySize()) != read.classes) {
    throw Error(ErrorKind::kShape, reader.path(),
                std::to_string(read.classes) + " weights, one for each class",
                std::to_string(reader.ArraySize()), "Give each class a weight.");
  }
  for (size_t i = 0; i < reader.ArraySize(); ++i) {
    read.of_class.push_back(ReadWeight(reader.Item(i)));
  }
  return read;
}

std::vector<float> BalancedWeights(const Dataset& data, size_t output, const RowSelection& rows,
                                   int64_t classes) {
  std::vector<int64_t> counts(static_cast<size_t>(classes), 0);
  for (int64_t i = 0; i < rows.count; ++i) {
    ++counts[static_cast<size_t>(data.ClassOf(rows.At(i), output))];
  }
  std::vector<float> weights;
  for (const int64_t count : counts) {
    const double share = static_cast<double>(classes) * static_cast<double>(count);
    weights.push_back(count == 0 ? 0.0f
                                 : static_cast<float>(static_cast<double>(rows.count) / share));
  }
  return weights;
}

}  // namespace layerwise
