// The matrix product's micro-kernels, compiled once per instruction set.

namespace layerwise::LAYERWISE_TARGET {

enum class Contiguous { kDepth, kRows };

// How far ahead of its use B is fetched, in depth steps.
inline constexpr int64_t kPrefetchDepth = 16;

// Walks through memory at an even pace, fetching it for whoever needs it next.
struct UpcomingStream {
  const char* at;
  int64_t bytes_per_step;

  UpcomingStream(const float* from, int64_t bytes, int64_t steps)
      : at(reinterpret_cast<const char*>(from)),
        bytes_per_step(steps == 0 ? 0 : (bytes + steps - 1) / steps) {}
  LAYERWISE_INLINE_MEMBER void Step() {
    Prefetch(at);
    at += bytes_per_step;
  }
};

template <int kRows, int kVectors, Contiguous kContiguous>
void MicroKernel(const GemmPanel& g, int64_t first_row) {
  constexpr bool kRowsContiguous = kContiguous == Contiguous::kRows;
  const int64_t row_stride = kRowsContiguous ? 1 : g.a_row_stride;
  const int64_t depth_stride = kRowsContiguous ? g.a_depth_stride : 1;
  const float* LAYERWISE_RESTRICT a = g.a + first_row * row_stride;
  const float* LAYERWISE_RESTRICT b = g.b;

  Vec sum[kRows][kVectors];
  LAYERWISE_UNROLL
  for (int j = 0; j < kVectors; ++j) {
    const Vec start = g.start == nullptr ? Zero() : Load(g.start + j * kLanes);
    LAYERWISE_UNROLL
    for (int i = 0; i < kRows; ++i) sum[i][j] = start;
  }
  constexpr int64_t kWidth = kVectors * kLanes;
  constexpr int64_t kTileBytes = kRows * kWidth * static_cast<int64_t>(sizeof(float));
  const auto upcoming = [&](int stream) {
    const float* from =
        g.upcoming[stream] == nullptr ? nullptr : g.upcoming[stream] + first_row * kWidth;
    return UpcomingStream(from, from == nullptr ? 0 : kTileBytes, g.depth);
  };
  UpcomingStream first = upcoming(0);
  UpcomingStream second = upcoming(1);
  UpcomingStream third = upcoming(2);
  for (int64_t k = 0; k < g.depth; ++k) {
    Vec column[kVectors];
    LAYERWISE_UNROLL
    for (int j = 0; j < kVectors; ++j) {
      column[j] = Load(b + j * kLanes);
      if constexpr (!kRowsContiguous) Prefetch(b + kPrefetchDepth * g.b_stride + j * kLanes);
    }
    if constexpr (kRowsContiguous) {
      first.Step();
      second.Step();
      third.Step();
    }
    LAYERWISE_UNROLL
    for (int i = 0; i < kRows; ++i) {
      const Vec element = Set(a[i * row_stride]);
      LAYERWISE_UNROLL
      for (int j = 0; j < kVectors; ++j) sum[i][j] = MulAdd(element, column[j], sum[i][j]);
    }
    a += depth_stride;
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

using MicroKernelFunction = void (*)(const GemmPanel&, int64_t);

// table[r] computes r + 1 rows.
template <int kVectors, Contiguous kContiguous, int kRows>
struct FillMicroKernels {
  static void Fill(MicroKernelFunction* table) {
    table[kRows - 1] = &MicroKernel<kRows, kVectors, kContiguous>;
    if constexpr (kRows > 1) FillMicroKernels<kVectors, kContiguous, kRows - 1>::Fill(table);
  }
};

template <int kVectors, Contiguous kContiguous>
struct MicroKernels {
  static constexpr int kMost = kMaxRows[kVectors - 1];
  MicroKernelFunction of_rows[kMost];
  MicroKernels() { FillMicroKernels<kVectors, kContiguous, kMost>::Fill(of_rows); }
};

// The rows are split evenly, so that no tile is left with a few slow ones: 128 = 8 x 13 + 2 x 12.
template <int kVectors, Contiguous kContiguous>
void PanelRows(const GemmPanel& g) {
  static const MicroKernels<kVectors, kContiguous> kernels;
  constexpr int64_t kMost = kMaxRows[kVectors - 1];
  const int64_t tiles = (g.rows + kMost - 1) / kMost;
  if (tiles == 0) return;
  const int64_t base = g.rows / tiles;
  const int64_t longer = g.rows % tiles;
  int64_t row = 0;
  for (int64_t tile = 0; tile < tiles; ++tile) {
    const int64_t rows = base + (tile < longer ? 1 : 0);
    kernels.of_rows[rows - 1](g, row);
    row += rows;
  }
}

template <int kVectors>
void Panel(const GemmPanel& g) {
  if (g.a_depth_stride == 1) {
    PanelRows<kVectors, Contiguous::kDepth>(g);
  } else {
    PanelRows<kVectors, Contiguous::kRows>(g);
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
  static constexpr GemmKernels kTable{
      kLanes, {&Panel<1>, &Panel<2>, &Panel<3>}, &TransposeTile, &ColumnSums};
  return kTable;
}

}  // namespace layerwise::LAYERWISE_TARGET
