// When a training is to end before its time: because somebody asks for it, or because the time it
// was given is over.
#pragma once

#include <atomic>
#include <chrono>
#include <limits>

namespace layerwise {

class StopCondition {
 public:
  // The time begins now; the flag outlives it.
  explicit StopCondition(const std::atomic<bool>& flag,
                         double seconds = std::numeric_limits<double>::infinity())
      : flag_(flag), seconds_(seconds), start_(Clock::now()) {}

  // From the thread that trains.
  bool IsMet() {
    if (flag_.load(std::memory_order_relaxed)) return true;
    if (seconds_ == std::numeric_limits<double>::infinity()) return false;
    time_is_over_ = time_is_over_ || Seconds() >= seconds_;
    return time_is_over_;
  }
  // Whether it was met by the time.
  bool time_is_over() const { return time_is_over_; }
  // Since it was made.
  double Seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

 private:
  using Clock = std::chrono::steady_clock;

  const std::atomic<bool>& flag_;
  const double seconds_;
  const Clock::time_point start_;
  bool time_is_over_ = false;
};

}  // namespace layerwise
