// A row of a table that a spec chose, with its parameters: { type: 'leakyRelu', slope: 0.01 } or
// 'leakyRelu'.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "native/core/value.h"
#include "native/kernels/row_info.h"

namespace layerwise {

struct Choice {
  size_t row = 0;                  // index in its table
  std::vector<double> parameters;  // in the order of the row's info
};

// Reads the parameters of a row, filling in defaults; throws for unknown names and values out of
// range.
std::vector<double> ReadParameters(const ValueReader& reader, const RowInfo& info);

// The name that a choice gives, with or without parameters.
std::string ChosenName(const ValueReader& reader);

// Throws the error for a name that no row has.
[[noreturn]] void ThrowUnknownName(const ValueReader& reader, const std::string& name,
                                   const std::vector<std::string>& known);

template <typename Row>
Choice ReadChoice(const ValueReader& reader, std::span<const Row> table) {
  const std::string name = ChosenName(reader);
  for (size_t i = 0; i < table.size(); ++i) {
    if (name == table[i].info.name) return {i, ReadParameters(reader, table[i].info)};
  }
  std::vector<std::string> known;
  for (const Row& row : table) known.emplace_back(row.info.name);
  ThrowUnknownName(reader, name, known);
}

// A row as data for the language above: { name, formula, description, parameters }.
Value DescribeRow(const RowInfo& info);

}  // namespace layerwise
