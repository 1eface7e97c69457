#include "native/plan/index_checks.h"

#include <cmath>

#include "native/core/error.h"
#include "native/core/value.h"
#include "native/data/row_blocks.h"

namespace layerwise {
namespace {

void CheckIndex(const IndexInput& index, double value, int64_t row, const std::string& path) {
  const auto levels = static_cast<double>(index.levels);
  if (value >= 0 && value < levels && value == std::floor(value)) return;
  throw Error(ErrorKind::kData,
              path + "[" + std::to_string(row) + "][" + std::to_string(index.input) + "]",
              "the index of a level, a whole number from 0 to " + std::to_string(index.levels - 1),
              Value(value).Describe(), "Give 0 for a level that is not known.");
}

// Calls value_at(row, column) for each place of an index.
template <typename F>
void CheckRows(std::span<const IndexInput> inputs, int64_t first, int64_t rows,
               const std::string& path, F&& value_at) {
  for (int64_t i = 0; i < rows; ++i) {
    for (const IndexInput& index : inputs) {
      CheckIndex(index, static_cast<double>(value_at(i, index.input)), first + i, path);
    }
  }
}

std::span<const IndexInput> IndexInputsOf(const NetworkSpec& network) {
  return network.layers.front()->index_inputs();
}

// The first rows of a data set in memory, of which the first has a number among all.
void CheckBlock(const Dataset& block, int64_t first, int64_t rows, const NetworkSpec& network,
                const std::string& path) {
  CheckRows(IndexInputsOf(network), first, rows, path + "inputs", [&](int64_t row, int64_t column) {
    const int64_t at = row * block.input_stride() + column;
    if (!block.inputs_are_bytes()) return block.float_inputs()[at];
    return static_cast<float>(block.byte_inputs()[at]) * block.scale() + block.offset();
  });
}

}  // namespace

void CheckIndices(const NetworkSpec& network, std::span<const float> inputs, int64_t columns,
                  const std::string& path) {
  const std::span<const IndexInput> indices = IndexInputsOf(network);
  if (indices.empty()) return;
  const auto rows = static_cast<int64_t>(inputs.size()) / columns;
  CheckRows(indices, 0, rows, path, [&](int64_t row, int64_t column) {
    return inputs[static_cast<size_t>(row * columns + column)];
  });
}

void CheckIndices(const Dataset& data, const NetworkSpec& network, const std::string& path) {
  if (IndexInputsOf(network).empty()) return;
  ForEachBlock(data, [&](const Dataset& block, int64_t first, int64_t rows) {
    CheckBlock(block, first, rows, network, path);
  });
}

void CheckIndices(const Dataset& block, int64_t rows, const NetworkSpec& network,
                  const std::string& path) {
  if (!IndexInputsOf(network).empty()) CheckBlock(block, 0, rows, network, path);
}

}  // namespace layerwise
