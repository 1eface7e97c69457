// Whether numbers are finite, many at a time.
#pragma once

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

}  // namespace layerwise
