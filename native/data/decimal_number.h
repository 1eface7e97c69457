// Numbers as tables write them, to the double that lies nearest: the bits of Number() of
// JavaScript.
#pragma once

#include <cstdint>
#include <span>

namespace layerwise {

// The number that a text of ASCII holds from its first byte to its last: digits with a sign, a
// point, an exponent. A NaN for every other text, and for numbers that are too long or too far from
// 1 for what is done here; nobody who gets one knows that the text is no number.
//
// `readable` bytes lie in memory from the first one on, at least as many as the text has.
double ParseDecimal(std::span<const uint8_t> text, size_t readable);

}  // namespace layerwise
