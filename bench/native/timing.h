// Clocks and statistics that all native micro-benchmarks share.
#pragma once

#include <chrono>
#include <functional>
#include <vector>

namespace layerwise::bench {

using Clock = std::chrono::steady_clock;

inline double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// The middle value; the mean of the two middle ones for an even count, 0 for none.
double Median(std::vector<double> values);

// Runs fn(thread) on so many threads that all start at the same moment. Returns the seconds from
// there until the last one is done; starting and joining the threads is not counted.
double RunTogether(int threads, const std::function<void(int)>& fn);

}  // namespace layerwise::bench
