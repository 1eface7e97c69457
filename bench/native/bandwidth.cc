#include "bench/native/bandwidth.h"

#include <algorithm>
#include <cstring>
#include <memory>

#include "bench/native/timing.h"

namespace layerwise::bench {
namespace {

constexpr size_t kBytes = size_t{192} << 20;

}  // namespace

double MeasureCopy(int threads, double seconds) {
  // Written once here, so that the passes meet no page for the first time.
  const auto from = std::make_unique<char[]>(kBytes);
  const auto to = std::make_unique<char[]>(kBytes);
  std::memset(from.get(), 1, kBytes);
  std::memset(to.get(), 2, kBytes);
  const size_t part = kBytes / static_cast<size_t>(threads);
  double best = 0;
  const Clock::time_point start = Clock::now();
  do {
    const double taken = RunTogether(threads, [&](int thread) {
      const size_t offset = part * static_cast<size_t>(thread);
      std::memcpy(to.get() + offset, from.get() + offset, part);
    });
    const double moved = 2.0 * static_cast<double>(part) * threads;
    best = std::max(best, moved / taken);
  } while (SecondsSince(start) < seconds);
  return best;
}

}  // namespace layerwise::bench
