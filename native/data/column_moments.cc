#include "native/data/column_moments.h"

#include <cmath>

namespace layerwise {
namespace {

bool IsWhole(double number) {
  constexpr double kAllWhole = 4503599627370496;  // from 2^52 on
  return std::abs(number) >= kAllWhole ||
         static_cast<double>(static_cast<int64_t>(number)) == number;
}

}  // namespace

void AddToMoments(std::span<const double> numbers, size_t width, std::span<const uint8_t> taken,
                  std::span<const uint32_t> columns, std::span<ColumnMoments> moments) {
  // Each number waits for the division of the one before it in its column: row by row, those of
  // other columns are on their way meanwhile.
  for (size_t row = 0; row < taken.size(); ++row) {
    if (taken[row] != 1) continue;
    const double* own = numbers.data() + row * width;
    for (size_t place = 0; place < columns.size(); ++place) {
      ColumnMoments& sums = moments[place];
      const double number = own[columns[place]];
      if (number < sums.minimum) sums.minimum = number;
      if (number > sums.maximum) sums.maximum = number;
      if (sums.are_whole != 0 && !IsWhole(number)) sums.are_whole = 0;
      const double difference = number - sums.mean;
      sums.count += 1;
      sums.mean += difference / sums.count;
      sums.squares += difference * (number - sums.mean);
    }
  }
}

}  // namespace layerwise
