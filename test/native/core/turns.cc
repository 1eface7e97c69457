#include "native/core/turns.h"

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "test/native/harness.h"

namespace layerwise {
namespace {

TEST(TurnsAreTakenInOrderByAnyNumberOfThreads) {
  constexpr int64_t kTurns = 2000;
  for (const int threads : {1, 2, 7}) {
    Turns turns;
    std::atomic<int64_t> next{0};
    std::vector<int64_t> taken;  // by one thread at a time
    std::vector<std::thread> workers;
    for (int i = 0; i < threads; ++i) {
      workers.emplace_back([&] {
        for (int64_t number = next++; number < kTurns; number = next++) {
          turns.Take(number, [&] { taken.push_back(number); });
        }
      });
    }
    for (std::thread& worker : workers) worker.join();
    ASSERT_EQ(taken.size(), static_cast<size_t>(kTurns));
    for (int64_t i = 0; i < kTurns; ++i) EXPECT_EQ(taken[static_cast<size_t>(i)], i);
  }
}

TEST(TurnsWaitForThoseThatTakeLong) {
  Turns turns;
  std::atomic<bool> may_go{false};
  int value = 0;
  std::thread later([&] { turns.Take(1, [&] { value *= 10; }); });
  std::thread earlier([&] {
    may_go.wait(false);
    turns.Take(0, [&] { value = 7; });
  });
  may_go.store(true);
  may_go.notify_one();
  earlier.join();
  later.join();
  EXPECT_EQ(value, 70);
}

}  // namespace
}  // namespace layerwise
