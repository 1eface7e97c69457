// Whether inputs that a network takes for indices of levels are such.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "native/data/dataset.h"
#include "native/network/spec.h"

namespace layerwise {

// Throws kData for the first of the rows, (rows, columns), that holds anything but an index where
// one has to be. The error names row and column behind `path`.
void CheckIndices(const NetworkSpec& network, std::span<const float> inputs, int64_t columns,
                  const std::string& path);

// The same of all rows of a data set. Reads them where they lie in a file.
void CheckIndices(const Dataset& data, const NetworkSpec& network, const std::string& path);
// Of the first rows of one in memory.
void CheckIndices(const Dataset& block, int64_t rows, const NetworkSpec& network,
                  const std::string& path);

}  // namespace layerwise
