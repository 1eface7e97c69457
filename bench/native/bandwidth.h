// The ceiling of the memory: how fast large arrays, far beyond the caches, are copied.
#pragma once

namespace layerwise::bench {

// Bytes read plus bytes written per second, all threads together; the best of several passes.
double MeasureCopy(int threads, double seconds);

}  // namespace layerwise::bench
