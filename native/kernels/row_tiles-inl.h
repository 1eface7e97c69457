// Cutting the rows of a product into the tiles that the registers hold.
// No include guard: included once per instruction set, after the vocabulary.

namespace layerwise::LAYERWISE_TARGET {

// How far ahead of its use B is fetched, in depth steps.
inline constexpr int64_t kPrefetchDepth = 16;
// What one prefetch brings.
inline constexpr int64_t kFetchedBytes = 64;

// Walks through memory at an even pace, fetching it for whoever needs it next.
struct UpcomingStream {
  const char* at = nullptr;
  int64_t bytes_per_step = 0;

  UpcomingStream(const float* from, int64_t bytes, int64_t steps)
      : at(reinterpret_cast<const char*>(from)),
        bytes_per_step(steps == 0 ? 0 : Share(bytes, steps)) {}
  // Rounded up. Divisions of 64 bits take much longer, and a tile is short.
  static int64_t Share(int64_t bytes, int64_t steps) {
    return static_cast<uint32_t>(bytes + steps - 1) / static_cast<uint32_t>(steps);
  }
  LAYERWISE_INLINE_MEMBER void Step() {
    Prefetch(at);
    at += bytes_per_step;
  }
};

// The streams of a problem for the tile that begins at a row of C.
template <int kRows, int kWidth>
struct UpcomingStreams {
  UpcomingStream first;
  UpcomingStream second;
  UpcomingStream third;

  template <typename Problem>
  UpcomingStreams(const Problem& problem, int64_t first_row)
      : first(Of(problem, 0, first_row)),
        second(Of(problem, 1, first_row)),
        third(Of(problem, 2, first_row)) {}

  template <typename Problem>
  static UpcomingStream Of(const Problem& problem, int stream, int64_t first_row) {
    const float* from = problem.upcoming[stream];
    // An absent stream stands still at memory that is near anyway: fetching from a null address
    // would look up its page every time.
    if (from == nullptr) return {problem.c, 0, problem.depth};
    constexpr int64_t kBytes = kRows * kWidth * static_cast<int64_t>(sizeof(float));
    return {from + first_row * kWidth, kBytes, problem.depth};
  }
  LAYERWISE_INLINE_MEMBER void Step() {
    first.Step();
    second.Step();
    third.Step();
  }
};

// The same all at once: for tiles so small that a step would often fetch the same cache line again.
inline constexpr int kNumbersAtOnce = 6 * 16;
template <int kRows, int kWidth, typename Problem>
LAYERWISE_INLINE void FetchUpcoming(const Problem& problem, int64_t first_row) {
  constexpr int64_t kBytes = kRows * kWidth * static_cast<int64_t>(sizeof(float));
  for (const float* from : problem.upcoming) {
    if (from == nullptr) continue;
    const char* tile = reinterpret_cast<const char*>(from + first_row * kWidth);
    for (int64_t at = 0; at < kBytes; at += kFetchedBytes) Prefetch(tile + at);
  }
}

// The same, one cache line after every few steps, which is for large tiles whose other operands are
// near: a burst would fill the buffers that lines arrive in, and then every load waits for it.
template <int kRows, int kWidth>
class UpcomingLines {
 public:
  template <typename Problem>
  UpcomingLines(const Problem& problem, int64_t first_row) {
    for (const float* from : problem.upcoming) {
      if (from == nullptr) continue;
      streams_[count_++] = reinterpret_cast<const char*>(from + first_row * kWidth);
    }
    constexpr int kBytes = kRows * kWidth * static_cast<int>(sizeof(float));
    left_ = (kBytes + kFetchedBytes - 1) / kFetchedBytes * count_;
    if (left_ == 0) return;
    // Divisions of 64 bits take much longer.
    interval_ = static_cast<uint32_t>(problem.depth) / static_cast<uint32_t>(left_);
    steps_to_next_ = 1;
  }

  LAYERWISE_INLINE_MEMBER void Step() {
    if (--steps_to_next_ != 0) return;
    Prefetch(streams_[next_] + offset_);
    if (++next_ == count_) {
      next_ = 0;
      offset_ += kFetchedBytes;
    }
    if (--left_ > 0) steps_to_next_ = interval_ == 0 ? 1 : interval_;
  }

