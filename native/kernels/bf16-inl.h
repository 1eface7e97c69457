// Products of pairs of bfloat16 numbers, compiled once per instruction set.

#include "native/kernels/few_rows-inl.h"
#include "native/kernels/row_tiles-inl.h"

namespace layerwise::LAYERWISE_TARGET {

template <int kRows, int kVectors, bool kRowsContiguous>
struct Bf16MicroKernel {
  LAYERWISE_INLINE_MEMBER static void Run(const Bf16Panel& g, int64_t first_row) {
    const int64_t row_stride = kRowsContiguous ? 1 : g.a_row_stride;
    const int64_t depth_stride = kRowsContiguous ? g.a_depth_stride : 1;
    const uint32_t* LAYERWISE_RESTRICT a = g.a + first_row * row_stride;
    const uint32_t* LAYERWISE_RESTRICT b = g.b;

    Vec sum[kRows][kVectors];
    LAYERWISE_UNROLL
    for (int j = 0; j < kVectors; ++j) {
      const Vec start = g.start == nullptr ? Zero() : Load(g.start + j * kLanes);
      LAYERWISE_UNROLL
      for (int i = 0; i < kRows; ++i) sum[i][j] = start;
    }
    UpcomingStreams<kRows, kVectors * kLanes> upcoming(g, first_row);
    for (int64_t k = 0; k < g.depth; ++k) {
      WordVec column[kVectors];
      LAYERWISE_UNROLL
      for (int j = 0; j < kVectors; ++j) {
        column[j] = LoadWords(b + j * kLanes);
        if constexpr (!kRowsContiguous) Prefetch(b + kPrefetchDepth * g.b_stride + j * kLanes);
      }
      if constexpr (kRowsContiguous) upcoming.Step();
      LAYERWISE_UNROLL
      for (int i = 0; i < kRows; ++i) {
        const WordVec element = SetWord(a[i * row_stride]);
        LAYERWISE_UNROLL
        for (int j = 0; j < kVectors; ++j) sum[i][j] = DotAdd(element, column[j], sum[i][j]);
      }
      a += depth_stride;
      b += g.b_stride;
    }
    float* c = g.c + first_row * g.c_stride;
    LAYERWISE_UNROLL
    for (int i = 0; i < kRows; ++i) {
      LAYERWISE_UNROLL
      for (int j = 0; j < kVectors; ++j) Store(sum[i][j], c + i * g.c_stride + j * kLanes);
    }
  }
};

template <int kRows, int kVectors>
using Bf16DepthContiguous = Bf16MicroKernel<kRows, kVectors, false>;
template <int kRows, int kVectors>
using Bf16RowsContiguous = Bf16MicroKernel<kRows, kVectors, true>;

template <int kVectors>
void Bf16PanelRows(const Bf16Panel& g) {
  if (g.a_depth_stride == 1) {
    ForRowTiles<Bf16DepthContiguous, kVectors>(g);
  } else {
    ForRowTiles<Bf16RowsContiguous, kVectors>(g);
  }
}

struct PairedHalves {
  using Problem = Bf16Panel;
  using Number = uint32_t;
  using Column = WordVec;
  LAYERWISE_INLINE_MEMBER static WordVec SetNumber(uint32_t pair) { return SetWord(pair); }
  LAYERWISE_INLINE_MEMBER static WordVec LoadColumn(const uint32_t* from) {
    return LoadWords(from);
  }
  LAYERWISE_INLINE_MEMBER static Vec AddProduct(WordVec a, WordVec b, Vec sum) {
    return DotAdd(a, b, sum);
  }
};

static void Bf16FewRows(const Bf16Panel& first, int64_t panels) {
  MultiplyFewRows<PairedHalves>(first, panels);
}

static void PairColumns(const float* from, int64_t from_stride, int64_t rows, int64_t columns,
                        uint32_t* to, int64_t to_stride) {
  for (int64_t i = 0; i < rows; ++i) {
    const float* row = from + i * from_stride;
    uint32_t* words = to + i * to_stride;
    int64_t j = 0;
    for (; j + 2 * kLanes <= columns; j += 2 * kLanes) {
      StoreWords(JoinNeighbours(Load(row + j), Load(row + j + kLanes)), words + j / 2);
    }
    if (j == columns) continue;
    // The words of one last vector, without touching those behind them.
    uint32_t last[kLanes];
    StoreWords(JoinNeighbours(Load(row + j), Zero()), last);
    for (int lane = 0; lane < kLanes / 2; ++lane) words[j / 2 + lane] = last[lane];
  }
}

static void PairRows(const float* from, int64_t from_stride, int64_t rows, int64_t columns,
                     uint32_t* to, int64_t to_stride) {
  for (int64_t i = 0; i < rows; i += 2) {
    const float* first = from + i * from_stride;
    const float* second = first + from_stride;
    uint32_t* words = to + i / 2 * to_stride;
    for (int64_t j = 0; j < columns; j += kLanes) {
      const Vec high = i + 1 < rows ? Load(second + j) : Zero();
      StoreWords(JoinHalves(Load(first + j), high), words + j);
    }
  }
}

static const Bf16Kernels& Bf16Table() {
  static constexpr Bf16Kernels kTable{LAYERWISE_HAS_BF16 != 0 ? "AVX512-BF16" : "single precision",
                                      kLanes,
                                      LAYERWISE_HAS_BF16 != 0,
                                      {&Bf16PanelRows<1>, &Bf16PanelRows<2>, &Bf16PanelRows<3>},
                                      &Bf16FewRows,
                                      false,
                                      &PairColumns,
                                      &PairRows};
  return kTable;
}

}  // namespace layerwise::LAYERWISE_TARGET
