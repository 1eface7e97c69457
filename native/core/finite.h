// Whether numbers are finite, many at a time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

namespace layerwise {

// Neither a NaN nor an infinity. A sum of differences x - x is zero unless one of them is not
// finite; unlike a test of each number it vectorises.
inline bool AllFinite(std::span<const float> values) {
  constexpr size_t kChains = 16;
  float sums[kChains] = {};
  size_t i = 0;
  for (; i + kChains <= values.size(); i += kChains) {
    for (size_t chain = 0; chain < kChains; ++chain) {
      sums[chain] += values[i + chain] - values[i + chain];
    }
  }
  for (; i < values.size(); ++i) sums[0] += values[i] - values[i];
  for (const float sum : sums) {
    if (sum != 0) return false;
  }
  return true;
}

// Copies numbers; returns whether they are finite. Each piece is looked at while it is in the
// cache.
inline bool CopyFinite(std::span<const float> from, float* to) {
  constexpr size_t kPiece = 4096;
  for (size_t start = 0; start < from.size(); start += kPiece) {
    const size_t count = std::min(kPiece, from.size() - start);
    std::copy_n(from.data() + start, count, to + start);
    if (!AllFinite({to + start, count})) return false;
  }
  return true;
}

}  // namespace layerwise
