// Layer normalisation, compiled once per instruction set. A row is summed in the same order
// whatever the block.

namespace layerwise::LAYERWISE_TARGET {

// Calls fn(first column, count) for the vectors of a row; the last may be short.
template <typename F>
LAYERWISE_INLINE void ForVectors(int64_t columns, F&& fn) {
  int64_t j = 0;
  for (; j + kLanes <= columns; j += kLanes) fn(j, kLanes);
  if (j < columns) fn(j, static_cast<int>(columns - j));
}

LAYERWISE_INLINE Vec LoadSome(const float* from, int count) {
  return count == kLanes ? Load(from) : LoadN(from, count);
}
// Zeros beyond `count`.
LAYERWISE_INLINE void StoreSome(Vec v, float* to, int count) {
  if (count == kLanes) {
    Store(v, to);
  } else {
    Store(Zero(), to);
    StoreN(v, to, count);
  }
}

LAYERWISE_INLINE Vec GammaAt(const LayerNormRows& block, int64_t j, int count) {
  return block.gamma == nullptr ? Set(1.0f) : LoadSome(block.gamma + j, count);
}

static void LayerNormForward(const LayerNormRows& block, float epsilon, float* output,
                             int64_t output_stride) {
  const float share = 1.0f / static_cast<float>(block.columns);
  for (int64_t i = 0; i < block.rows; ++i) {
    const float* x = block.input + i * block.input_stride;
    float* y = output + i * output_stride;
    Vec sum = Zero();
    ForVectors(block.columns,
               [&](int64_t j, int count) { sum = Add(sum, LoadSome(x + j, count)); });
    const float mean = ReduceSum(sum) * share;
    Vec squares = Zero();
    ForVectors(block.columns, [&](int64_t j, int count) {
      Vec difference = Sub(LoadSome(x + j, count), Set(mean));
      if (count < kLanes) {
        float kept[kLanes] = {};
        StoreN(difference, kept, count);
        difference = Load(kept);
      }
      squares = MulAdd(difference, difference, squares);
    });
    const float inverse = 1.0f / std::sqrt(ReduceSum(squares) * share + epsilon);
    block.mean[i] = mean;
    block.inverse_deviation[i] = inverse;
    ForVectors(block.columns, [&](int64_t j, int count) {
      const Vec normalised = Mul(Sub(LoadSome(x + j, count), Set(mean)), Set(inverse));
      const Vec beta = block.beta == nullptr ? Zero() : LoadSome(block.beta + j, count);
      StoreSome(MulAdd(normalised, GammaAt(block, j, count), beta), y + j, count);
    });
  }
}

// With g = gamma dy: dx = (g - mean(g) - xhat mean(g xhat)) / deviation.
static void LayerNormBackward(const LayerNormRows& block, const float* gradient,
                              int64_t gradient_stride, float* input_gradient,
                              int64_t input_gradient_stride) {
  const float share = 1.0f / static_cast<float>(block.columns);
  for (int64_t i = 0; i < block.rows; ++i) {
    const float* x = block.input + i * block.input_stride;
    const float* dy = gradient + i * gradient_stride;
    float* dx = input_gradient + i * input_gradient_stride;
    const Vec mean = Set(block.mean[i]);
    const Vec inverse = Set(block.inverse_deviation[i]);
    const auto normalised = [&](int64_t j, int count) {
      return Mul(Sub(LoadSome(x + j, count), mean), inverse);
    };
    Vec sum = Zero();
    Vec product = Zero();
    ForVectors(block.columns, [&](int64_t j, int count) {
      const Vec g = Mul(LoadSome(dy + j, count), GammaAt(block, j, count));
      sum = Add(sum, g);  // zero beyond the row, as dy is read so
      product = MulAdd(g, normalised(j, count), product);
    });
    const Vec mean_g = Set(ReduceSum(sum) * share);
    const Vec mean_product = Set(ReduceSum(product) * share);
    ForVectors(block.columns, [&](int64_t j, int count) {
      const Vec g = Mul(LoadSome(dy + j, count), GammaAt(block, j, count));
      const Vec centred = NegMulAdd(normalised(j, count), mean_product, Sub(g, mean_g));
      StoreSome(Mul(centred, inverse), dx + j, count);
    });
  }
}

static void LayerNormParameterGradients(const LayerNormRows& block, const float* gradient,
                                        int64_t gradient_stride, float* gamma_gradient,
                                        float* beta_gradient) {
  ForVectors(block.columns, [&](int64_t j, int count) {
    Vec dgamma = Zero();
    Vec dbeta = Zero();
    for (int64_t i = 0; i < block.rows; ++i) {
      const Vec x = LoadSome(block.input + i * block.input_stride + j, count);
      const Vec dy = LoadSome(gradient + i * gradient_stride + j, count);
      const Vec normalised = Mul(Sub(x, Set(block.mean[i])), Set(block.inverse_deviation[i]));
      dgamma = MulAdd(dy, normalised, dgamma);
      dbeta = Add(dbeta, dy);
    }
    Store(dgamma, gamma_gradient + j);
    Store(dbeta, beta_gradient + j);
  });
}

static const LayerNormKernels& LayerNormTable() {
  static constexpr LayerNormKernels kTable{&LayerNormForward, &LayerNormBackward,
                                           &LayerNormParameterGradients};
  return kTable;
}

}  // namespace layerwise::LAYERWISE_TARGET
