// What is wrong with a value of the data, and where it stands.
#pragma once

#include <cstdint>
#include <string>

namespace layerwise {

// inputs[17]
std::string RowPath(const std::string& name, int64_t row);

// Throws an Error of kind kData for a value that is not finite, or not in single precision.
[[noreturn]] void ThrowNotFinite(const std::string& name, int64_t row, int64_t column,
                                 double value);

}  // namespace layerwise
