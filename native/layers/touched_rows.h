// Which rows of tables have gradients among those that are stored, so that nobody has to look at
// the others, which may be a million. Gradients of a row that is not touched are zero.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "native/layers/parameter_layout.h"

namespace layerwise {

class TouchedRows {
 public:
  TouchedRows() = default;
  // `flags`: one for each row of all tables, zero.
  explicit TouchedRows(std::span<uint8_t> flags) : flags_(flags) {}

  // Threads may touch different rows.
  void Touch(const ParameterBlock& table, int64_t row) { Flag(table, row) = 1; }
  bool IsTouched(const ParameterBlock& table, int64_t row) const {
    return flags_[static_cast<size_t>(table.first_row + row)] != 0;
  }

  // Makes the gradients of all rows zero, and none of them touched.
  void Clear(const ParameterLayout& layout, float* gradients) {
    ForRows(layout, [&](const ParameterBlock& table, int64_t row) {
      if (!IsTouched(table, row)) return;
      std::fill_n(gradients + table.offset + row * table.row_length, table.row_length, 0.0f);
      Flag(table, row) = 0;
    });
  }
  // Those whose gradients are not zero, after the gradients came from elsewhere.
  void Find(const ParameterLayout& layout, const float* gradients) {
    ForRows(layout, [&](const ParameterBlock& table, int64_t row) {
      const float* gradient = gradients + table.offset + row * table.row_length;
      const bool is_zero = std::all_of(gradient, gradient + table.row_length,
                                       [](float value) { return value == 0.0f; });
      Flag(table, row) = is_zero ? 0 : 1;
    });
  }

 private:
  uint8_t& Flag(const ParameterBlock& table, int64_t row) {
    return flags_[static_cast<size_t>(table.first_row + row)];
  }
  template <typename F>
  static void ForRows(const ParameterLayout& layout, F&& fn) {
    for (const ParameterBlock& block : layout.blocks()) {
      for (int64_t row = 0; block.is_table() && row < block.shape[0]; ++row) fn(block, row);
    }
  }

  std::span<uint8_t> flags_;
};

}  // namespace layerwise
