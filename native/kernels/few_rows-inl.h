// Products of one or two rows by panels of two vectors: the weights pass through the processor
// once, and their way from the cache is what takes the time. No include guard: included once per
// instruction set, after the vocabulary.

namespace layerwise::LAYERWISE_TARGET {

// One panel's few sums would wait for each other. So many, of two vectors each, keep the
// multipliers busy.
inline constexpr int kSumsAtOnce = 4;

// `Arithmetic` says what a number of A and a vector of B are, and how their product is added.
template <class Arithmetic, int kRows, int kPanels>
void MultiplyRowsByPanels(const typename Arithmetic::Problem& g, int64_t first_panel) {
  using Number = typename Arithmetic::Number;
  using Column = typename Arithmetic::Column;
  constexpr int64_t kWidth = 2 * kLanes;
  const int64_t panel_size = g.depth * kWidth;
  const Number* LAYERWISE_RESTRICT b = g.b + first_panel * panel_size;
  Vec sum[kRows][kPanels][2];
  LAYERWISE_UNROLL
  for (int p = 0; p < kPanels; ++p) {
    LAYERWISE_UNROLL
    for (int j = 0; j < 2; ++j) {
      const float* start = g.start + (first_panel + p) * kWidth + j * kLanes;
      const Vec first = g.start == nullptr ? Zero() : Load(start);
      LAYERWISE_UNROLL
      for (int i = 0; i < kRows; ++i) sum[i][p][j] = first;
    }
  }
  for (int64_t k = 0; k < g.depth; ++k) {
    Column number[kRows];
    LAYERWISE_UNROLL
    for (int i = 0; i < kRows; ++i) number[i] = Arithmetic::SetNumber(g.a[i * g.a_row_stride + k]);
    LAYERWISE_UNROLL
    for (int p = 0; p < kPanels; ++p) {
      LAYERWISE_UNROLL
      for (int j = 0; j < 2; ++j) {
        const Column column = Arithmetic::LoadColumn(b + p * panel_size + j * kLanes);
        LAYERWISE_UNROLL
        for (int i = 0; i < kRows; ++i) {
          sum[i][p][j] = Arithmetic::AddProduct(number[i], column, sum[i][p][j]);
        }
      }
    }
    b += kWidth;
  }
  LAYERWISE_UNROLL
  for (int i = 0; i < kRows; ++i) {
    float* c = g.c + i * g.c_stride + first_panel * kWidth;
    LAYERWISE_UNROLL
    for (int p = 0; p < kPanels; ++p) {
      LAYERWISE_UNROLL
      for (int j = 0; j < 2; ++j) Store(sum[i][p][j], c + p * kWidth + j * kLanes);
    }
  }
}

template <class Arithmetic, int kRows>
void MultiplyRows(const typename Arithmetic::Problem& g, int64_t panels) {
  constexpr int kAtOnce = kSumsAtOnce / kRows;
  int64_t panel = 0;
  for (; panel + kAtOnce <= panels; panel += kAtOnce) {
    MultiplyRowsByPanels<Arithmetic, kRows, kAtOnce>(g, panel);
  }
  for (; panel < panels; ++panel) MultiplyRowsByPanels<Arithmetic, kRows, 1>(g, panel);
}

template <class Arithmetic>
void MultiplyFewRows(const typename Arithmetic::Problem& first, int64_t panels) {
  static_assert(kFewRows == 2);
  if (first.rows == 1) {
    MultiplyRows<Arithmetic, 1>(first, panels);
  } else {
    MultiplyRows<Arithmetic, 2>(first, panels);
  }
}

}  // namespace layerwise::LAYERWISE_TARGET
