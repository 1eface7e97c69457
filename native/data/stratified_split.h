// How many rows of each class are set aside, so that both sides have the share of the whole.
#pragma once

#include <cstdint>
#include <vector>

namespace layerwise {

// `rows` of each class, of which `set_aside` together are set aside: of each class its share,
// rounded so that the sum is right (the largest remainders are rounded up, of equal ones that of
// the first class). A class of two rows or more has one on each side, and a class of a single row
// keeps it among those that stay, as far as the numbers allow.
std::vector<int64_t> RowsToSetAside(const std::vector<int64_t>& rows, int64_t set_aside);

}  // namespace layerwise
