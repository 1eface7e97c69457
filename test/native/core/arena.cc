#include "native/core/arena.h"

#include <cstdint>
#include <limits>
#include <utility>

#include "native/core/error.h"
#include "test/native/harness.h"

namespace layerwise {
namespace {

bool IsAligned(const void* address) {
  return reinterpret_cast<uintptr_t>(address) % kCacheLineBytes == 0;
}

template <typename T>
bool AllZero(const T* values, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    if (values[i] != T{0}) return false;
  }
  return true;
}

TEST(ArenaPiecesAreAlignedApartAndZero) {
  // Small arenas come from the heap, large ones straight from the system.
  for (const size_t count : {size_t{1}, size_t{17}, size_t{100'003}, size_t{3'000'001}}) {
    ArenaLayout layout;
    const Slot<uint8_t> bytes = layout.Reserve<uint8_t>(count);
    const Slot<double> doubles = layout.Reserve<double>(count);
    const Slot<float> none = layout.Reserve<float>(0);
    const Slot<float> floats = layout.Reserve<float>(count);
    const Arena arena(layout);
    EXPECT_TRUE(IsAligned(arena.At(bytes)));
    EXPECT_TRUE(IsAligned(arena.At(doubles)));
    EXPECT_TRUE(IsAligned(arena.At(floats)));
    EXPECT_EQ(none.count, 0);
    EXPECT_TRUE(AllZero(arena.At(bytes), count)) << "bytes of " << count;
    EXPECT_TRUE(AllZero(arena.At(doubles), count)) << "doubles of " << count;
    EXPECT_TRUE(AllZero(arena.At(floats), count)) << "floats of " << count;
    for (size_t i = 0; i < count; ++i) {
      arena.At(bytes)[i] = 1;
      arena.At(floats)[i] = 2.0f;
    }
    EXPECT_TRUE(AllZero(arena.At(doubles), count)) << "untouched between others, of " << count;
    EXPECT_GE(arena.bytes(), count * (1 + 8 + 4));
  }
}

TEST(MemoryUsedBeforeIsZeroAgain) {
  ArenaLayout layout;
  const Slot<uint64_t> slot = layout.Reserve<uint64_t>(512);
  for (int round = 0; round < 4; ++round) {
    const Arena arena(layout);
    EXPECT_TRUE(AllZero(arena.At(slot), slot.count)) << "in round " << round;
    for (size_t i = 0; i < slot.count; ++i) arena.At(slot)[i] = ~uint64_t{0};
  }
}

TEST(AnEmptyArenaHoldsNothing) {
  const Arena arena{ArenaLayout()};
  EXPECT_EQ(arena.bytes(), 0);
  EXPECT_EQ(Arena().bytes(), 0);
}

TEST(ArenasMove) {
  ArenaLayout layout;
  const Slot<int32_t> slot = layout.Reserve<int32_t>(3);
  Arena first(layout);
  first.At(slot)[2] = 5;
  Arena second = std::move(first);
  EXPECT_EQ(second.At(slot)[2], 5);
  first = std::move(second);
  EXPECT_EQ(first.At(slot)[2], 5);
}

ErrorKind KindOf(const ArenaLayout& layout) {
  try {
    const Arena arena(layout);
  } catch (const Error& error) {
    return error.kind();
  }
  return ErrorKind::kArgument;
}

TEST(SizesThatOverflowAreRefused) {
  constexpr size_t kMax = std::numeric_limits<size_t>::max();
  for (const size_t count : {kMax, kMax / 2, kMax / 4 + 1, kMax / 8 + 1}) {
    ArenaLayout layout;
    EXPECT_THROWS(layout.Reserve<double>(count), "memory: expected");
  }
  ArenaLayout layout;
  constexpr size_t kQuarter = (size_t{1} << (std::numeric_limits<size_t>::digits - 2));
  static_cast<void>(layout.Reserve<uint8_t>(kQuarter - 1));  // rounded up it reaches the limit
  EXPECT_THROWS(layout.Reserve<uint8_t>(1), "memory: expected");
  EXPECT_THROWS(layout.Reserve<double>(kMax / 8), "memory: expected");
  EXPECT_EQ(layout.Reserve<double>(0).count, 0);
}

TEST(MemoryThatCannotBeHadIsAnError) {
  ArenaLayout layout;
  static_cast<void>(
      layout.Reserve<uint8_t>(size_t{1} << (std::numeric_limits<size_t>::digits - 3)));
  EXPECT_EQ(KindOf(layout), ErrorKind::kMemory);
}

}  // namespace
}  // namespace layerwise
