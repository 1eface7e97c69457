#include "native/kernels/bf16_amx.h"

#if LAYERWISE_HAS_AMX

#include <algorithm>

#include "native/kernels/simd/amx.h"

// Registers 0 to 3 hold C: rows 0 to 15 of columns 0 to 15 and 16 to 31, then rows 16 to 31; 4 and
// 5 hold the rows of A, 6 and 7 the columns of B.

namespace layerwise::amx {
namespace {

constexpr int64_t kBytesFetched = 64;  // by one prefetch

// What is left of B where its depth is no multiple of a tile's: filled up with zeros.
template <int kVectors>
struct RestOfDepth {
  int64_t words = 0;
  alignas(64) uint32_t b[kTileRows * kVectors * kTileWords];

  LAYERWISE_AMX explicit RestOfDepth(const Bf16Panel& g) : words(g.depth % kTileWords) {
    if (words == 0) return;
    const uint32_t* from = g.b + (g.depth - words) * g.b_stride;
    for (int64_t k = 0; k < kTileRows; ++k) {
      for (int64_t j = 0; j < kVectors; ++j) {
        // Nothing behind the last row may be read.
        const int64_t count = k < words ? kTileWords : 0;
        const uint32_t* row = k < words ? from + k * g.b_stride + j * kTileWords : from;
        CopyWords(row, count, b + (k * kVectors + j) * kTileWords);
      }
    }
  }
};

// Fetches memory that is needed right afterwards, at an even pace.
class UpcomingTile {
 public:
  LAYERWISE_AMX_INLINE UpcomingTile(const Bf16Panel& g, int64_t first, int64_t count)
      : bytes_(StepBytes(count * static_cast<int64_t>(sizeof(float)), g.depth)) {
    for (int stream = 0; stream < kMaxUpcoming; ++stream) {
      const float* from = g.upcoming[stream];
      at_[stream] = from == nullptr ? nullptr : reinterpret_cast<const char*>(from + first);
    }
  }

  LAYERWISE_AMX_INLINE void Step() {
    for (const char*& at : at_) {
      if (at == nullptr) continue;
      for (int64_t byte = 0; byte < bytes_; byte += kBytesFetched) Fetch(at + byte);
      at += bytes_;
    }
  }

 private:
  LAYERWISE_AMX_INLINE static int64_t StepBytes(int64_t bytes, int64_t depth) {
    const int64_t steps = std::max<int64_t>(1, depth / kTileWords);
    const int64_t share = (bytes + steps - 1) / steps;
    return (share + kBytesFetched - 1) / kBytesFetched * kBytesFetched;
  }

