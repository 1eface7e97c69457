// How a matrix (depth, columns) is laid out for the products: in panels of two vectors of columns,
// each stored as (depth, width), one after the other. A last odd vector joins the panel before it,
// so that no panel is slow; columns beyond the last are zeros.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

namespace layerwise {

struct Panel {
  int64_t first_column = 0;
  int vectors = 0;  // 1, 2 or 3
};

struct PanelShape {
  int64_t depth = 0;
  int64_t columns = 0;
  int64_t lanes = 1;  // a power of two

  int64_t padded_columns() const { return (columns + lanes - 1) & -lanes; }
  int64_t size() const { return depth * padded_columns(); }  // in elements
  int64_t panels() const { return std::max<int64_t>(1, Pairs(padded_columns())); }

  Panel PanelAt(int64_t index) const {
    const int64_t first = index * 2 * lanes;
    const int64_t end = index + 1 == panels() ? padded_columns() : first + 2 * lanes;
    return {first, static_cast<int>((end - first) / lanes)};
  }
  int64_t Width(Panel panel) const { return panel.vectors * lanes; }
  // Where a panel begins.
  int64_t Offset(Panel panel) const { return panel.first_column * depth; }
  // The panel that holds a column.
  Panel PanelOf(int64_t column) const { return PanelAt(std::min(Pairs(column), panels() - 1)); }
  // Where an element is.
  int64_t Index(int64_t k, int64_t column) const {
    const Panel panel = PanelOf(column);
    return Offset(panel) + k * Width(panel) + (column - panel.first_column);
  }

 private:
  // Whole pairs of vectors in so many columns: a shift, as small layers ask often.
  int64_t Pairs(int64_t count) const {
    return count >> (std::countr_zero(static_cast<uint64_t>(lanes)) + 1);
  }
};

}  // namespace layerwise
