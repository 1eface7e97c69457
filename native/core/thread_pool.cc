#include "native/core/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <limits>
#include <mutex>
#include <thread>
#include <vector>

#if defined(__x86_64__) || defined(_M_X64)
#include <emmintrin.h>
#elif defined(_M_ARM64) && defined(_MSC_VER)
#include <intrin.h>
#endif

#include "native/core/arena.h"
#include "native/core/float_environment.h"
#include "native/core/processors.h"

namespace layerwise {
namespace {

// Longer than the pauses between the steps of a batch, short enough to cost nothing in an idle
// process.
constexpr std::chrono::microseconds kSpinTime{50};
constexpr int kPausesPerClockRead = 16;

inline void Pause() {
#if defined(__x86_64__) || defined(_M_X64)
  _mm_pause();
#elif defined(_M_ARM64) && defined(_MSC_VER)
  __isb(_ARM64_BARRIER_SY);
#elif defined(__aarch64__)
  __asm__ volatile("isb");  // unlike yield it really waits on common cores
#endif
}

// Whether the condition became true within the spin time.
template <typename Condition>
bool SpinUntil(const Condition& condition) {
  if (condition()) return true;
  const auto end = std::chrono::steady_clock::now() + kSpinTime;
  do {
    for (int i = 0; i < kPausesPerClockRead; ++i) {
      Pause();
      if (condition()) return true;
    }
  } while (std::chrono::steady_clock::now() < end);
  return false;
}

}  // namespace

// Correct however late a worker is: what a thread needs to know about a task it reads after it has
// taken the task, and a call cannot end, nor the next one write these fields, while a taken task is
// undone. A thread whose attempt to take a task is delayed until a later call simply takes one of
// that call.
struct ThreadPool::State {
  // Tasks not taken yet; below zero after attempts too many, kEnded when the workers are to end.
  alignas(kCacheLineBytes) std::atomic<int64_t> remaining{0};
  // Tasks not done yet.
  alignas(kCacheLineBytes) std::atomic<int64_t> unfinished{0};
  // The call. Written only while no task is taken or available.
  alignas(kCacheLineBytes) TaskFunction function = nullptr;
  void* context = nullptr;
  int64_t tasks = 0;
  // Sleeping. Each side first announces itself, then looks again, all in one total order (seq_cst):
  // at least one of the two sees the other.
  alignas(kCacheLineBytes) std::atomic<int> sleepers{0};
  std::atomic<bool> caller_sleeps{false};
  std::mutex mutex;
  std::condition_variable work_came;
  std::condition_variable work_done;

  bool spins = true;
  std::vector<std::thread> workers;

  static constexpr int64_t kEnded = std::numeric_limits<int64_t>::min() / 2;

  bool HasWork() const { return remaining.load() > 0; }
  bool HasEnded() const { return remaining.load() <= kEnded / 2; }
  bool IsDone() const { return unfinished.load() == 0; }

  void Work(int thread);
  void RunAvailableTasks(int thread);
  void SleepUntilWork();
  void WakeWorkers(int64_t wanted);
  void WaitUntilDone();
};

void ThreadPool::State::Work(int thread) {
  const FlushDenormals flush;
  while (true) {
    const bool is_awake = spins && SpinUntil([this] { return HasWork() || HasEnded(); });
    if (!is_awake) SleepUntilWork();
    if (HasEnded()) return;
    RunAvailableTasks(thread);
  }
}

void ThreadPool::State::RunAvailableTasks(int thread) {
  int64_t done = 0;
  while (HasWork()) {
    const int64_t left = remaining.fetch_sub(1);
    if (left <= 0) break;
    function(context, tasks - left, thread);
    ++done;
  }
  if (done == 0) return;
  // After this the call may end at any moment, so nothing of it may be touched any more.
  const bool was_last = unfinished.fetch_sub(done) == done;
  if (!was_last || !caller_sleeps.load()) return;
  { const std::lock_guard lock(mutex); }  // the caller has not looked yet, or is asleep
  work_done.notify_one();
}

void ThreadPool::State::SleepUntilWork() {
  std::unique_lock lock(mutex);
  sleepers.fetch_add(1);
  work_came.wait(lock, [this] { return HasWork() || HasEnded(); });
  sleepers.fetch_sub(1);
}

void ThreadPool::State::WakeWorkers(int64_t wanted) {
  const int64_t asleep = sleepers.load();
  if (asleep == 0) return;
  { const std::lock_guard lock(mutex); }  // who announced itself has not looked yet, or is asleep
  if (wanted >= asleep) {
    work_came.notify_all();
  } else {
    for (int64_t i = 0; i < wanted; ++i) work_came.notify_one();
  }
}

void ThreadPool::State::WaitUntilDone() {
  const auto is_done = [this] { return IsDone(); };
  if (is_done() || (spins && SpinUntil(is_done))) return;
  // A worker has a long task, or lost its processor, perhaps to us.
  std::unique_lock lock(mutex);
  caller_sleeps.store(true);
  work_done.wait(lock, is_done);
  caller_sleeps.store(false);
}

ThreadPool::ThreadPool(int threads) : state_(std::make_unique<State>()) {
  const int wanted = std::clamp(threads, 1, kMaxThreads);
  // Threads that outnumber the processors would spin in each other's way.
  state_->spins = wanted <= AvailableProcessors();
  state_->workers.reserve(static_cast<size_t>(wanted - 1));
  try {
    for (; size_ < wanted; ++size_) {
      state_->workers.emplace_back(&State::Work, state_.get(), size_);
    }
  } catch (const std::exception&) {
    // The system has no more threads or memory to give. The workers that run must not be left
    // behind by an exception.
  }
}

ThreadPool::~ThreadPool() {
  state_->remaining.store(State::kEnded);
  state_->WakeWorkers(kMaxThreads);
  for (std::thread& worker : state_->workers) worker.join();
}

void ThreadPool::RunTasks(int64_t tasks, TaskFunction function, void* context) {
  State& state = *state_;
  state.function = function;
  state.context = context;
  state.tasks = tasks;
  state.unfinished.store(tasks, std::memory_order_relaxed);
  state.remaining.store(tasks);  // from here on workers take tasks
  state.WakeWorkers(tasks - 1);
  state.RunAvailableTasks(0);
  state.WaitUntilDone();
}

int DefaultThreads() {
  // Asked once: the environment must not be read while another thread may change it.
  static const int threads = [] {
    const int chosen = ParseThreads(std::getenv("LAYERWISE_THREADS"));
    return std::clamp(chosen > 0 ? chosen : AvailableProcessors(), 1, kMaxThreads);
  }();
  return threads;
}

}  // namespace layerwise
