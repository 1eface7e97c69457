#include "native/core/arena.h"

#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>
#include <string>

#if defined(_WIN32)
#include "native/core/windows_api.h"
#else
#include <sys/mman.h>
#include <unistd.h>
#endif

#include "native/core/error.h"
#include "native/core/memory_room.h"

namespace layerwise {
namespace {

// From this size on memory comes straight from the system: it is zero already, untouched until it
// is used, fit for huge pages, and goes back to the system at once.
constexpr size_t kMapFromBytes = size_t{4} << 20;
// Far above any memory, far below where sizes overflow; whole cache lines, so that rounding up a
// size that fits gives a size that fits.
constexpr size_t kMaxBytes = size_t{1} << (std::numeric_limits<size_t>::digits - 2);
static_assert(kMaxBytes % kCacheLineBytes == 0);

[[noreturn]] void ThrowOutOfMemory(const std::string& amount) {
  throw Error(ErrorKind::kMemory, "memory", amount, "a refusal by the system",
              "Use smaller layers, a smaller batch or less data, or give the process more memory.");
}

constexpr size_t RoundUp(size_t bytes, size_t step) { return (bytes + step - 1) / step * step; }

#if defined(_WIN32)

std::byte* Map(size_t bytes) {
  return static_cast<std::byte*>(
      VirtualAlloc(nullptr, bytes, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE));
}

void Unmap(std::byte* memory, size_t) { VirtualFree(memory, 0, MEM_RELEASE); }

#else

constexpr size_t kHugePageBytes = size_t{2} << 20;

// Begins at a huge page: maps one more than needed and gives back the ends.
std::byte* Map(size_t bytes) {
  const size_t reserved = bytes + kHugePageBytes;
  void* start = mmap(nullptr, reserved, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED) return nullptr;
  const uintptr_t begin = reinterpret_cast<uintptr_t>(start);
  const size_t head = RoundUp(begin, kHugePageBytes) - begin;
  const size_t tail = reserved - head - bytes;
  std::byte* memory = static_cast<std::byte*>(start) + head;
  if (head > 0) munmap(start, head);
  if (tail > 0) munmap(memory + bytes, tail);
#if defined(MADV_HUGEPAGE)
  madvise(memory, bytes, MADV_HUGEPAGE);  // a wish: without it everything works, slower
#endif
  return memory;
}

void Unmap(std::byte* memory, size_t bytes) { munmap(memory, bytes); }

#endif

size_t MappedBytes(size_t bytes) {
#if defined(_WIN32)
  return bytes;
#else
  return RoundUp(bytes, static_cast<size_t>(sysconf(_SC_PAGESIZE)));
#endif
}

}  // namespace

size_t ArenaLayout::ReserveBytes(size_t count, size_t element_bytes) {
  const size_t offset = bytes_;
  if (count > (kMaxBytes - offset) / element_bytes) {
    ThrowOutOfMemory(std::to_string(count) + " elements of " + std::to_string(element_bytes) +
                     " bytes");
  }
  bytes_ = RoundUp(offset + count * element_bytes, kCacheLineBytes);
  return offset;
}

Arena::Arena(const ArenaLayout& layout) : bytes_(layout.bytes()) {
  if (bytes_ == 0) return;
  if (bytes_ >= kMapFromBytes) {
    const size_t mapped = MappedBytes(bytes_);
    RequireMemoryRoom(mapped);
    memory_ = std::unique_ptr<std::byte, Free>(Map(mapped), Free{mapped});
  } else {
    void* memory = ::operator new(bytes_, std::align_val_t{kCacheLineBytes}, std::nothrow);
    if (memory != nullptr) std::memset(memory, 0, bytes_);
    memory_ = std::unique_ptr<std::byte, Free>(static_cast<std::byte*>(memory), Free{0});
  }
  if (memory_ == nullptr) ThrowOutOfMemory(std::to_string(bytes_) + " bytes");
}

void Arena::Free::operator()(std::byte* memory) const noexcept {
  if (mapped_bytes > 0) {
    Unmap(memory, mapped_bytes);
  } else {
    ::operator delete(memory, std::align_val_t{kCacheLineBytes});
  }
}

}  // namespace layerwise
