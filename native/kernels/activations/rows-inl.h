// Activations that work on a row as a whole: they give `forward` and `backward` over blocks.
// No include guard: included once per instruction set, after softmax-inl.h.

namespace layerwise::LAYERWISE_TARGET {

LAYERWISE_INLINE int CountAt(int64_t j, int64_t columns) {
  return static_cast<int>(columns - j < kLanes ? columns - j : kLanes);
}

static void SoftmaxForward(const ActivationBlock& block, const float*) {
  for (int64_t i = 0; i < block.rows; ++i) {
    SoftmaxRow(block.input + i * block.stride, block.output + i * block.stride, block.columns);
  }
}

// dL/dx_j = y_j (dL/dy_j - sum_k dL/dy_k y_k)
static void SoftmaxBackward(const ActivationGradientBlock& block, const float*) {
  for (int64_t i = 0; i < block.rows; ++i) {
    const float* y = block.saved + i * block.saved_stride;
    float* gradient = block.gradient + i * block.gradient_stride;
    Vec products = Zero();
    for (int64_t j = 0; j < block.columns; j += kLanes) {
      const int count = CountAt(j, block.columns);
      products = MulAdd(LoadN(gradient + j, count), LoadN(y + j, count), products);
    }
    const Vec dot = Set(ReduceSum(products));
    for (int64_t j = 0; j < block.columns; j += kLanes) {
      const int count = CountAt(j, block.columns);
      Store(Mul(LoadN(y + j, count), Sub(LoadN(gradient + j, count), dot)), gradient + j);
    }
  }
}

inline constexpr RowInfo kSoftmaxInfo{
    "softmax",
    "exp(x - max(x)) / sum(exp(x - max(x)))",
    "Turns the outputs of a row into probabilities that sum to one. Works on a row as a whole; "
    "its largest number is taken away first, which changes nothing but keeps exp from overflowing.",
    {}};

// y = (x - maximum) - logarithm, with zeros after the last column.
LAYERWISE_INLINE void WriteLogSoftmax(const float* input, float* output, int64_t columns,
                                      Vec maximum, Vec logarithm) {
  for (int64_t j = 0; j < columns; j += kLanes) {
    Store(Sub(Sub(Load(input + j), maximum), logarithm), output + j);
    if (columns - j < kLanes) Store(LoadN(output + j, CountAt(j, columns)), output + j);
  }
}

static void LogSoftmaxForward(const ActivationBlock& block, const float*) {
  for (int64_t i = 0; i < block.rows; ++i) {
    const float* x = block.input + i * block.stride;
    const Vec maximum = Set(RowMaximum(x, block.columns));
    Vec sums = Zero();
    for (int64_t j = 0; j < block.columns; j += kLanes) {
      const Vec e = Exp(Sub(Load(x + j), maximum));
      const int count = CountAt(j, block.columns);
      sums = Add(sums, count < kLanes ? KeepFirst(e, count) : e);
    }
    const Vec sum = Set(ReduceSum(sums));
    // Log may make a number of a NaN; the difference brings it back.
    const Vec logarithm = Add(Log(sum), Sub(sum, sum));
    WriteLogSoftmax(x, block.output + i * block.stride, block.columns, maximum, logarithm);
  }
}

// dL/dx_j = dL/dy_j - exp(y_j) sum_k dL/dy_k
static void LogSoftmaxBackward(const ActivationGradientBlock& block, const float*) {
  for (int64_t i = 0; i < block.rows; ++i) {
    const float* y = block.saved + i * block.saved_stride;
    float* gradient = block.gradient + i * block.gradient_stride;
    Vec sums = Zero();
    for (int64_t j = 0; j < block.columns; j += kLanes) {
      sums = Add(LoadN(gradient + j, CountAt(j, block.columns)), sums);
    }
    const Vec sum = Set(ReduceSum(sums));
    for (int64_t j = 0; j < block.columns; j += kLanes) {
      const int count = CountAt(j, block.columns);
      const Vec d = NegMulAdd(Exp(Load(y + j)), sum, LoadN(gradient + j, count));
      Store(count < kLanes ? KeepFirst(d, count) : d, gradient + j);
    }
  }
}

inline constexpr RowInfo kLogSoftmaxInfo{
    "logSoftmax",
    "x - max(x) - log(sum(exp(x - max(x))))",
    "The logarithms of the probabilities of softmax. Works on a row as a whole.",
    {}};

}  // namespace layerwise::LAYERWISE_TARGET

#include "native/kernels/activations/top_k-inl.h"

namespace layerwise::LAYERWISE_TARGET {

inline constexpr ActivationRow kRowActivations[] = {
    {kSoftmaxInfo, kCommonFacts, ActivationScope::kRow, DerivativeOf::kOutput, &SoftmaxForward,
     &SoftmaxBackward},
    {kLogSoftmaxInfo, kCommonFacts, ActivationScope::kRow, DerivativeOf::kOutput,
     &LogSoftmaxForward, &LogSoftmaxBackward},
    {kTopKInfo, kCommonFacts, ActivationScope::kRow, DerivativeOf::kOutput, &TopKForward,
     &TopKBackward},
};

}  // namespace layerwise::LAYERWISE_TARGET
