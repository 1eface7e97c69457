// Which bytes are text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace layerwise {

struct Utf8Prefix {
  size_t length = 0;  // bytes of whole characters from the first one on
  bool is_cut_off =
      false;  // what follows is the beginning of a character, and the end of the bytes
};

// As the decoder of the WHATWG has it: no surrogates, nothing longer than it has to be.
Utf8Prefix ValidUtf8(std::span<const uint8_t> bytes);

}  // namespace layerwise
