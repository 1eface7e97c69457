#include "native/data/row_errors.h"

#include <cmath>

#include "native/core/error.h"
#include "native/core/value.h"

namespace layerwise {

std::string RowPath(const std::string& name, int64_t row) {
  return name + "[" + std::to_string(row) + "]";
}

void ThrowNotFinite(const std::string& name, int64_t row, int64_t column, double value) {
  const bool too_large = std::isfinite(value);
  throw Error(ErrorKind::kData, RowPath(name, row) + "[" + std::to_string(column) + "]",
              too_large ? "a number that single precision can hold" : "a finite number",
              Value(value).Describe(),
              too_large ? "Scale the data down." : "Remove the row, or replace the value.");
}

}  // namespace layerwise