  const char* at_[kMaxUpcoming];
  int64_t bytes_;
};

template <int kRowTiles, int kVectors>
LAYERWISE_AMX_INLINE void StartSums(const float* start) {
  if (start == nullptr) {
    _tile_zero(0);
    if constexpr (kVectors == 2) _tile_zero(1);
    if constexpr (kRowTiles == 2) _tile_zero(2);
    if constexpr (kRowTiles == 2 && kVectors == 2) _tile_zero(3);
    return;
  }
  // The same row sixteen times.
  LAYERWISE_LOAD_TILE(0, start, 0);
  if constexpr (kVectors == 2) LAYERWISE_LOAD_TILE(1, start + kTileWords, 0);
  if constexpr (kRowTiles == 2) LAYERWISE_LOAD_TILE(2, start, 0);
  if constexpr (kRowTiles == 2 && kVectors == 2) LAYERWISE_LOAD_TILE(3, start + kTileWords, 0);
}

// Sixteen words of the depth.
template <int kRowTiles, int kVectors>
LAYERWISE_AMX_INLINE void AddProducts(const uint32_t* a, int64_t a_stride, const uint32_t* b,
                                      int64_t b_stride) {
  LAYERWISE_LOAD_TILE(4, a, a_stride);
  LAYERWISE_LOAD_TILE(6, b, b_stride);
  _tile_dpbf16ps(0, 4, 6);
  if constexpr (kVectors == 2) {
    LAYERWISE_LOAD_TILE(7, b + kTileWords, b_stride);
    _tile_dpbf16ps(1, 4, 7);
  }
  if constexpr (kRowTiles == 2) {
    LAYERWISE_LOAD_TILE(5, a + kTileRows * a_stride, a_stride);
    _tile_dpbf16ps(2, 5, 6);
    if constexpr (kVectors == 2) _tile_dpbf16ps(3, 5, 7);
  }
}

template <int kRowTiles, int kVectors>
LAYERWISE_AMX_INLINE void StoreSums(float* c, int64_t c_stride) {
  LAYERWISE_STORE_TILE(0, c, c_stride);
  if constexpr (kVectors == 2) LAYERWISE_STORE_TILE(1, c + kTileWords, c_stride);
  float* below = c + kTileRows * c_stride;
  if constexpr (kRowTiles == 2) LAYERWISE_STORE_TILE(2, below, c_stride);
  if constexpr (kRowTiles == 2 && kVectors == 2) {
    LAYERWISE_STORE_TILE(3, below + kTileWords, c_stride);
  }
}

// The first words of some rows of A, filled up with zeros, one row right after the other.
LAYERWISE_AMX_INLINE void CopyRows(const uint32_t* from, int64_t stride, int64_t rows,
                                   int64_t words, uint32_t* to) {
  for (int64_t i = 0; i < rows; ++i) CopyWords(from + i * stride, words, to + i * kTileWords);
  FinishWriting();
}

// Whole tiles of rows.
template <int kRowTiles, int kVectors>
LAYERWISE_AMX void MultiplyRows(const Bf16Panel& g, const RestOfDepth<kVectors>& rest,
                                int64_t first_row) {
  constexpr int64_t kRows = kRowTiles * kTileRows;
  constexpr int64_t kWidth = kVectors * kTileWords;
  const uint32_t* a = g.a + first_row * g.a_row_stride;
  const uint32_t* b = g.b;
  UpcomingTile upcoming(g, first_row * kWidth, kRows * kWidth);
  StartSums<kRowTiles, kVectors>(g.start);
  for (int64_t k = kTileWords; k <= g.depth; k += kTileWords) {
    upcoming.Step();
    AddProducts<kRowTiles, kVectors>(a, g.a_row_stride, b, g.b_stride);
    a += kTileWords;
    b += kTileRows * g.b_stride;
  }
  if (rest.words > 0) {
    alignas(64) uint32_t last[kRows * kTileWords];
    CopyRows(a, g.a_row_stride, kRows, rest.words, last);
    AddProducts<kRowTiles, kVectors>(last, kTileWords, rest.b, kWidth);
  }
  StoreSums<kRowTiles, kVectors>(g.c + first_row * g.c_stride, g.c_stride);
}

// Fewer rows than a tile has: as many, the missing ones being zeros.
template <int kVectors>
LAYERWISE_AMX void MultiplyFewRows(const Bf16Panel& g, const RestOfDepth<kVectors>& rest) {
  constexpr int64_t kWidth = kVectors * kTileWords;
  alignas(64) uint32_t rows[kTileRows * kTileWords] = {};
  StartSums<1, kVectors>(g.start);
  int64_t k = 0;
  for (; k + kTileWords <= g.depth; k += kTileWords) {
    CopyRows(g.a + k, g.a_row_stride, g.rows, kTileWords, rows);
    AddProducts<1, kVectors>(rows, kTileWords, g.b + k * g.b_stride, g.b_stride);
  }
  if (rest.words > 0) {
    CopyRows(g.a + k, g.a_row_stride, g.rows, rest.words, rows);
    AddProducts<1, kVectors>(rows, kTileWords, rest.b, kWidth);
  }
  alignas(64) float sums[kTileRows * kWidth];
  StoreSums<1, kVectors>(sums, kWidth);
  FinishWriting();
  for (int64_t i = 0; i < g.rows; ++i) {
    std::copy_n(sums + i * kWidth, kWidth, g.c + i * g.c_stride);
  }
}

// Rows that no tile of their own is left for are computed together with some before them once more:
// the same bits, and no tile is partly filled.
template <int kVectors>
LAYERWISE_AMX void MultiplyPanel(const Bf16Panel& g) {
  constexpr int64_t kPair = 2 * kTileRows;
  if (g.rows == 0) return;
  _tile_loadconfig(&kFullTiles);
  const RestOfDepth<kVectors> rest(g);
  FinishWriting();
  int64_t row = 0;
  for (; row + kPair <= g.rows; row += kPair) MultiplyRows<2, kVectors>(g, rest, row);
  const int64_t left = g.rows - row;
  if (g.rows < kTileRows) {
    MultiplyFewRows<kVectors>(g, rest);
  } else if (left > kTileRows && row > 0) {
    MultiplyRows<2, kVectors>(g, rest, g.rows - kPair);
  } else {
    if (left > kTileRows) MultiplyRows<1, kVectors>(g, rest, row);
    if (left > 0) MultiplyRows<1, kVectors>(g, rest, g.rows - kTileRows);
  }
  _tile_release();
}

}  // namespace

void MultiplyPanel1(const Bf16Panel& g) { MultiplyPanel<1>(g); }
void MultiplyPanel2(const Bf16Panel& g) { MultiplyPanel<2>(g); }

void MultiplyPanel3(const Bf16Panel& g) {
  MultiplyPanel<2>(g);
  Bf16Panel last = g;
  last.b += 2 * kTileWords;
  last.c += 2 * kTileWords;
  if (g.start != nullptr) last.start += 2 * kTileWords;
  MultiplyPanel<1>(last);
}

}  // namespace layerwise::amx

#endif
