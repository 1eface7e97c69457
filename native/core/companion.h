// One thread beside the callers of short predictions, for tasks of a few microseconds: it spins for
// a moment after each, so that the next one costs no more than a cache line on its way there and
// back. A thread of the pool would have to be woken for each.
//
// Whoever offers a task goes on with something else, and does the task as well where it is not done
// by then: so nobody waits for a companion whose processor others have. After that has happened
// some times in a row the companion rests, for longer each time.
#pragma once

#include <atomic>
#include <chrono>

namespace layerwise {

class Companion {
 public:
  using Task = void (*)(void* context) noexcept;

  // One call after another, without a pause in which the thread would fall asleep. Waking it takes
  // a third of a call: so it costs a series that ends right then a twenty-fifth.
  static constexpr int kCallsBeforeStart = 8;

  // The one of the process; without processors to spare nobody gets it. Never destroyed: it may be
  // at work while the process ends.
  static Companion& OfProcess();

  // What the processors allow: with one, or a quota below two of them, spinning takes from the
  // caller what it gives.
  explicit Companion(int whole_processors) : may_work_(whole_processors > 1) {}
  Companion(const Companion&) = delete;
  Companion& operator=(const Companion&) = delete;

  // The companion for one thread at a time, while the object lives.
  class Hold {
   public:
    // Holds nothing where another thread has it, or it rests, or calls are rare: waking it costs
    // more than it brings to a few calls.
    explicit Hold(Companion& companion) : companion_(companion), has_it_(companion.Join()) {}
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;
    ~Hold() { has_it_ ? companion_.Leave() : companion_.NoteEnd(); }
    explicit operator bool() const { return has_it_; }

   private:
    Companion& companion_;
    const bool has_it_;
  };

  // That the calling thread holds; null for none.
  static Companion* OfThisThread();

  // By who holds it: what it may begin with now. The context has to stay, and may not be touched,
  // until Collect has said that it is done, or IsAtWork that it no longer is.
  void Offer(Task task, void* context);
  // Whether the task is done; what it wrote is visible then. Otherwise the caller has to do it
  // elsewhere: it may be under way still. Waits no longer than the task has had until now.
  bool Collect();

  // Whether a task that was given up is under way.
  bool IsAtWork() const { return state_.load(std::memory_order_acquire) == State::kTaken; }
  void WaitUntilIdle() const;

 private:
  using Clock = std::chrono::steady_clock;
  enum class State {
    kAway,     // there is no thread
    kReady,    // it spins, or is about to
    kOffered,  // there is a task that it has not begun
    kTaken,    // it is at work
    kDone,     // and has finished
  };

  bool Join();
  void Leave();
  void NoteEnd();
  bool IsReady(Clock::time_point now);
  bool Start(Clock::time_point now);
  void Live();
  bool Exchange(State from, State to) {
    return state_.compare_exchange_strong(from, to, std::memory_order_acq_rel);
  }
  void Missed(Clock::time_point now);
  void Rest(Clock::time_point now);

  static constexpr std::chrono::milliseconds kShortestRest{2};

  const bool may_work_;
  alignas(64) std::atomic<State> state_{State::kAway};
  // Written while a task is neither offered nor taken.
  Task task_ = nullptr;
  void* context_ = nullptr;

  // Of who holds it.
  alignas(64) std::atomic<bool> is_held_{false};
  bool has_offered_ = false;
  int misses_ = 0;              // in a row
  int soon_calls_ = 0;          // in a row
  Clock::time_point last_end_;  // of a call
  Clock::time_point started_at_;
  Clock::time_point offered_at_;
  Clock::time_point rests_until_;
  std::chrono::milliseconds next_rest_{kShortestRest};
};

}  // namespace layerwise
