// How much memory there is room for. Linux promises memory that is not there, and ends the process
// that comes to use it; other systems refuse it, or move memory to the disk.
#pragma once

#include <cstdint>
#include <string>

namespace layerwise {

// What bounds the memory of this process the most. Memory that only caches files counts as free.
struct MemoryRoom {
  bool is_known = false;  // not outside Linux
  bool is_of_container = false;
  int64_t free_bytes = 0;   // what could still be had
  int64_t limit_bytes = 0;  // the whole of the container, or of the machine
};

// Reads below `root` as control_groups.h does, and {root}/proc/meminfo.
MemoryRoom ReadMemoryRoom(const std::string& root);

// Throws an Error of kind kMemory where so many bytes cannot be had. What is too small to matter is
// not looked at.
void RequireMemoryRoom(uint64_t bytes);
// The same with the room given.
void RequireMemoryRoom(uint64_t bytes, const MemoryRoom& room);

}  // namespace layerwise
