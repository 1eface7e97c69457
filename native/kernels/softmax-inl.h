// The softmax of a row, shared by the activation and by the cross-entropy that is fused with it.
// No include guard: included once per instruction set, after the vocabulary.

namespace layerwise::LAYERWISE_TARGET {

struct SoftmaxSums {
  float maximum;       // of the inputs
  float exponentials;  // sum of exp(x - maximum)
};

LAYERWISE_INLINE float RowMaximum(const float* input, int64_t columns) {
  Vec maxima = Set(-kInfinity);
  int64_t j = 0;
  for (; j + kLanes <= columns; j += kLanes) maxima = Max(maxima, Load(input + j));
  float maximum = ReduceMax(maxima);
  for (; j < columns; ++j) maximum = input[j] > maximum ? input[j] : maximum;
  return maximum;
}

// Reads `columns` inputs; writes whole vectors, with zeros after the last column, so that padding
// never reaches a gradient. Input and output may be the same memory.
LAYERWISE_INLINE SoftmaxSums SoftmaxRow(const float* input, float* output, int64_t columns) {
  const float maximum = RowMaximum(input, columns);
  const Vec shift = Set(maximum);
  Vec sums = Zero();
  for (int64_t j = 0; j < columns; j += kLanes) {
    const int count = static_cast<int>(columns - j < kLanes ? columns - j : kLanes);
    // Whole vectors are read: the row is padded. Lanes after the last column become zeros.
    Vec e = Exp(Sub(Load(input + j), shift));
    if (count < kLanes) e = KeepFirst(e, count);
    Store(e, output + j);
    sums = Add(sums, e);
  }
  const float sum = ReduceSum(sums);
  const Vec inverse = Set(1.0f / sum);
  for (int64_t j = 0; j < columns; j += kLanes) Store(Mul(Load(output + j), inverse), output + j);
  return {maximum, sum};
}

}  // namespace layerwise::LAYERWISE_TARGET
