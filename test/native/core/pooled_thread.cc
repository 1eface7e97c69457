#include "native/core/pooled_thread.h"

#include <atomic>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "test/native/harness.h"

namespace layerwise {
namespace {

TEST(WorkOnAPooledThreadIsWaitedFor) {
  for (int round = 0; round < 200; ++round) {
    int result = 0;  // plain memory: the end of the work makes it visible
    PooledThread thread([&result, round] { result = round; });
    EXPECT_TRUE(thread.joinable());
    thread.join();
    EXPECT_FALSE(thread.joinable());
    EXPECT_EQ(result, round);
  }
}

TEST(WorkThatOverlapsHasAThreadEach) {
  std::vector<PooledThread> threads;
  std::atomic<int> arrived{0};
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&arrived] {
      arrived.fetch_add(1);
      while (arrived.load() < 8) std::this_thread::yield();
    });
  }
  for (PooledThread& thread : threads) thread.join();
  EXPECT_EQ(arrived.load(), 8);
}

TEST(ThreadsAreUsedAgain) {
  std::set<std::thread::id> ids;
  for (int round = 0; round < 100; ++round) {
    PooledThread thread([&ids] { ids.insert(std::this_thread::get_id()); });
    thread.join();
  }
  // One may not be idle again yet when the next work comes.
  EXPECT_LT(ids.size(), 20u);
}

TEST(IdleThreadsEnd) {
  PooledThread([] {}).join();
  while (CountPooledThreads() > 0) std::this_thread::yield();
  PooledThread([] {}).join();
  EXPECT_GE(CountPooledThreads(), 1);
}

TEST(TheLastUserEndsAllThreads) {
  for (int round = 0; round < 50; ++round) {
    const PooledThreadsUser first;
    {
      const PooledThreadsUser second;
      for (int i = 0; i < 5; ++i) RunOnPooledThread([] {});
    }
    PooledThread([] {}).join();
    EXPECT_GE(CountPooledThreads(), 1);
  }
  EXPECT_EQ(CountPooledThreads(), 0);
}

TEST(UsersComeAndGoAtAnyMoment) {
  std::atomic<int> runs{0};
  std::vector<std::thread> users;
  for (int i = 0; i < 4; ++i) {
    users.emplace_back([&runs] {
      for (int round = 0; round < 50; ++round) {
        const PooledThreadsUser user;
        PooledThread([&runs] { runs.fetch_add(1); }).join();
      }
    });
  }
  for (std::thread& user : users) user.join();
  EXPECT_EQ(runs.load(), 200);
  EXPECT_EQ(CountPooledThreads(), 0);
}

}  // namespace
}  // namespace layerwise
