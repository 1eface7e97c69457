// One aligned block of memory for everything a plan needs. The plan first reserves every piece and
// learns the total, then allocates once; nothing is allocated while it runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace layerwise {

inline constexpr size_t kCacheLineBytes = 64;

// A piece of an arena, known before the memory exists.
template <typename T>
struct Slot {
  size_t offset = 0;  // in bytes
  size_t count = 0;   // in elements
};

class ArenaLayout {
 public:
  // Every piece starts at a cache line.
  template <typename T>
  Slot<T> Reserve(size_t count) {
    return Slot<T>{ReserveBytes(count, sizeof(T)), count};
  }
  size_t bytes() const { return bytes_; }

 private:
  size_t ReserveBytes(size_t count, size_t element_bytes);  // throws kMemory when it overflows
  size_t bytes_ = 0;
};

class Arena {
  struct Free {
    size_t mapped_bytes;  // 0: from the heap
    void operator()(std::byte* memory) const noexcept;
  };

 public:
  Arena() = default;
  // Zero-filled. Throws an Error of kind kMemory when the memory cannot be had, or could not be
  // filled: what is there is asked first (memory_room.h).
  explicit Arena(const ArenaLayout& layout);

  template <typename T>
  T* At(Slot<T> slot) const {
    return reinterpret_cast<T*>(memory_.get() + slot.offset);
  }
  size_t bytes() const { return bytes_; }

 private:
  std::unique_ptr<std::byte, Free> memory_{nullptr, Free{0}};
  size_t bytes_ = 0;
};

}  // namespace layerwise
