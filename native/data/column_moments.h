// Mean, spread and range of many columns, number by number: the bits of lib/data/runningMoments.ts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace layerwise {

struct ColumnMoments {
  double count = 0;
  double minimum = 0;
  double maximum = 0;
  double mean = 0;
  double squares = 0;
  double are_whole = 1;  // 0 as soon as a number is no whole one
};

// Adds the rows that are taken (1), in their order.
//
// `numbers` has the shape (rows, width), `taken` the shape (rows); `moments` is of the columns
// whose places are `columns`, each below the width.
void AddToMoments(std::span<const double> numbers, size_t width, std::span<const uint8_t> taken,
                  std::span<const uint32_t> columns, std::span<ColumnMoments> moments);

}  // namespace layerwise
