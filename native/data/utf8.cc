#include "native/data/utf8.h"

#include <cstring>

namespace layerwise {
namespace {

struct Character {
  size_t length = 0;      // 0: no character begins with this byte
  uint8_t lowest = 0x80;  // of the second byte
  uint8_t highest = 0xbf;
};

Character CharacterOf(uint8_t first) {
  if (first < 0x80) return {1};
  if (first < 0xc2) return {};
  if (first < 0xe0) return {2};
  if (first == 0xe0) return {3, 0xa0};
  if (first == 0xed) return {3, 0x80, 0x9f};
  if (first < 0xf0) return {3};
  if (first == 0xf0) return {4, 0x90};
  if (first < 0xf4) return {4};
  if (first == 0xf4) return {4, 0x80, 0x8f};
  return {};
}

size_t SkipAscii(std::span<const uint8_t> bytes, size_t at) {
  constexpr uint64_t kHighBits = 0x8080808080808080;
  for (; at + 32 <= bytes.size(); at += 32) {
    uint64_t words[4];
    std::memcpy(words, bytes.data() + at, sizeof words);
    if (((words[0] | words[1] | words[2] | words[3]) & kHighBits) != 0) break;
  }
  while (at < bytes.size() && bytes[at] < 0x80) ++at;
  return at;
}

}  // namespace

Utf8Prefix ValidUtf8(std::span<const uint8_t> bytes) {
  size_t at = 0;
  for (;;) {
    at = SkipAscii(bytes, at);
    if (at == bytes.size()) return {at, false};
    const Character character = CharacterOf(bytes[at]);
    if (character.length == 0) return {at, false};
    for (size_t next = 1; next < character.length; ++next) {
      if (at + next == bytes.size()) return {at, true};
      const uint8_t byte = bytes[at + next];
      const uint8_t lowest = next == 1 ? character.lowest : 0x80;
      const uint8_t highest = next == 1 ? character.highest : 0xbf;
      if (byte < lowest || byte > highest) return {at, false};
    }
    at += character.length;
  }
}

}  // namespace layerwise
