// Denormal numbers slow training several times over and carry no information there.
#pragma once

#include <cstdint>

namespace layerwise {

// Flushes denormals to zero on this thread while it lives, then restores what was set before, so
// that a caller's thread is left as it was.
class FlushDenormals {
 public:
  FlushDenormals();
  ~FlushDenormals();
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

 private:
  uint64_t saved_;
};

}  // namespace layerwise