 private:
  const char* streams_[kMaxUpcoming];
  int count_ = 0;
  int next_ = 0;
  int64_t offset_ = 0;
  int64_t left_ = 0;
  int64_t interval_ = 1;
  int64_t steps_to_next_ = 0;  // below 1 when there is nothing to fetch any more
};

// The elements of a column of A, one from each row. Row pointers for every row would not fit the
// registers; a few, and the stride with the processor's own multiples of it (1, 2, 4, and 3
// beside), do.
template <typename T, int kRows>
class ColumnOfRows {
 public:
  ColumnOfRows(const T* first, int64_t row_stride, int64_t depth_stride)
      : row_bytes_(row_stride * static_cast<int64_t>(sizeof(T))),
        depth_bytes_(depth_stride * static_cast<int64_t>(sizeof(T))) {
    for (int group = 0; group < kGroups; ++group) {
      base_[group] = reinterpret_cast<const char*>(first) + group * kRowsInGroup * row_bytes_;
    }
  }

  LAYERWISE_INLINE_MEMBER T Row(int i) const {
    return *reinterpret_cast<const T*>(base_[i / kRowsInGroup] + i % kRowsInGroup * row_bytes_);
  }
  // On to the next column.
  LAYERWISE_INLINE_MEMBER void Step() {
    LAYERWISE_UNROLL
    for (int group = 0; group < kGroups; ++group) {
      base_[group] += depth_bytes_;
      LAYERWISE_KEEP_IN_REGISTER(base_[group]);
    }
  }

 private:
  static constexpr int kRowsInGroup = 5;
  static constexpr int kGroups = (kRows + kRowsInGroup - 1) / kRowsInGroup;
  const char* base_[kGroups];
  int64_t row_bytes_;
  int64_t depth_bytes_;
};

// Some tiles of as many rows each, one below the other. The copy tells the compiler that storing a
// tile does not change the problem.
template <typename Kernel, int kRows, typename Problem>
void RunTiles(const Problem& problem, int64_t first_row, int64_t tiles) {
  const Problem own = problem;
  for (int64_t tile = 0; tile < tiles; ++tile) Kernel::Run(own, first_row + tile * kRows);
}

template <typename Problem>
using TileFunction = void (*)(const Problem&, int64_t first_row, int64_t tiles);

// of_rows[r] computes tiles of r + 1 rows.
template <template <int, int> class Kernel, int kVectors, int kMost, typename Problem>
struct TileTable {
  TileFunction<Problem> of_rows[kMost];

  constexpr TileTable() : of_rows{} { Fill<kMost>(); }

  template <int kRows>
  constexpr void Fill() {
    of_rows[kRows - 1] = &RunTiles<Kernel<kRows, kVectors>, kRows, Problem>;
    if constexpr (kRows > 1) Fill<kRows - 1>();
  }
};

// Runs fn(first row, rows of a tile, tiles) once or twice, over tiles of at most kMost rows. The
// rows are split evenly, so that no tile is left with a few slow ones: 128 = 8 x 13 + 2 x 12.
template <int kMost, typename F>
LAYERWISE_INLINE void ForEachTileHeight(int64_t all_rows, const F& fn) {
  const int64_t tiles = (all_rows + kMost - 1) / kMost;
  if (tiles == 0) return;
  // Divisions of 64 bits take much longer, and a small product little.
  const int64_t base = static_cast<uint32_t>(all_rows) / static_cast<uint32_t>(tiles);
  const int64_t higher = all_rows - base * tiles;
  if (higher > 0) fn(int64_t{0}, base + 1, higher);
  fn(higher * (base + 1), base, tiles - higher);
}

template <template <int, int> class Kernel, int kVectors, int kMost = kMaxRows[kVectors - 1],
          typename Problem>
void ForRowTiles(const Problem& problem) {
  static constexpr TileTable<Kernel, kVectors, kMost, Problem> kernels;
  ForEachTileHeight<kMost>(problem.rows, [&](int64_t first_row, int64_t rows, int64_t tiles) {
    kernels.of_rows[rows - 1](problem, first_row, tiles);
  });
}

}  // namespace layerwise::LAYERWISE_TARGET
