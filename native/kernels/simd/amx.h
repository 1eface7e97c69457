// The vocabulary for AMX-BF16: eight registers, each a tile of sixteen rows of sixteen words, and
// the product of two tiles of bfloat16 numbers. Registers are named by literal numbers 0 to 7, and
// tiles lie in memory with a stride between their rows, here in words.
//
// Only for x86 with a compiler of the GNU kind, and only after HasAmxBf16() said yes.
#pragma once

#include <immintrin.h>

#include <cstdint>

#define LAYERWISE_AMX_TARGET "amx-tile,amx-bf16,avx512f"
#define LAYERWISE_AMX __attribute__((target(LAYERWISE_AMX_TARGET)))
#define LAYERWISE_AMX_INLINE __attribute__((target(LAYERWISE_AMX_TARGET), always_inline)) inline

namespace layerwise::amx {

inline constexpr int64_t kTileRows = 16;
inline constexpr int64_t kTileWords = 16;  // of a row
inline constexpr int64_t kWordBytes = 4;

// How the processor wants to be told what shape each register has.
struct alignas(64) Configuration {
  uint8_t palette = 1;
  uint8_t start_row = 0;
  uint8_t reserved[14] = {};
  uint16_t row_bytes[16] = {};
  uint8_t rows[16] = {};
};

inline constexpr Configuration kFullTiles = [] {
  Configuration full;
  for (int tile = 0; tile < 8; ++tile) {
    full.row_bytes[tile] = kTileWords * kWordBytes;
    full.rows[tile] = kTileRows;
  }
  return full;
}();

// The compiler does not know which memory tiles are loaded from: what was written before must be
// there.
LAYERWISE_AMX_INLINE void FinishWriting() { __asm__ volatile("" ::: "memory"); }

// The first `count` words of a row, up to sixteen, and zeros behind them.
LAYERWISE_AMX_INLINE void CopyWords(const uint32_t* from, int64_t count, uint32_t* to) {
  const auto mask = static_cast<__mmask16>((1U << count) - 1U);
  _mm512_store_si512(to, _mm512_maskz_loadu_epi32(mask, from));
}

LAYERWISE_AMX_INLINE void Fetch(const void* address) {
  _mm_prefetch(static_cast<const char*>(address), _MM_HINT_T0);
}

}  // namespace layerwise::amx

#define LAYERWISE_TILE_BYTES(stride) ((stride) * ::layerwise::amx::kWordBytes)
#define LAYERWISE_LOAD_TILE(tile, from, stride) \
  _tile_loadd(tile, from, LAYERWISE_TILE_BYTES(stride))
#define LAYERWISE_STORE_TILE(tile, to, stride) _tile_stored(tile, to, LAYERWISE_TILE_BYTES(stride))
