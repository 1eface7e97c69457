// The matrix product's micro-kernels, compiled once per instruction set.

#include "native/kernels/few_rows-inl.h"
#include "native/kernels/row_tiles-inl.h"

namespace layerwise::LAYERWISE_TARGET {

// How the rows of A that a tile multiplies lie in memory.
enum class Rows {
  kApart,       // each row on its own, contiguous along the depth
  kContiguous,  // side by side, at every depth a stride further
  kFetching,    // the same, with what is needed next fetched meanwhile
  kPacked,      // side by side, and one depth right after the other (PackTiles)
};

template <int kRows, int kVectors, Rows kLayout>
LAYERWISE_INLINE void MultiplyTile(const GemmPanel& g, int64_t first_row) {
  constexpr bool kApart = kLayout == Rows::kApart;
  constexpr bool kPacked = kLayout == Rows::kPacked;
  const int64_t row_stride = kApart ? g.a_row_stride : kPacked ? PackedRowStride(g.depth) : 1;
  const int64_t depth_stride = kApart ? 1 : kPacked ? kRows : g.a_depth_stride;
  ColumnOfRows<float, kApart ? kRows : 1> strided(g.a + first_row * row_stride, row_stride,
                                                  depth_stride);
  const float* LAYERWISE_RESTRICT a = g.a + first_row * row_stride;
  const float* LAYERWISE_RESTRICT b = g.b;

  Vec sum[kRows][kVectors];
  LAYERWISE_UNROLL
  for (int j = 0; j < kVectors; ++j) {
    const Vec start = g.start == nullptr ? Zero() : Load(g.start + j * kLanes);
    LAYERWISE_UNROLL
    for (int i = 0; i < kRows; ++i) sum[i][j] = start;
  }
  constexpr int kWidth = kVectors * kLanes;
  UpcomingStreams<kRows, kWidth> upcoming(g, first_row);
  UpcomingLines<kRows, kWidth> upcoming_lines(g, first_row);
  constexpr bool kFetchesAtOnce = kLayout == Rows::kFetching && kRows * kWidth <= kNumbersAtOnce;
  if constexpr (kFetchesAtOnce) FetchUpcoming<kRows, kWidth>(g, first_row);
  for (int64_t k = 0; k < g.depth; ++k) {
    Vec column[kVectors];
    LAYERWISE_UNROLL
    for (int j = 0; j < kVectors; ++j) {
      column[j] = Load(b + j * kLanes);
      if constexpr (kApart && kPrefetchingPays) {
        Prefetch(b + kPrefetchDepth * g.b_stride + j * kLanes);
      }
    }
    if constexpr (kLayout == Rows::kFetching && !kFetchesAtOnce) upcoming.Step();
    if constexpr (kPacked) upcoming_lines.Step();
    LAYERWISE_UNROLL
    for (int i = 0; i < kRows; ++i) {
      const Vec element = Set(kApart ? strided.Row(i) : a[i]);
      LAYERWISE_UNROLL
      for (int j = 0; j < kVectors; ++j) sum[i][j] = MulAdd(element, column[j], sum[i][j]);
    }
    if constexpr (kApart) {
      strided.Step();
    } else {
      a += depth_stride;
    }
    b += g.b_stride;
  }

  float* c = g.c + first_row * g.c_stride;
  const int last_lanes = g.last_lanes == 0 ? kLanes : g.last_lanes;
  LAYERWISE_UNROLL
  for (int i = 0; i < kRows; ++i) {
    LAYERWISE_UNROLL
    for (int j = 0; j < kVectors; ++j) {
      if (j + 1 < kVectors || last_lanes == kLanes) {
        Store(sum[i][j], c + i * g.c_stride + j * kLanes);
      } else {
        StoreN(sum[i][j], c + i * g.c_stride + j * kLanes, last_lanes);
      }
    }
  }
}

template <int kRows, int kVectors>
struct RowsApart {
  LAYERWISE_INLINE_MEMBER static void Run(const GemmPanel& g, int64_t first_row) {
    MultiplyTile<kRows, kVectors, Rows::kApart>(g, first_row);
  }
};
template <int kRows, int kVectors>
struct RowsContiguous {
  LAYERWISE_INLINE_MEMBER static void Run(const GemmPanel& g, int64_t first_row) {
    MultiplyTile<kRows, kVectors, Rows::kContiguous>(g, first_row);
  }
};
template <int kRows, int kVectors>
struct RowsFetching {
  LAYERWISE_INLINE_MEMBER static void Run(const GemmPanel& g, int64_t first_row) {
    MultiplyTile<kRows, kVectors, Rows::kFetching>(g, first_row);
  }
};
template <int kRows, int kVectors>
struct RowsPacked {
  LAYERWISE_INLINE_MEMBER static void Run(const GemmPanel& g, int64_t first_row) {
    MultiplyTile<kRows, kVectors, Rows::kPacked>(g, first_row);
  }
};

template <int kVectors>
void MultiplyPanel(const GemmPanel& g) {
  if (g.a_depth_stride == 1) {
    ForRowTiles<RowsApart, kVectors>(g);
  } else if (g.upcoming[0] == nullptr) {
    ForRowTiles<RowsContiguous, kVectors>(g);
  } else {
    ForRowTiles<RowsFetching, kVectors>(g);
  }
}

// ---- Packing ----

// Tiles are cut for panels of two vectors, whatever the panel.
inline constexpr int kPackedRows = kMaxRows[1];

// Whole vectors: what is written too much lies in the next depth or in the room behind the tile.
static void PackTile(const float* from, int64_t depth_stride, int64_t rows, int64_t depth,
                     float* to) {
  for (int64_t k = 0; k < depth; ++k) {
    for (int64_t i = 0; i < rows; i += kLanes) Store(Load(from + i), to + i);
    from += depth_stride;
    to += rows;
  }
}

// Like PackPanel left out of the table where packing never pays.
[[maybe_unused]] static void PackTiles(const float* a, int64_t depth_stride, int64_t rows,
                                       int64_t depth, float* to) {
  ForEachTileHeight<kPackedRows>(rows, [&](int64_t first_row, int64_t height, int64_t tiles) {
    for (int64_t tile = 0; tile < tiles; ++tile) {
      const int64_t row = first_row + tile * height;
      PackTile(a + row, depth_stride, height, depth, to + row * PackedRowStride(depth));
    }
  });
}

template <int kVectors>
void CopyPanel(const float* from, int64_t depth_stride, int64_t depth, float* to) {
  for (int64_t k = 0; k < depth; ++k) {
    LAYERWISE_UNROLL
    for (int j = 0; j < kVectors; ++j) Store(Load(from + j * kLanes), to + j * kLanes);
    from += depth_stride;
    to += kVectors * kLanes;
  }
}

[[maybe_unused]] static void PackPanel(const float* b, int64_t depth_stride, int vectors,
                                       int64_t depth, float* to) {
  if (vectors == 1) {
    CopyPanel<1>(b, depth_stride, depth, to);
  } else if (vectors == 2) {
    CopyPanel<2>(b, depth_stride, depth, to);
  } else {
    CopyPanel<3>(b, depth_stride, depth, to);
  }
}

template <int kVectors>
void MultiplyPackedPanel(const GemmPanel& g) {
  if constexpr (kVectors < 3) {
    ForRowTiles<RowsPacked, kVectors, kPackedRows>(g);
  } else {
    // Three vectors of so many rows would not fit the registers.
    GemmPanel last = g;
    MultiplyPackedPanel<2>(g);
    last.b += 2 * kLanes;
    last.c += 2 * kLanes;
    if (g.start != nullptr) last.start += 2 * kLanes;
    MultiplyPackedPanel<1>(last);
  }
}

// ---- Few rows ----

struct SinglePrecision {
  using Problem = GemmPanel;
  using Number = float;
  using Column = Vec;
  LAYERWISE_INLINE_MEMBER static Vec SetNumber(float number) { return Set(number); }
  LAYERWISE_INLINE_MEMBER static Vec LoadColumn(const float* from) { return Load(from); }
  LAYERWISE_INLINE_MEMBER static Vec AddProduct(Vec a, Vec b, Vec sum) { return MulAdd(a, b, sum); }
};

static void FewRows(const GemmPanel& first, int64_t panels) {
  MultiplyFewRows<SinglePrecision>(first, panels);
}

static void TransposeTile(const float* from, int64_t from_stride, int rows, int columns, float* to,
                          int64_t to_stride) {
  Vec tile[kLanes];
  for (int i = 0; i < kLanes; ++i) tile[i] = i < rows ? Load(from + i * from_stride) : Zero();
  Transpose(tile);
  if (columns == kLanes) {
    LAYERWISE_UNROLL
    for (int j = 0; j < kLanes; ++j) Store(tile[j], to + j * to_stride);
  } else {
    for (int j = 0; j < columns; ++j) Store(tile[j], to + j * to_stride);
  }
}

// A single sum would wait for itself at every row.
static void ColumnSums(const float* a, int64_t stride, int64_t rows, int vectors, float* out) {
  constexpr int kSums = 4;
  for (int j = 0; j < vectors; ++j) {
    const float* at = a + j * kLanes;
    Vec sum[kSums] = {Zero(), Zero(), Zero(), Zero()};
    int64_t left = rows;
    for (; left >= kSums; left -= kSums) {
      LAYERWISE_UNROLL
      for (int s = 0; s < kSums; ++s) sum[s] = Add(sum[s], Load(at + s * stride));
      at += kSums * stride;
    }
    for (; left > 0; --left, at += stride) sum[0] = Add(sum[0], Load(at));
    Store(Add(Add(sum[0], sum[1]), Add(sum[2], sum[3])), out + j * kLanes);
  }
}

static const GemmKernels& GemmTable() {
  static constexpr GemmKernels kTable = [] {
    GemmKernels table{kLanes,
                      {&MultiplyPanel<1>, &MultiplyPanel<2>, &MultiplyPanel<3>},
                      &FewRows,
                      &TransposeTile,
                      &ColumnSums};
    if constexpr (kPackingPaysFrom != INT64_MAX) {
      table.packing_pays_from = kPackingPaysFrom;
      table.pack_tiles = &PackTiles;
      table.pack_panel = &PackPanel;
      table.packed_panel[0] = &MultiplyPackedPanel<1>;
      table.packed_panel[1] = &MultiplyPackedPanel<2>;
      table.packed_panel[2] = &MultiplyPackedPanel<3>;
    }
    return table;
  }();
  return kTable;
}

}  // namespace layerwise::LAYERWISE_TARGET
