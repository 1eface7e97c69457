// What makes a row of the table from the struct of an activation that treats each element for
// itself. Such a struct has
//   kInfo          name, formula (see ActivationRow::info), description, parameters
//   kFacts         what differs from the defaults of ActivationFacts
//   kDerivativeOf  whether Derivative takes f(x), so that x need not be kept, or x
//   F, Derivative  over vectors; a NaN must come out as a NaN
//   Curvature      the second derivative, from what Derivative takes; absent where it is zero
// No include guard: included once per instruction set, after the vocabulary.

namespace layerwise::LAYERWISE_TARGET {

// Whether so many columns, in whole vectors, leave nothing between one row and the next: the block
// is then one long row, which costs less than many short ones.
LAYERWISE_INLINE bool FillsRows(int64_t columns, int64_t stride) {
  return (columns + kLanes - 1) / kLanes * kLanes == stride;
}

LAYERWISE_INLINE ActivationBlock Joined(ActivationBlock block) {
  if (!FillsRows(block.columns, block.stride)) return block;
  block.columns = block.rows * block.stride;
  block.rows = 1;
  return block;
}

LAYERWISE_INLINE ActivationGradientBlock Joined(ActivationGradientBlock block) {
  if (!FillsRows(block.columns, block.gradient_stride)) return block;
  if (block.saved_stride != block.gradient_stride) return block;
  block.columns = block.rows * block.gradient_stride;
  block.rows = 1;
  return block;
}

template <class Activation>
void ForwardElements(const ActivationBlock& all, const float* parameters) {
  const ActivationBlock block = Joined(all);
  for (int64_t i = 0; i < block.rows; ++i) {
    const float* input = block.input + i * block.stride;
    float* output = block.output + i * block.stride;
    for (int64_t j = 0; j < block.columns; j += kLanes) {
      Store(Activation::F(Load(input + j), parameters), output + j);
    }
  }
}

template <class Activation>
void BackwardElements(const ActivationGradientBlock& all, const float* parameters) {
  const ActivationGradientBlock block = Joined(all);
  for (int64_t i = 0; i < block.rows; ++i) {
    const float* saved = block.saved + i * block.saved_stride;
    float* gradient = block.gradient + i * block.gradient_stride;
    for (int64_t j = 0; j < block.columns; j += kLanes) {
      Store(Mul(Load(gradient + j), Activation::Derivative(Load(saved + j), parameters)),
            gradient + j);
    }
  }
}

template <class Activation>
void CurveElements(const ActivationGradientBlock& all, const float* parameters) {
  const ActivationGradientBlock block = Joined(all);
  for (int64_t i = 0; i < block.rows; ++i) {
    const float* saved = block.saved + i * block.saved_stride;
    float* gradient = block.gradient + i * block.gradient_stride;
    for (int64_t j = 0; j < block.columns; j += kLanes) {
      Store(Mul(Load(gradient + j), Activation::Curvature(Load(saved + j), parameters)),
            gradient + j);
    }
  }
}

template <class Activation>
constexpr ActivationRow ElementRow() {
  ActivationRow row{Activation::kInfo,
                    Activation::kFacts,
                    ActivationScope::kElement,
                    Activation::kDerivativeOf,
                    &ForwardElements<Activation>,
                    &BackwardElements<Activation>,
                    nullptr};
  if constexpr (requires { &Activation::Curvature; }) row.curve = &CurveElements<Activation>;
  return row;
}

inline constexpr ActivationFacts kCommonFacts{};

// Beyond it most functions below are at their limits; it keeps 0 * infinity away.
LAYERWISE_INLINE Vec AtLeast(float bound, Vec x) { return Max(Set(bound), x); }
LAYERWISE_INLINE Vec Clamp(Vec x, float bound) { return Max(Set(-bound), Min(Set(bound), x)); }

// 1 where low < x < high, else 0.
LAYERWISE_INLINE Vec Inside(float low, Vec x, float high) {
  const Vec below_high = IfThenElse(Lt(x, Set(high)), Set(1.0f), Zero());
  return IfThenElse(Lt(Set(low), x), below_high, Zero());
}

}  // namespace layerwise::LAYERWISE_TARGET
