#include "native/core/pooled_thread.h"

#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>
#include <utility>

namespace layerwise {
namespace {

constexpr std::chrono::milliseconds kIdleTime{500};
constexpr std::chrono::milliseconds kPatience{20};

class PooledThreads {
 public:
  // Never destroyed: threads may be at work while the process ends.
  static PooledThreads& OfProcess() {
    static PooledThreads& threads = *new PooledThreads;
    return threads;
  }

  void Run(std::function<void()> work, ForThread waits);
  int Count();
  void AddUser();
  void RemoveUser();

 private:
  struct Member {
    std::thread thread;
    std::function<void()> work;  // empty while it is idle
    std::condition_variable work_came;
  };
  using Members = std::list<Member>;

  void Create(const std::function<void()>& work);
  void Live(Members::iterator member);
  bool WaitForWork(std::unique_lock<std::mutex>& lock, Members::iterator member);
  void EndAll();

  std::mutex users_mutex_;  // taken before the other one
  int users_ = 0;

  std::mutex mutex_;
  std::condition_variable one_is_idle_;
  std::condition_variable all_ended_;
  Members busy_;
  Members idle_;  // the one that became idle last comes first: the others may end
  bool is_ending_ = false;
  // The thread that ended last, which joins the one before it: no more than one is left to join.
  std::thread last_ended_;
};

void PooledThreads::Run(std::function<void()> work, ForThread waits) {
  std::unique_lock lock(mutex_);
  if (idle_.empty()) {
    try {
      Create(work);
      return;
    } catch (...) {
      const bool may_come = waits == ForThread::kPatient && !busy_.empty();
      if (!may_come || !one_is_idle_.wait_for(lock, kPatience, [&] { return !idle_.empty(); })) {
        throw;
      }
    }
  }
  const Members::iterator member = idle_.begin();
  member->work = std::move(work);
  busy_.splice(busy_.begin(), idle_, member);
  member->work_came.notify_one();
}

void PooledThreads::Create(const std::function<void()>& work) {
  const Members::iterator member = busy_.emplace(busy_.begin());
  try {
    member->work = work;
    member->thread = std::thread([this, member] { Live(member); });
  } catch (...) {
    busy_.erase(member);
    throw;
  }
}

void PooledThreads::Live(Members::iterator member) {
  std::unique_lock lock(mutex_);
  do {
    lock.unlock();
    member->work();
    member->work = nullptr;  // what it holds is freed outside the lock
    lock.lock();
    idle_.splice(idle_.begin(), busy_, member);
    one_is_idle_.notify_one();
  } while (WaitForWork(lock, member));
  std::thread before = std::exchange(last_ended_, std::move(member->thread));
  idle_.erase(member);
  if (idle_.empty() && busy_.empty()) all_ended_.notify_all();
  lock.unlock();
  if (before.joinable()) before.join();
}

bool PooledThreads::WaitForWork(std::unique_lock<std::mutex>& lock, Members::iterator member) {
  member->work_came.wait_for(lock, kIdleTime, [&] { return member->work || is_ending_; });
  return static_cast<bool>(member->work);
}

int PooledThreads::Count() {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(busy_.size() + idle_.size());
}

void PooledThreads::AddUser() {
  const std::lock_guard lock(users_mutex_);
  ++users_;
}

// Who comes meanwhile waits, so that nobody gets a thread that is about to end.
void PooledThreads::RemoveUser() {
  const std::lock_guard lock(users_mutex_);
  if (--users_ == 0) EndAll();
}

void PooledThreads::EndAll() {
  std::unique_lock lock(mutex_);
  is_ending_ = true;
  for (Member& member : idle_) member.work_came.notify_one();
  all_ended_.wait(lock, [this] { return idle_.empty() && busy_.empty(); });
  is_ending_ = false;
  std::thread last = std::move(last_ended_);
  lock.unlock();
  if (last.joinable()) last.join();
}

}  // namespace

void RunOnPooledThread(std::function<void()> work, ForThread waits) {
  PooledThreads::OfProcess().Run(std::move(work), waits);
}

struct PooledThread::End {
  std::mutex mutex;
  std::condition_variable came;
  bool has_come = false;
};

PooledThread::PooledThread(std::function<void()> work) {
  auto end = std::make_shared<End>();
  RunOnPooledThread(
      [work = std::move(work), end] {
        work();
        const std::lock_guard lock(end->mutex);
        end->has_come = true;
        end->came.notify_all();
      },
      ForThread::kPatient);
  end_ = std::move(end);
}

void PooledThread::join() {
  const std::shared_ptr<End> end = std::exchange(end_, nullptr);
  std::unique_lock lock(end->mutex);
  end->came.wait(lock, [&] { return end->has_come; });
}

PooledThreadsUser::PooledThreadsUser() { PooledThreads::OfProcess().AddUser(); }
PooledThreadsUser::~PooledThreadsUser() { PooledThreads::OfProcess().RemoveUser(); }

int CountPooledThreads() { return PooledThreads::OfProcess().Count(); }

}  // namespace layerwise
