#include "bench/native/timing.h"

#include <algorithm>
#include <atomic>
#include <thread>

namespace layerwise::bench {

double Median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double RunTogether(int threads, const std::function<void(int)>& fn) {
  if (threads == 1) {
    const Clock::time_point start = Clock::now();
    fn(0);
    return SecondsSince(start);
  }
  std::atomic<int> waiting{0};
  std::atomic<bool> go{false};
  std::vector<std::thread> others;
  for (int thread = 1; thread < threads; ++thread) {
    others.emplace_back([&, thread] {
      waiting.fetch_add(1);
      while (!go.load(std::memory_order_acquire)) std::this_thread::yield();
      fn(thread);
    });
  }
  while (waiting.load() < threads - 1) std::this_thread::yield();
  const Clock::time_point start = Clock::now();
  go.store(true, std::memory_order_release);
  fn(0);
  for (std::thread& other : others) other.join();
  return SecondsSince(start);
}

}  // namespace layerwise::bench
