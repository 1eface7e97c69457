// Waiting awake for what comes within microseconds: sleeping and being woken takes ten of them.
#pragma once

#include <chrono>

#if defined(__x86_64__) || defined(_M_X64)
#include <emmintrin.h>
#elif defined(_M_ARM64) && defined(_MSC_VER)
#include <intrin.h>
#endif

namespace layerwise {

inline void Pause() {
#if defined(__x86_64__) || defined(_M_X64)
  _mm_pause();
#elif defined(_M_ARM64) && defined(_MSC_VER)
  __isb(_ARM64_BARRIER_SY);
#elif defined(__aarch64__)
  __asm__ volatile("isb");  // unlike yield it really waits on common cores
#endif
}

// Whether the condition became true before the time was over.
template <typename Condition>
bool SpinUntil(const Condition& condition, std::chrono::steady_clock::duration time) {
  constexpr int kPausesPerClockRead = 16;
  if (condition()) return true;
  const auto end = std::chrono::steady_clock::now() + time;
  do {
    for (int i = 0; i < kPausesPerClockRead; ++i) {
      Pause();
      if (condition()) return true;
    }
  } while (std::chrono::steady_clock::now() < end);
  return false;
}

}  // namespace layerwise
