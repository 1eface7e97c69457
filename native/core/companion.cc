#include "native/core/companion.h"

#include <algorithm>
#include <exception>
#include <thread>

#include "native/core/float_environment.h"
#include "native/core/pooled_thread.h"
#include "native/core/processors.h"
#include "native/core/spin.h"
#include "native/core/thread_pool.h"

namespace layerwise {
namespace {

// After the last task: programs that predict in a loop come back sooner.
constexpr std::chrono::microseconds kSpinTime{75};
// From the end of a call to the next one. Calls further apart are served by the caller alone: the
// thread would be asleep at each, and waking it takes more than it brings.
constexpr std::chrono::microseconds kSoon = kSpinTime;
// In which a thread that was sent for arrives.
constexpr std::chrono::milliseconds kArrival{1};
// A thread is not there for a moment, as when the system has something to do, or not for long; and
// it is late at first, while what it reads is not in its cache yet.
constexpr int kMissesBeforeRest = 3;
constexpr std::chrono::milliseconds kLongestRest{1000};
// Work without a rest after which the next one is short again: more than a turn of another process.
constexpr std::chrono::milliseconds kGoodTime{20};
constexpr std::chrono::microseconds kLeastPatience{5};

thread_local Companion* held_by_this_thread = nullptr;

}  // namespace

Companion& Companion::OfProcess() {
  static Companion& companion = *new Companion(std::min(WholeProcessors(), DefaultThreads()));
  return companion;
}

Companion* Companion::OfThisThread() { return held_by_this_thread; }

bool Companion::Join() {
  if (!may_work_ || held_by_this_thread != nullptr) return false;
  if (is_held_.exchange(true, std::memory_order_acquire)) return false;
  if (!IsReady(Clock::now())) {
    is_held_.store(false, std::memory_order_release);
    return false;
  }
  held_by_this_thread = this;
  return true;
}

void Companion::Leave() {
  held_by_this_thread = nullptr;
  last_end_ = Clock::now();
  is_held_.store(false, std::memory_order_release);
}

// Of a call that was served alone; where another thread holds the companion its calls count.
void Companion::NoteEnd() {
  if (!may_work_ || held_by_this_thread != nullptr) return;
  if (is_held_.exchange(true, std::memory_order_acquire)) return;
  last_end_ = Clock::now();
  is_held_.store(false, std::memory_order_release);
}

bool Companion::IsReady(Clock::time_point now) {
  const bool is_soon = now - last_end_ < kSoon;
  soon_calls_ = is_soon ? std::min(soon_calls_ + 1, kCallsBeforeStart) : 0;
  if (now < rests_until_) return false;
  switch (state_.load(std::memory_order_acquire)) {
    case State::kAway:
      return soon_calls_ >= kCallsBeforeStart && Start(now);
    case State::kReady:
    case State::kDone:
      return true;
    default:
      return false;  // at work still on a task that was given up
  }
}

bool Companion::Start(Clock::time_point now) {
  started_at_ = now;
  misses_ = 0;
  state_.store(State::kReady, std::memory_order_release);
  try {
    RunOnPooledThread([this] { Live(); });
    return true;
  } catch (const std::exception&) {
    // The system has no more threads or memory to give: callers go on alone.
    state_.store(State::kAway, std::memory_order_release);
    Rest(now);
    return false;
  }
}

void Companion::Live() {
  const FlushDenormals flush;
  const auto has_task = [this] {
    return state_.load(std::memory_order_relaxed) == State::kOffered;
  };
  while (true) {
    if (SpinUntil(has_task, kSpinTime)) {
      if (!Exchange(State::kOffered, State::kTaken)) continue;
      task_(context_);
      state_.store(State::kDone, std::memory_order_release);
    } else if (Exchange(State::kReady, State::kAway) || Exchange(State::kDone, State::kAway)) {
      return;
    }
  }
}

void Companion::Offer(Task task, void* context) {
  has_offered_ = false;
  Exchange(State::kDone, State::kReady);  // late, of a task that was given up
  if (state_.load(std::memory_order_acquire) != State::kReady) return;
  offered_at_ = Clock::now();
  task_ = task;
  context_ = context;
  has_offered_ = Exchange(State::kReady, State::kOffered);
}

bool Companion::Collect() {
  if (!has_offered_) return false;
  has_offered_ = false;
  const Clock::time_point now = Clock::now();
  if (Exchange(State::kOffered, State::kReady)) {
    Missed(now);
    return false;
  }
  const auto is_done = [this] { return !IsAtWork(); };
  const auto patience = std::max<Clock::duration>(now - offered_at_, kLeastPatience);
  if (!SpinUntil(is_done, patience)) {
    Missed(now);
    return false;
  }
  misses_ = 0;
  Exchange(State::kDone, State::kReady);  // unless the thread has left meanwhile
  if (now - rests_until_ > kGoodTime) next_rest_ = kShortestRest;
  return true;
}

void Companion::Missed(Clock::time_point now) {
  if (now - started_at_ < kArrival) return;
  if (++misses_ >= kMissesBeforeRest) Rest(now);
}

void Companion::Rest(Clock::time_point now) {
  misses_ = 0;
  rests_until_ = now + next_rest_;
  next_rest_ = std::min(2 * next_rest_, kLongestRest);
}

void Companion::WaitUntilIdle() const {
  while (IsAtWork()) std::this_thread::yield();
}

}  // namespace layerwise
