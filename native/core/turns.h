// Lets threads work side by side and hand in what they have in a fixed order.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "native/core/spin.h"

namespace layerwise {

class Turns {
 public:
  // Calls fn once those of all lower numbers, from 0 on, have been called; what they wrote is then
  // visible. Each number is taken once, and lower ones before it: a thread that has one may not
  // wait for anything that needs a thread which waits here. fn must not throw.
  template <typename F>
  void Take(int64_t number, F&& fn) {
    const auto has_come = [&] { return next_.load(std::memory_order_acquire) == number; };
    // Those before take about as long as this one did: mostly they are done, or nearly.
    if (!SpinUntil(has_come, kSpinTime)) {
      std::unique_lock lock(mutex_);
      came_.wait(lock, has_come);
    }
    fn();
    {
      const std::lock_guard lock(mutex_);
      next_.store(number + 1, std::memory_order_release);
    }
    came_.notify_all();
  }

 private:
  static constexpr std::chrono::microseconds kSpinTime{50};

  std::atomic<int64_t> next_{0};
  std::mutex mutex_;
  std::condition_variable came_;
};

}  // namespace layerwise
