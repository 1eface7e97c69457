#include "native/core/memory_room.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>

#include "native/core/control_groups.h"
#include "native/core/error.h"

namespace layerwise {
namespace {

// A group of version 1 without a limit has one of about 2^63.
constexpr int64_t kNoLimit = int64_t{1} << 60;

std::optional<int64_t> ReadNumber(const std::string& path) {
  int64_t number = 0;
  if (std::ifstream(path) >> number && number >= 0) return number;
  return std::nullopt;  // no such file, or "max"
}

// Of lines "name value …", where the name may end with a colon.
class NamedNumbers {
 public:
  explicit NamedNumbers(const std::string& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    text_ = "\n" + text.str();
  }

  std::optional<int64_t> Find(const std::string& name) const {
    const size_t at = text_.find("\n" + name);
    if (at == std::string::npos) return std::nullopt;
    std::istringstream rest(text_.substr(at + 1 + name.size()));
    int64_t number = 0;
    if (rest >> number && number >= 0) return number;
    return std::nullopt;
  }
  int64_t Or0(const std::string& name) const { return Find(name).value_or(0); }

 private:
  std::string text_;
};

int64_t InBytes(int64_t kilobytes) {
  return std::min(kilobytes, std::numeric_limits<int64_t>::max() / 1024) * 1024;
}

struct System {
  MemoryRoom room;
  int64_t free_swap = 0;
};

// The cache of ZFS shrinks where memory is wanted, but counts as used.
int64_t ShrinkingCache(const std::string& root) {
  std::ifstream file(root + "/proc/spl/kstat/zfs/arcstats");
  int64_t size = 0;
  int64_t least = 0;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name;
    int64_t type = 0;
    int64_t value = 0;
    if (!(words >> name >> type >> value)) continue;
    if (name == "size") size = value;
    if (name == "c_min") least = value;
  }
  return std::max<int64_t>(0, size - least);
}

System ReadSystem(const std::string& root) {
  const NamedNumbers numbers(root + "/proc/meminfo");
  const std::optional<int64_t> available = numbers.Find("MemAvailable:");
  System system;
  if (!available) return system;
  system.free_swap = InBytes(numbers.Or0("SwapFree:"));
  system.room = {true, false, InBytes(*available) + system.free_swap + ShrinkingCache(root),
                 InBytes(numbers.Or0("MemTotal:")) + InBytes(numbers.Or0("SwapTotal:"))};
  return system;
}

// What the group has left before memory of others in it is moved to the disk or the process ended.
std::optional<MemoryRoom> RoomOfGroup(const std::string& limit_file, const std::string& usage_file,
                                      int64_t cached, int64_t swap) {
  const std::optional<int64_t> limit = ReadNumber(limit_file);
  const std::optional<int64_t> usage = ReadNumber(usage_file);
  if (!limit || !usage || *limit >= kNoLimit) return std::nullopt;
  const int64_t used = std::max<int64_t>(0, *usage - cached);
  return MemoryRoom{true, true, std::max<int64_t>(0, *limit - used) + swap, *limit + swap};
}

std::optional<MemoryRoom> RoomOfVersion2(const std::string& group, int64_t free_swap) {
  const NamedNumbers numbers(group + "/memory.stat");
  const int64_t cached =
      numbers.Or0("file ") - numbers.Or0("shmem ") + numbers.Or0("slab_reclaimable ");
  int64_t swap = free_swap;
  if (const auto most = ReadNumber(group + "/memory.swap.max")) {
    const int64_t used = ReadNumber(group + "/memory.swap.current").value_or(0);
    swap = std::min(swap, std::max<int64_t>(0, *most - used));
  }
  return RoomOfGroup(group + "/memory.max", group + "/memory.current", cached, swap);
}

std::optional<MemoryRoom> RoomOfVersion1(const std::string& group, int64_t free_swap) {
  const NamedNumbers numbers(group + "/memory.stat");
  const int64_t cached = numbers.Or0("total_cache ") - numbers.Or0("total_shmem ");
  return RoomOfGroup(group + "/memory.limit_in_bytes", group + "/memory.usage_in_bytes", cached,
                     free_swap);
}

std::string Megabytes(uint64_t bytes) { return std::to_string(bytes / 1'000'000) + " MB"; }

}  // namespace

MemoryRoom ReadMemoryRoom(const std::string& root) {
  const System system = ReadSystem(root);
  MemoryRoom tightest = system.room;
  VisitControlGroups(root, "memory", [&](const std::string& group, ControlGroupVersion version) {
    const std::optional<MemoryRoom> room = version == ControlGroupVersion::kTwo
                                               ? RoomOfVersion2(group, system.free_swap)
                                               : RoomOfVersion1(group, system.free_swap);
    if (!room || (tightest.is_known && tightest.free_bytes <= room->free_bytes)) return;
    tightest = *room;
  });
  return tightest;
}

void RequireMemoryRoom(uint64_t bytes) {
#if defined(__linux__)
  // Reading what the system says takes about as long as it takes to fill so much.
  constexpr uint64_t kWithoutAsking = uint64_t{8} << 20;
  if (bytes > kWithoutAsking) RequireMemoryRoom(bytes, ReadMemoryRoom(""));
#else
  (void)bytes;
#endif
}

void RequireMemoryRoom(uint64_t bytes, const MemoryRoom& room) {
  if (!room.is_known || bytes <= static_cast<uint64_t>(room.free_bytes)) return;
  const std::string whole = Megabytes(static_cast<uint64_t>(room.limit_bytes));
  throw Error(ErrorKind::kMemory, "memory", Megabytes(bytes),
              Megabytes(static_cast<uint64_t>(room.free_bytes)) + " that are free of the " + whole +
                  (room.is_of_container ? " of the container" : " of the machine"),
              "Use smaller layers, a smaller batch or less data, or give the process more memory.");
}

}  // namespace layerwise
