#include "native/training/weight_checks.h"

#include <algorithm>
#include <vector>

namespace layerwise {
namespace {

float WeightOf(const Dataset& data, int64_t row) {
  return data.has_weights() ? data.weights()[row] : 1.0f;
}

template <typename F>
bool AnyRow(const RowSelection& rows, F&& is_wanted) {
  for (int64_t i = 0; i < rows.count; ++i) {
    if (is_wanted(rows.At(i))) return true;
  }
  return false;
}

}  // namespace

bool AnyCounts(const Dataset& data, const RowSelection& rows) {
  return AnyRow(rows, [&](int64_t row) { return WeightOf(data, row) > 0; });
}

bool AnyCounts(const Dataset& data, const RowSelection& rows, size_t output,
               std::span<const float> of_class) {
  return AnyRow(rows, [&](int64_t row) {
    return WeightOf(data, row) > 0 && of_class[static_cast<size_t>(data.ClassOf(row, output))] > 0;
  });
}

Error NoRowCounts(const std::string& path, const std::string& of_rows) {
  return {ErrorKind::kData, path + "weights", "a weight above 0 among the rows " + of_rows,
          "0 for all of them", "A row of weight 0 counts for nothing: give some a weight."};
}

Error NoClassCounts(const OutputSpec& output) {
  const std::string& name = output.name;
  return {ErrorKind::kData, (name.empty() ? "" : "outputs." + name + ".") + "classWeights",
          "a weight above 0 for a class of the rows to train on", "0 for all of them",
          "A class of weight 0 is not learnt: give some a weight."};
}

void CheckRowWeights(const Dataset& data, const RowSelection& rows, const std::string& path,
                     const std::string& of_rows) {
  if (rows.count > 0 && !AnyCounts(data, rows)) throw NoRowCounts(path, of_rows);
}

void CheckClassWeights(std::span<const ClassWeights> weights, const Dataset& data,
                       const RowSelection& rows, const NetworkSpec& network) {
  for (size_t output = 0; output < weights.size(); ++output) {
    const std::vector<float>& of_class = weights[output].of_class;
    if (of_class.empty() || AnyCounts(data, rows, output, of_class)) continue;
    throw NoClassCounts(network.outputs[output]);
  }
}

void CheckOutputWeights(const Objective& objective) {
  const bool counts = std::any_of(objective.outputs.begin(), objective.outputs.end(),
                                  [](const OutputObjective& output) { return output.weight > 0; });
  if (counts) return;
  throw Error(ErrorKind::kArgument, "outputs", "an output whose loss has a weight above 0",
              "0 for all of them", "An output of weight 0 is not learnt: give some a weight.");
}

}  // namespace layerwise
