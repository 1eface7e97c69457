#include "native/core/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <limits>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

#include "native/core/arena.h"
#include "native/core/environment.h"
#include "native/core/float_environment.h"
#include "native/core/pooled_thread.h"
#include "native/core/processors.h"
#include "native/core/spin.h"

namespace layerwise {
namespace {

// Longer than the pauses between the steps of a batch, short enough to cost nothing in an idle
// process.
constexpr std::chrono::microseconds kSpinTime{50};
// How long a helper without work sleeps beside its team, which wakes it faster there than it would
// be sent another one.
constexpr std::chrono::milliseconds kStayTime{2};
// How long a helper stays at least where others want it too: sending it takes a thousandth of that.
constexpr std::chrono::milliseconds kTurn{5};
// After which a team asks again for helpers that it did not get.
constexpr std::chrono::milliseconds kWaitTime{50};

using Clock = std::chrono::steady_clock;

}  // namespace

// What a pool and its helpers share. Helpers may outlive the pool: nothing waits for those that
// find out late that it has ended.
//
// Correct however late a helper is: what a thread needs to know about a task it reads after it has
// taken the task, and a call cannot end, nor the next one write these fields, while a taken task is
// undone. A thread whose attempt to take a task is delayed until a later call simply takes one of
// that call.
//
// Taking a task has two parts: one counter, which all look at, promises one; then it is chosen from
// the range of the thread, or else of another. As ranges only get shorter, and hold as many tasks
// as were promised and not chosen, everybody finds one.
struct ThreadPool::Team {
  explicit Team(int threads)
      : ranges(static_cast<size_t>(threads)),
        size(threads),
        spins(threads <= AvailableProcessors()) {
    for (int number = threads - 1; number > 0; --number) free_numbers.push_back(number);
  }

  // The tasks that one thread takes first.
  struct alignas(kCacheLineBytes) Range {
    std::atomic<int64_t> remaining{0};  // below zero after attempts too many
    int64_t end = 0;
  };

  // Tasks not promised yet; below zero after attempts too many, kEnded when the helpers are to
  // leave.
  alignas(kCacheLineBytes) std::atomic<int64_t> remaining{0};
  // Tasks not done yet.
  alignas(kCacheLineBytes) std::atomic<int64_t> unfinished{0};
  // The call. Written only while no task is taken or available.
  alignas(kCacheLineBytes) TaskFunction function = nullptr;
  void* context = nullptr;
  std::vector<Range> ranges;  // of each thread
  // Sleeping. Each side first announces itself, then looks again, all in one total order (seq_cst):
  // at least one of the two sees the other.
  alignas(kCacheLineBytes) std::atomic<int> sleepers{0};
  std::atomic<bool> caller_sleeps{false};
  std::mutex mutex;
  std::condition_variable work_came;
  std::condition_variable work_done;

  const int size;    // with the caller
  const bool spins;  // not where threads that outnumber the processors would be in each other's way

  // Written under the mutex of Helpers.
  alignas(kCacheLineBytes) std::atomic<int> helpers{0};
  std::atomic<bool> waits_for_helpers{false};
  int wanted = 0;
  std::vector<int> free_numbers;  // of threads
  // Of the caller.
  Clock::time_point asks_again_at;

  static constexpr int64_t kEnded = std::numeric_limits<int64_t>::min() / 2;

  bool HasWork() const { return remaining.load() > 0; }
  bool HasEnded() const { return remaining.load() <= kEnded / 2; }
  bool IsDone() const { return unfinished.load() == 0; }

  bool Help(int thread);
  void ShareOut(int64_t tasks);
  void RunAvailableTasks(int thread);
  int64_t ChooseTask(int thread);
  bool SleepUntilWork();
  void WakeHelpers(int64_t needed);
  void WaitUntilDone();
};

// Who helps whom. Taken together, helpers are at most as many as the processors, or as the largest
// team wants: where teams want more than that, they take turns.
class Helpers {
 public:
  using Team = ThreadPool::Team;

  // Never destroyed: helpers may be at work while the process ends.
  static Helpers& OfProcess() {
    static Helpers& helpers = *new Helpers;
    return helpers;
  }

