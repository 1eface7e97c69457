// The largest numbers of a row, all others zero.
// No include guard: included once per instruction set, after rows-inl.h.

namespace layerwise::LAYERWISE_TARGET {

// Numbers in their order as unsigned integers, so that a bisection over the integers is one over
// the numbers: from minus infinity to infinity there is no NaN.
inline constexpr uint32_t kOrderOfMinusInfinity = 0x007FFFFFu;
inline constexpr uint32_t kOrderOfInfinity = 0xFF800000u;

LAYERWISE_INLINE float NumberAt(uint32_t order) {
  const uint32_t bits = (order & 0x80000000u) != 0 ? order ^ 0x80000000u : ~order;
  return __builtin_bit_cast(float, bits);
}

// Numbers of the row that are not below the bound; a NaN is not.
LAYERWISE_INLINE int64_t CountNotBelow(const float* x, int64_t columns, float bound) {
  const Vec limit = Set(bound);
  Vec counts = Zero();
  for (int64_t j = 0; j < columns; j += kLanes) {
    const Vec ones = IfThenElse(Lt(Load(x + j), limit), Zero(), Set(1.0f));
    const int count = CountAt(j, columns);
    counts = Add(counts, count < kLanes ? KeepFirst(ones, count) : ones);
  }
  return static_cast<int64_t>(ReduceSum(counts));
}

// A number that `k` numbers of the row are not below, and as few more as equal numbers allow.
LAYERWISE_INLINE float BoundOfLargest(const float* x, int64_t columns, int64_t k) {
  uint32_t low = kOrderOfMinusInfinity;  // k numbers or more are not below it
  uint32_t high = kOrderOfInfinity + 1;  // fewer are
  while (high - low > 1) {
    const uint32_t middle = low + (high - low) / 2;
    const int64_t count = CountNotBelow(x, columns, NumberAt(middle));
    if (count == k) return NumberAt(middle);
    if (count > k) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return NumberAt(low);
}

static void TopKForward(const ActivationBlock& block, const float* parameters) {
  const auto given = static_cast<int64_t>(parameters[0]);
  const int64_t k = given < 1 ? 1 : given;
  for (int64_t i = 0; i < block.rows; ++i) {
    const float* x = block.input + i * block.stride;
    float* y = block.output + i * block.stride;
    const bool all = k >= block.columns;
    const Vec bound = Set(all ? -kInfinity : BoundOfLargest(x, block.columns, k));
    for (int64_t j = 0; j < block.columns; j += kLanes) {
      const Vec v = Load(x + j);
      const Vec kept = IfThenElse(Lt(v, bound), Zero(), v);
      const int count = CountAt(j, block.columns);
      Store(count < kLanes ? KeepFirst(kept, count) : kept, y + j);
    }
  }
}

// dL/dx_j = dL/dy_j where y_j was kept: where it is not zero.
static void TopKBackward(const ActivationGradientBlock& block, const float*) {
  for (int64_t i = 0; i < block.rows; ++i) {
    const float* y = block.saved + i * block.saved_stride;
    float* gradient = block.gradient + i * block.gradient_stride;
    for (int64_t j = 0; j < block.columns; j += kLanes) {
      const int count = CountAt(j, block.columns);
      const Vec kept = IfThenElse(Lt(Zero(), Abs(LoadN(y + j, count))), Set(1.0f), Zero());
      Store(Mul(LoadN(gradient + j, count), kept), gradient + j);
    }
  }
}

inline constexpr ParameterInfo kTopKParameters[] = {
    {.name = "k",
     .fallback = 16,
     .minimum = 1,
     .maximum = 16777216,
     .is_whole = true,
     .description = "How many numbers of a row are kept; equal ones are kept together."}};

inline constexpr RowInfo kTopKInfo{
    "topK", "x < largest(x, k) ? 0 : x",
    "Keeps the k largest numbers of a row and makes the others zero: the code of a k-sparse "
    "autoencoder (Makhzani and Frey 2013). largest(x, k) is the k-th largest number of the row. "
    "Works on a row as a whole.",
    kTopKParameters};

}  // namespace layerwise::LAYERWISE_TARGET
