#include "native/data/csv_marks.h"

#include <bit>
#include <cstring>

#if defined(__SSE2__) || defined(_M_X64)
#include <emmintrin.h>
#define LAYERWISE_MARKS_SSE2 1
#endif

namespace layerwise {
namespace {

constexpr size_t kBlock = 64;

#ifdef LAYERWISE_MARKS_SSE2
// A bit for each of 64 characters.
uint64_t MarksOfBlock(const uint8_t* text, uint8_t delimiter) {
  const __m128i delimiters = _mm_set1_epi8(static_cast<char>(delimiter));
  const __m128i line_feeds = _mm_set1_epi8('\n');
  const __m128i quotes = _mm_set1_epi8('"');
  uint64_t marks = 0;
  for (size_t at = 0; at < kBlock; at += 16) {
    const __m128i characters = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + at));
    const __m128i found = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(characters, delimiters),
                                                    _mm_cmpeq_epi8(characters, line_feeds)),
                                       _mm_cmpeq_epi8(characters, quotes));
    marks |= uint64_t{static_cast<uint32_t>(_mm_movemask_epi8(found))} << at;
  }
  return marks;
}
#else
// Compilers make vectors of the comparisons.
uint64_t MarksOfBlock(const uint8_t* text, uint8_t delimiter) {
  uint8_t found[kBlock];
  for (size_t at = 0; at < kBlock; ++at) {
    found[at] =
        static_cast<uint8_t>((text[at] == delimiter) | (text[at] == '\n') | (text[at] == '"'));
  }
  uint64_t marks = 0;
  for (size_t at = 0; at < kBlock; ++at) marks |= uint64_t{found[at]} << at;
  return marks;
}
#endif

}  // namespace

std::span<const uint32_t> FindMarks(std::span<const uint8_t> text, uint8_t delimiter,
                                    std::vector<uint32_t>* memory) {
  if (memory->size() < text.size() + kBlock) memory->resize(text.size() + kBlock);
  uint32_t* next = memory->data();
  const auto take = [&](uint64_t found, size_t start) {
    for (; found != 0; found &= found - 1) {
      *next++ = static_cast<uint32_t>(start + static_cast<size_t>(std::countr_zero(found)));
    }
  };
  size_t at = 0;
  for (; at + kBlock <= text.size(); at += kBlock) {
    take(MarksOfBlock(text.data() + at, delimiter), at);
  }
  if (at < text.size()) {
    uint8_t last[kBlock] = {};
    std::memcpy(last, text.data() + at, text.size() - at);
    take(MarksOfBlock(last, delimiter), at);
  }
  return {memory->data(), next};
}

}  // namespace layerwise