  // Sends helpers until the team has as many as wanted. Those that cannot be had now come when
  // others are done.
  void Send(const std::shared_ptr<Team>& team, int wanted);
  // Whether some team has fewer than it wants.
  bool AreWanted() const { return are_wanted_.load(std::memory_order_relaxed); }

 private:
  void Help(std::shared_ptr<Team> team, int number);
  bool Start(const std::shared_ptr<Team>& team);
  std::shared_ptr<Team> Leave(std::shared_ptr<Team> team, bool has_work, int* number);
  std::shared_ptr<Team> NextInLine();
  static int Join(Team& team);
  void Wait(const std::shared_ptr<Team>& team);

  std::mutex mutex_;
  int busy_ = 0;  // helpers that have a team
  std::deque<std::weak_ptr<Team>> waiting_;
  std::atomic<bool> are_wanted_{false};
};

void Helpers::Send(const std::shared_ptr<Team>& team, int wanted) {
  const std::lock_guard lock(mutex_);
  team->wanted = wanted;
  while (team->helpers.load() < wanted) {
    if (Start(team)) continue;
    Wait(team);
    return;
  }
}

// Whether there was one to spare.
bool Helpers::Start(const std::shared_ptr<Team>& team) {
  if (busy_ >= std::max(AvailableProcessors(), team->size - 1)) return false;
  const int number = Join(*team);
  ++busy_;
  try {
    RunOnPooledThread([this, team, number] { Help(team, number); });
    return true;
  } catch (const std::exception&) {
    // The system has no more threads or memory to give: the team goes on with those it has.
    --busy_;
    team->free_numbers.push_back(number);
    team->helpers.fetch_sub(1);
    return false;
  }
}

int Helpers::Join(Team& team) {
  const int number = team.free_numbers.back();
  team.free_numbers.pop_back();
  team.helpers.fetch_add(1);
  return number;
}

void Helpers::Wait(const std::shared_ptr<Team>& team) {
  if (team->waits_for_helpers.exchange(true)) return;
  waiting_.push_back(team);
  are_wanted_.store(true);
}

void Helpers::Help(std::shared_ptr<Team> team, int number) {
  const FlushDenormals flush;
  while (team != nullptr) {
    const bool has_work = team->Help(number);
    team = Leave(std::move(team), has_work, &number);
  }
}

// Returns the team that needs the helper next, and the number that it has there.
std::shared_ptr<ThreadPool::Team> Helpers::Leave(std::shared_ptr<Team> team, bool has_work,
                                                 int* number) {
  const std::lock_guard lock(mutex_);
  if (!has_work) team->wanted = 0;  // it asks again when there is something to do
  team->free_numbers.push_back(*number);
  team->helpers.fetch_sub(1);
  std::shared_ptr<Team> next = NextInLine();
  // A call that still counted on this helper has begun meanwhile: one of the two sees the other.
  if (next == nullptr && team->HasWork()) next = std::move(team);
  if (next == nullptr) {
    --busy_;
  } else {
    *number = Join(*next);
  }
  return next;
}

// The first team stays first until it has all that it wants.
std::shared_ptr<ThreadPool::Team> Helpers::NextInLine() {
  while (!waiting_.empty()) {
    std::shared_ptr<Team> first = waiting_.front().lock();
    if (first != nullptr && !first->HasEnded() && first->helpers.load() < first->wanted) {
      return first;
    }
    if (first != nullptr) first->waits_for_helpers.store(false);
    waiting_.pop_front();
  }
  are_wanted_.store(false);
  return nullptr;
}

// Until there is nothing to do for a while (returns false), or the time has come to help another
// team.
bool ThreadPool::Team::Help(int thread) {
  const Clock::time_point start = Clock::now();
  while (true) {
    const bool is_awake = spins && SpinUntil([this] { return HasWork() || HasEnded(); }, kSpinTime);
    if (!is_awake && !SleepUntilWork()) return false;
    if (HasEnded()) return false;
    RunAvailableTasks(thread);
    if (Helpers::OfProcess().AreWanted() && Clock::now() - start > kTurn) return true;
  }
}

void ThreadPool::Team::RunAvailableTasks(int thread) {
  int64_t done = 0;
  while (HasWork()) {
    if (remaining.fetch_sub(1) <= 0) break;
    function(context, ChooseTask(thread), thread);
    ++done;
  }
  if (done == 0) return;
  // After this the call may end at any moment, so nothing of it may be touched any more.
  const bool was_last = unfinished.fetch_sub(done) == done;
  if (!was_last || !caller_sleeps.load()) return;
  { const std::lock_guard lock(mutex); }  // the caller has not looked yet, or is asleep
  work_done.notify_one();
}

void ThreadPool::Team::ShareOut(int64_t tasks) {
  for (int64_t i = 0; i < size; ++i) {
    Range& range = ranges[static_cast<size_t>(i)];
    range.end = tasks * (i + 1) / size;
    range.remaining.store(range.end - tasks * i / size, std::memory_order_relaxed);
  }
}

// For a thread that was promised one.
int64_t ThreadPool::Team::ChooseTask(int thread) {
  for (int i = thread;; i = i + 1 == size ? 0 : i + 1) {
    Range& range = ranges[static_cast<size_t>(i)];
    if (range.remaining.load(std::memory_order_relaxed) <= 0) continue;
    const int64_t left = range.remaining.fetch_sub(1, std::memory_order_relaxed);
    if (left > 0) return range.end - left;
  }
}

// Returns whether there is something to see to.
bool ThreadPool::Team::SleepUntilWork() {
  if (spins && Helpers::OfProcess().AreWanted()) return HasWork();
  std::unique_lock lock(mutex);
  sleepers.fetch_add(1);
  const bool came = work_came.wait_for(lock, kStayTime, [this] { return HasWork() || HasEnded(); });
  sleepers.fetch_sub(1);
  return came;
}

void ThreadPool::Team::WakeHelpers(int64_t needed) {
  const int64_t asleep = sleepers.load();
  if (asleep == 0) return;
  { const std::lock_guard lock(mutex); }  // who announced itself has not looked yet, or is asleep
  if (needed >= asleep) {
    work_came.notify_all();
  } else {
    for (int64_t i = 0; i < needed; ++i) work_came.notify_one();
  }
}

void ThreadPool::Team::WaitUntilDone() {
  const auto is_done = [this] { return IsDone(); };
  if (is_done() || (spins && SpinUntil(is_done, kSpinTime))) return;
  // A helper has a long task, or lost its processor, perhaps to us.
  std::unique_lock lock(mutex);
  caller_sleeps.store(true);
  work_done.wait(lock, is_done);
  caller_sleeps.store(false);
}

ThreadPool::ThreadPool(int threads) : size_(std::clamp(threads, 1, kMaxThreads)) {}

ThreadPool::~ThreadPool() {
  if (team_ == nullptr) return;
  team_->remaining.store(Team::kEnded);
  team_->WakeHelpers(kMaxThreads);
}

void ThreadPool::RunTasks(int64_t tasks, TaskFunction function, void* context) {
  if (team_ == nullptr) team_ = std::make_shared<Team>(size_);
  Team& team = *team_;
  team.function = function;
  team.context = context;
  team.ShareOut(tasks);
  team.unfinished.store(tasks, std::memory_order_relaxed);
  team.remaining.store(tasks);  // from here on helpers take tasks
  team.WakeHelpers(tasks - 1);
  const int wanted = static_cast<int>(std::min<int64_t>(tasks, size_)) - 1;
  if (team.helpers.load() < wanted) AskForHelpers(wanted);
  team.RunAvailableTasks(0);
  team.WaitUntilDone();
}

// A team that has to wait does not ask at every call.
void ThreadPool::AskForHelpers(int wanted) {
  Team& team = *team_;
  if (team.waits_for_helpers.load(std::memory_order_relaxed) && Clock::now() < team.asks_again_at) {
    return;
  }
  team.asks_again_at = Clock::now() + kWaitTime;
  try {
    Helpers::OfProcess().Send(team_, wanted);
  } catch (const std::bad_alloc&) {
    // There is not even room to wait in line. An exception must not leave the tasks behind.
  }
}

int DefaultThreads() {
  // Asked once: the environment must not be read while another thread may change it.
  static const int threads = [] {
    const int chosen = ParseThreads(EnvironmentVariable("LAYERWISE_THREADS").value_or("").c_str());
    return std::clamp(chosen > 0 ? chosen : AvailableProcessors(), 1, kMaxThreads);
  }();
  return threads;
}

}  // namespace layerwise
