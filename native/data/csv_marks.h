// Where the characters stand that the fields of a table are cut at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace layerwise {

// The places of all delimiters, line feeds and quotes, in their order; in `memory`, which grows to
// what texts of this length may need.
std::span<const uint32_t> FindMarks(std::span<const uint8_t> text, uint8_t delimiter,
                                    std::vector<uint32_t>* memory);

}  // namespace layerwise
