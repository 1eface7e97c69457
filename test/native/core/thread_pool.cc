#include "native/core/thread_pool.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "native/core/float_environment.h"
#include "native/core/pooled_thread.h"
#include "native/core/processors.h"
#include "test/native/harness.h"

namespace layerwise {
namespace {

constexpr int kPoolSizes[] = {1, 2, 3, 4, 16};

TEST(EveryTaskRunsExactlyOnce) {
  for (const int threads : kPoolSizes) {
    ThreadPool pool(threads);
    EXPECT_EQ(pool.size(), threads);
    for (const int64_t tasks : {0, 1, 2, 3, 7, 64, 1000}) {
      std::vector<std::atomic<int>> runs(static_cast<size_t>(tasks));
      std::atomic<int> out_of_range{0};
      pool.Run(tasks, [&](int64_t task, int thread) {
        runs[static_cast<size_t>(task)].fetch_add(1, std::memory_order_relaxed);
        if (thread < 0 || thread >= pool.size()) out_of_range.fetch_add(1);
      });
      for (const auto& count : runs) EXPECT_EQ(count.load(), 1) << tasks << " on " << threads;
      EXPECT_EQ(out_of_range.load(), 0);
    }
  }
}

// What tasks wrote without any order of their own is visible to the caller afterwards, and what the
// caller wrote before is visible to them; the numbers of tasks go up and down from call to call.
TEST(ResultsAreVisibleThroughManyCalls) {
  for (const int threads : kPoolSizes) {
    ThreadPool pool(threads);
    std::vector<int64_t> values(40, 0);
    int64_t input = 0;
    int64_t expected = 0;
    for (int64_t call = 0; call < 3000; ++call) {
      const int64_t tasks = call * 7 % 41;
      input = call;
      pool.Run(tasks,
               [&](int64_t task, int) { values[static_cast<size_t>(task)] += input + task; });
      for (int64_t task = 0; task < tasks; ++task) expected += call + task;
      if (call % 100 != 0) continue;
      int64_t sum = 0;
      for (const int64_t value : values) sum += value;
      ASSERT_EQ(sum, expected);
    }
  }
}

TEST(EachThreadHasItsOwnNumber) {
  ThreadPool pool(4);
  // No two tasks that run at the same time share a number: plain memory of each is enough.
  std::vector<int64_t> sums(4 * 16, 0);
  for (int call = 0; call < 500; ++call) {
    pool.Run(32, [&](int64_t task, int thread) { sums[static_cast<size_t>(thread) * 16] += task; });
  }
  EXPECT_EQ(sums[0] + sums[16] + sums[32] + sums[48], 500 * 31 * 32 / 2);
}

// Pairs of tasks wait for each other, so the pool gets on only if two threads really run.
TEST(TasksRunAtTheSameTime) {
  ThreadPool pool(2);
  for (int call = 0; call < 200; ++call) {
    std::atomic<int> arrived{0};
    pool.Run(2, [&](int64_t, int) {
      arrived.fetch_add(1);
      while (arrived.load() < 2) std::this_thread::yield();
    });
    EXPECT_EQ(arrived.load(), 2);
  }
}

// Tasks of the same number find in the cache of their thread what they left there the last time.
TEST(ThreadsBeginWithTheirOwnTasks) {
  ThreadPool pool(2);
  for (int call = 0; call < 200; ++call) {
    std::atomic<int> arrived{0};
    std::vector<int> threads(2, -1);
    pool.Run(2, [&](int64_t task, int thread) {
      threads[static_cast<size_t>(task)] = thread;
      arrived.fetch_add(1);
      while (arrived.load() < 2) std::this_thread::yield();
    });
    EXPECT_EQ(threads[0], 0);
    EXPECT_EQ(threads[1], 1);
  }
}

TEST(APoolWithinATaskOfAnotherPool) {
  ThreadPool outer(3);
  std::atomic<int64_t> sum{0};
  for (int call = 0; call < 20; ++call) {
    outer.Run(6, [&](int64_t a, int) {
      ThreadPool inner(2);
      inner.Run(5, [&](int64_t b, int) { sum.fetch_add(a * 5 + b); });
    });
  }
  EXPECT_EQ(sum.load(), 20 * 29 * 30 / 2);
}

TEST(ManyPoolsAtOnce) {
  std::vector<std::thread> callers;
  std::atomic<int64_t> sum{0};
  for (int caller = 0; caller < 4; ++caller) {
    callers.emplace_back([&] {
      ThreadPool pool(3);
      for (int call = 0; call < 300; ++call) {
        pool.Run(9, [&](int64_t task, int) { sum.fetch_add(task, std::memory_order_relaxed); });
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(sum.load(), 4 * 300 * 36);
}

TEST(PoolsEndAtAnyMoment) {
  for (int round = 0; round < 200; ++round) {
    const int threads = 1 + round % 5;
    const auto pool = std::make_unique<ThreadPool>(threads);
    if (round % 3 == 0) continue;  // never used: workers may not even have started
    std::atomic<int> runs{0};
    pool->Run(8, [&](int64_t, int) { runs.fetch_add(1); });
    if (round % 3 == 1) std::this_thread::yield();
    EXPECT_EQ(runs.load(), 8);
  }
}

// More threads than processors do not spin: every worker sleeps between the calls.
TEST(SleepingWorkersAwaken) {
  const int threads = AvailableProcessors() + 1;
  ThreadPool pool(threads);
  for (int call = 0; call < 300; ++call) {
    std::atomic<int> arrived{0};
    pool.Run(threads, [&](int64_t, int) {
      arrived.fetch_add(1);
      while (arrived.load() < threads) std::this_thread::yield();
    });
    ASSERT_EQ(arrived.load(), threads);
  }
}

TEST(PoolsKeepNoThreads) {
  std::vector<std::unique_ptr<ThreadPool>> pools;
  std::atomic<int> runs{0};
  for (int i = 0; i < 100; ++i) {
    pools.push_back(std::make_unique<ThreadPool>(4));
    pools.back()->Run(8, [&](int64_t, int) { runs.fetch_add(1); });
  }
  EXPECT_EQ(runs.load(), 800);
  // Though all pools live, nobody needs a thread any more.
  while (CountPooledThreads() > 0) std::this_thread::yield();
  pools.front()->Run(8, [&](int64_t, int) { runs.fetch_add(1); });
  EXPECT_EQ(runs.load(), 808);
}

// The caller of a pool gets on by itself while all helpers are held elsewhere.
TEST(APoolWithoutHelpersGetsOn) {
  const int threads = AvailableProcessors() + 1;  // as many helpers as the process has
  // A larger pool before may have had more, which are handed on when they see that it has ended.
  while (CountPooledThreads() > 0) std::this_thread::yield();
  std::atomic<int> held{0};
  std::atomic<bool> is_over{false};
  std::thread holder([&] {
    ThreadPool pool(threads);
    pool.Run(threads, [&](int64_t, int) {
      held.fetch_add(1);
      while (!is_over.load()) std::this_thread::yield();
    });
  });
  while (held.load() < threads) std::this_thread::yield();
  ThreadPool pool(2);
  for (int call = 0; call < 100; ++call) {
    int64_t sum = 0;  // of the caller alone
    pool.Run(50, [&](int64_t task, int thread) {
      EXPECT_EQ(thread, 0);
      sum += task;
    });
    EXPECT_EQ(sum, 50 * 49 / 2);
  }
  is_over.store(true);
  holder.join();
}

// A pool that never rests has to share its helpers all the same.
TEST(PoolsTakeTurnsWithTheHelpers) {
  const int threads = AvailableProcessors() + 1;
  std::atomic<int> begun{0};
  std::atomic<bool> is_over{false};
  std::thread busy([&] {
    ThreadPool pool(threads);
    while (!is_over.load()) {
      pool.Run(4 * threads, [&](int64_t, int) { begun.fetch_add(1); });
    }
  });
  while (begun.load() < 100) std::this_thread::yield();
  ThreadPool pool(2);
  std::atomic<bool> has_help{false};
  while (!has_help.load()) {
    pool.Run(4, [&](int64_t, int thread) {
      if (thread > 0) has_help.store(true);
      std::this_thread::yield();
    });
  }
  is_over.store(true);
  busy.join();
}

TEST(SizesOutOfRangeAreClamped) {
  EXPECT_EQ(ThreadPool(0).size(), 1);
  EXPECT_EQ(ThreadPool(-7).size(), 1);
  EXPECT_EQ(ThreadPool(100'000).size(), kMaxThreads);
}

TEST(ACallableMayBeConstOrAFunction) {
  static std::atomic<int> runs{0};
  ThreadPool pool(2);
  const auto constant = [](int64_t, int) { runs.fetch_add(1); };
  pool.Run(10, constant);
  pool.Run(
      10, +[](int64_t, int) { runs.fetch_add(1); });
  EXPECT_EQ(runs.load(), 20);
}

// Not at compile time.
float Halved(float number) {
  const volatile float half = 0.5f;
  return number * half;
}

constexpr float kSmallestNormal = 1.17549435e-38f;

TEST(DenormalsAreFlushedWhileAskedFor) {
  EXPECT_GT(Halved(kSmallestNormal), 0.0f);
  {
    const FlushDenormals flush;
    EXPECT_EQ(Halved(kSmallestNormal), 0.0f);
    {
      const FlushDenormals nested;
      EXPECT_EQ(Halved(kSmallestNormal), 0.0f);
    }
    EXPECT_EQ(Halved(kSmallestNormal), 0.0f);  // the inner one restores what it found
  }
  EXPECT_GT(Halved(kSmallestNormal), 0.0f);
}

// A result must not depend on the thread that computed it.
TEST(WorkersFlushDenormalsLikeTheirCaller) {
  ThreadPool pool(3);
  const FlushDenormals flush;
  std::vector<float> results(300, 1.0f);
  pool.Run(300, [&](int64_t task, int) {
    results[static_cast<size_t>(task)] = Halved(kSmallestNormal);
  });
  for (const float result : results) EXPECT_EQ(result, 0.0f);
}

}  // namespace
}  // namespace layerwise
