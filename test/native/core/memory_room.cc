#include "native/core/memory_room.h"

#include <string>

#include "native/core/error.h"
#include "test/native/core/fake_root.h"
#include "test/native/harness.h"

namespace layerwise {
namespace {

constexpr const char* kGroups = "proc/self/cgroup";
constexpr int64_t kMiB = int64_t{1} << 20;

// 64 GiB, of which 40 could be had.
void WriteMachine(FakeRoot& root, const std::string& more = "") {
  root.Write("proc/meminfo",
             "MemTotal:       67108864 kB\nMemFree:         1048576 kB\n"
             "MemAvailable:   41943040 kB\n" +
                 more);
}

std::string Of(int64_t mebibytes) { return std::to_string(mebibytes * kMiB) + "\n"; }

TEST(WithoutGroupsTheMachineBoundsMemory) {
  FakeRoot root;
  EXPECT_FALSE(ReadMemoryRoom(root.path()).is_known);
  root.Write("proc/meminfo", "MemTotal: 100 kB\nMemFree: 50 kB\n");
  EXPECT_FALSE(ReadMemoryRoom(root.path()).is_known);
  WriteMachine(root);
  const MemoryRoom room = ReadMemoryRoom(root.path());
  EXPECT_TRUE(room.is_known);
  EXPECT_FALSE(room.is_of_container);
  EXPECT_EQ(room.free_bytes, 40 * 1024 * kMiB);
  EXPECT_EQ(room.limit_bytes, 64 * 1024 * kMiB);
}

// It would work, if slowly.
TEST(SwapAndCachesThatShrinkCountAsFree) {
  FakeRoot root;
  WriteMachine(root, "SwapTotal: 2097152 kB\nSwapFree: 1048576 kB\n");
  EXPECT_EQ(ReadMemoryRoom(root.path()).free_bytes, 41 * 1024 * kMiB);
  root.Write("proc/spl/kstat/zfs/arcstats",
             "13 1 0x01 123 33456 1 2\nname type data\nc_min 4 1048576\nsize 4 3145728\n");
  EXPECT_EQ(ReadMemoryRoom(root.path()).free_bytes, (41 * 1024 + 2) * kMiB);
}

TEST(TheTightestGroupBoundsMemoryAndItsFileCacheIsFree) {
  FakeRoot root;
  WriteMachine(root);
  root.Write(kGroups, "0::/pod/box\n")
      .Write("sys/fs/cgroup/pod/box/memory.max", "max\n")
      .Write("sys/fs/cgroup/pod/box/memory.current", Of(900))
      .Write("sys/fs/cgroup/pod/memory.max", Of(1000))
      .Write("sys/fs/cgroup/pod/memory.current", Of(900))
      .Write("sys/fs/cgroup/pod/memory.stat", "anon 1\nfile " + Of(700) + "shmem " + Of(100) +
                                                  "file_mapped 5\nslab_reclaimable " + Of(50))
      .Write("sys/fs/cgroup/memory.max", Of(5000))
      .Write("sys/fs/cgroup/memory.current", Of(10));
  const MemoryRoom room = ReadMemoryRoom(root.path());
  EXPECT_TRUE(room.is_of_container);
  EXPECT_EQ(room.limit_bytes, 1000 * kMiB);
  EXPECT_EQ(room.free_bytes, 750 * kMiB);
}

TEST(AGroupThatMaySwapHasMoreRoom) {
  FakeRoot root;
  WriteMachine(root, "SwapTotal: 2097152 kB\nSwapFree: 1048576 kB\n");
  root.Write(kGroups, "0::/\n")
      .Write("sys/fs/cgroup/memory.max", Of(100))
      .Write("sys/fs/cgroup/memory.current", Of(40));
  EXPECT_EQ(ReadMemoryRoom(root.path()).free_bytes, (60 + 1024) * kMiB);
  root.Write("sys/fs/cgroup/memory.swap.max", "0\n");
  EXPECT_EQ(ReadMemoryRoom(root.path()).free_bytes, 60 * kMiB);
  root.Write("sys/fs/cgroup/memory.swap.max", Of(30))
      .Write("sys/fs/cgroup/memory.swap.current", Of(10));
  EXPECT_EQ(ReadMemoryRoom(root.path()).free_bytes, 80 * kMiB);
}

TEST(GroupsOfVersionOneBoundMemory) {
  FakeRoot root;
  WriteMachine(root);
  root.Write(kGroups, "9:memory:/docker/1\n1:name=systemd:/x\n")
      .Write("sys/fs/cgroup/memory/docker/1/memory.limit_in_bytes", Of(512))
      .Write("sys/fs/cgroup/memory/docker/1/memory.usage_in_bytes", Of(400))
      .Write("sys/fs/cgroup/memory/docker/1/memory.stat",
             "cache 1\ntotal_cache " + Of(300) + "total_shmem " + Of(20))
      .Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n")
      .Write("sys/fs/cgroup/memory/memory.usage_in_bytes", Of(400));
  const MemoryRoom room = ReadMemoryRoom(root.path());
  EXPECT_TRUE(room.is_of_container);
  EXPECT_EQ(room.limit_bytes, 512 * kMiB);
  EXPECT_EQ(room.free_bytes, 392 * kMiB);
}

TEST(MoreThanThereIsRoomForIsRefusedWithBothNumbers) {
  const MemoryRoom room{true, true, 1'000'000'000, 4'000'000'000};
  RequireMemoryRoom(1'000'000'000, room);
  RequireMemoryRoom(2'000'000'000, MemoryRoom{});
  try {
    RequireMemoryRoom(3'500'000'000, room);
    EXPECT_TRUE(false);
  } catch (const Error& error) {
    EXPECT_TRUE(error.kind() == ErrorKind::kMemory);
    EXPECT_EQ(error.expected(), "3500 MB");
    EXPECT_EQ(error.received(), "1000 MB that are free of the 4000 MB of the container");
  }
}

// Other tests take memory meanwhile, but never so much.
TEST(WhatThisMachineHasIsNotRefused) {
  RequireMemoryRoom(1 << 20);
  RequireMemoryRoom(32 << 20);
}

}  // namespace
}  // namespace layerwise
