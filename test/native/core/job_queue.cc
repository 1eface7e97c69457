#include "native/core/job_queue.h"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "native/core/pooled_thread.h"
#include "test/native/harness.h"

namespace layerwise {
namespace {

// Counts the tasks that are not finished.
class Count {
 public:
  void Add() {
    const std::lock_guard lock(mutex_);
    ++open_;
  }
  void Remove(int tasks = 1) {
    const std::lock_guard lock(mutex_);
    open_ -= tasks;
    if (open_ == 0) done_.notify_all();
  }
  void WaitForAll() {
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return open_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable done_;
  int open_ = 0;
};

class TestTask final : public JobQueue::Task {
 public:
  TestTask(Count& count, std::function<void()> work) : count_(count), work_(std::move(work)) {
    count_.Add();
  }
  void Run() noexcept override { work_(); }
  void Finish() noexcept override { count_.Remove(); }

 private:
  Count& count_;
  std::function<void()> work_;
};

using Tasks = std::vector<std::unique_ptr<TestTask>>;

// Holds up a queue until it is opened.
class Gate {
 public:
  void Open() { is_open_.store(true); }
  void Wait() const {
    while (!is_open_.load()) std::this_thread::yield();
  }

 private:
  std::atomic<bool> is_open_{false};
};

TEST(JobsRunInTheOrderInWhichTheyCame) {
  JobQueue queue(1);
  Count count;
  Tasks tasks;
  std::vector<int> order;  // of one thread at a time
  for (int i = 0; i < 500; ++i) {
    tasks.push_back(std::make_unique<TestTask>(count, [&order, i] { order.push_back(i); }));
    queue.Add(*tasks.back());
  }
  count.WaitForAll();
  ASSERT_EQ(order.size(), 500u);
  for (int i = 0; i < 500; ++i) EXPECT_EQ(order[static_cast<size_t>(i)], i);
}

TEST(NoMoreJobsRunAtOnceThanTheLimit) {
  constexpr int kLimit = 3;
  const PooledThreadsUser user;
  JobQueue queue(kLimit);
  Count count;
  Tasks tasks;
  std::atomic<int> running{0};
  std::atomic<int> most{0};
  Gate gate;
  for (int i = 0; i < 1000; ++i) {
    tasks.push_back(std::make_unique<TestTask>(count, [&, i] {
      int now = running.fetch_add(1) + 1;
      if (i < kLimit) gate.Wait();  // so that as many as may run at once do
      for (int seen = most.load(); seen < now && !most.compare_exchange_weak(seen, now);) {
      }
      running.fetch_sub(1);
    }));
    queue.Add(*tasks.back());
  }
  while (running.load() < kLimit) std::this_thread::yield();
  EXPECT_LE(CountPooledThreads(), kLimit + 1);  // with one, perhaps, that another test has left
  gate.Open();
  count.WaitForAll();
  EXPECT_LE(most.load(), kLimit);
}

TEST(ThreadsOfSeveralCallersAddAtOnce) {
  JobQueue queue(2);
  Count count;
  std::atomic<int> runs{0};
  std::vector<std::thread> callers;
  std::vector<Tasks> tasks(4);
  for (Tasks& own : tasks) {
    callers.emplace_back([&] {
      for (int i = 0; i < 300; ++i) {
        own.push_back(std::make_unique<TestTask>(count, [&runs] { runs.fetch_add(1); }));
        queue.Add(*own.back());
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  count.WaitForAll();
  EXPECT_EQ(runs.load(), 1200);
}

// What comes behind another does not hold a place meanwhile, and others overtake it.
TEST(AJobBehindAnotherLetsOthersPass) {
  JobQueue queue(2);
  Count count;
  Gate gate;
  std::atomic<int> done{0};
  TestTask first(count, [&gate] { gate.Wait(); });
  int second_came = -1;
  TestTask second(count, [&] { second_came = done.load(); });
  TestTask third(count, [&] { done.fetch_add(1); });
  queue.Add(first);
  queue.Add(second, &first);
  Tasks others;
  for (int i = 0; i < 50; ++i) {
    others.push_back(std::make_unique<TestTask>(count, [&done] { done.fetch_add(1); }));
    queue.Add(*others.back());
  }
  queue.Add(third, &first);  // behind the second
  while (done.load() < 50) std::this_thread::yield();
  gate.Open();
  count.WaitForAll();
  EXPECT_EQ(second_came, 50);
  EXPECT_EQ(done.load(), 51);
  TestTask fourth(count, [&done] { done.fetch_add(1); });
  queue.Add(fourth, &third);  // which is over
  count.WaitForAll();
  EXPECT_EQ(done.load(), 52);
}

TEST(JobsThatHaveNotBegunAreWithdrawn) {
  JobQueue queue(1);
  Count count;
  Gate gate;
  std::atomic<bool> runs{false};
  std::atomic<int> done{0};
  TestTask first(count, [&] {
    runs.store(true);
    gate.Wait();
  });
  queue.Add(first);
  Tasks tasks;
  for (int i = 0; i < 30; ++i) {
    tasks.push_back(std::make_unique<TestTask>(count, [&done] { done.fetch_add(1); }));
    // Series of three.
    queue.Add(*tasks.back(), i % 3 == 0 ? nullptr : tasks[static_cast<size_t>(i - 1)].get());
  }
  while (!runs.load()) std::this_thread::yield();
  EXPECT_FALSE(queue.Withdraw(first));
  for (size_t i = 0; i < 30; i += 2) EXPECT_TRUE(queue.Withdraw(*tasks[i]));
  count.Remove(15);
  gate.Open();
  count.WaitForAll();
  EXPECT_EQ(done.load(), 15);
  for (const auto& task : tasks) EXPECT_FALSE(queue.Withdraw(*task));  // gone or done
}

}  // namespace
}  // namespace layerwise
