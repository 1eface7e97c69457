// The matrix product's micro-kernels, compiled once per instruction set.

#include "native/kernels/row_tiles-inl.h"

namespace layerwise::LAYERWISE_TARGET {

enum class Contiguous { kDepth, kRows };

template <int kRows, int kVectors, Contiguous kContiguous>
void MultiplyTile(const GemmPanel& g, int64_t first_row) {
  constexpr bool kRowsContiguous = kContiguous == Contiguous::kRows;
  const int64_t row_stride = kRowsContiguous ? 1 : g.a_row_stride;
  const int64_t depth_stride = kRowsContiguous ? g.a_depth_stride : 1;
  ColumnOfRows<float, kRowsContiguous ? 1 : kRows> strided(g.a + first_row * row_stride, row_stride,
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
  UpcomingStreams<kRows, kVectors * kLanes> upcoming(g, first_row);
  for (int64_t k = 0; k < g.depth; ++k) {
    Vec column[kVectors];
    LAYERWISE_UNROLL
    for (int j = 0; j < kVectors; ++j) {
      column[j] = Load(b + j * kLanes);
      if constexpr (!kRowsContiguous) Prefetch(b + kPrefetchDepth * g.b_stride + j * kLanes);
    }
    if constexpr (kRowsContiguous) upcoming.Step();
    LAYERWISE_UNROLL
    for (int i = 0; i < kRows; ++i) {
      const Vec element = Set(kRowsContiguous ? a[i] : strided.Row(i));
      LAYERWISE_UNROLL
      for (int j = 0; j < kVectors; ++j) sum[i][j] = MulAdd(element, column[j], sum[i][j]);
    }
    if constexpr (kRowsContiguous) {
      a += depth_stride;
    } else {
      strided.Step();
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
struct DepthContiguousKernel {
  static void Run(const GemmPanel& g, int64_t first_row) {
    MultiplyTile<kRows, kVectors, Contiguous::kDepth>(g, first_row);
  }
};
template <int kRows, int kVectors>
struct RowsContiguousKernel {
  static void Run(const GemmPanel& g, int64_t first_row) {
    MultiplyTile<kRows, kVectors, Contiguous::kRows>(g, first_row);
  }
};

template <int kVectors>
void MultiplyPanel(const GemmPanel& g) {
  if (g.a_depth_stride == 1) {
    ForRowTiles<DepthContiguousKernel, kVectors>(g);
  } else {
    ForRowTiles<RowsContiguousKernel, kVectors>(g);
  }
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

static void ColumnSums(const float* a, int64_t stride, int64_t rows, int vectors, float* out) {
  for (int j = 0; j < vectors; ++j) {
    Vec sum = Zero();
    for (int64_t i = 0; i < rows; ++i) sum = Add(sum, Load(a + i * stride + j * kLanes));
    Store(sum, out + j * kLanes);
  }
}

static const GemmKernels& GemmTable() {
  static constexpr GemmKernels kTable{kLanes,
                                      {&MultiplyPanel<1>, &MultiplyPanel<2>, &MultiplyPanel<3>},
                                      &TransposeTile,
                                      &ColumnSums};
  return kTable;
}

}  // namespace layerwise::LAYERWISE_TARGET
