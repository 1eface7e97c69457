// Batch normalisation, compiled once per instruction set. Each vector of columns is summed over the
// rows in the same order whatever the block, so results do not depend on how columns are cut.

namespace layerwise::LAYERWISE_TARGET {

// Sums fn(row) over the rows in four chains, because an addition takes four cycles.
template <typename F>
LAYERWISE_INLINE Vec SumOverRows(int64_t rows, F&& fn) {
  Vec sum[4] = {Zero(), Zero(), Zero(), Zero()};
  int64_t i = 0;
  for (; i + 4 <= rows; i += 4) {
    LAYERWISE_UNROLL
    for (int chain = 0; chain < 4; ++chain) sum[chain] = Add(sum[chain], fn(i + chain));
  }
  for (; i < rows; ++i) sum[0] = Add(sum[0], fn(i));
  return Add(Add(sum[0], sum[2]), Add(sum[1], sum[3]));
}

LAYERWISE_INLINE Vec GammaAt(const BatchNormColumns& block, int64_t j) {
  return block.gamma == nullptr ? Set(1.0f) : Load(block.gamma + j);
}

LAYERWISE_INLINE Vec BetaAt(const BatchNormColumns& block, int64_t j) {
  return block.beta == nullptr ? Zero() : Load(block.beta + j);
}

static void BatchNormForward(const BatchNormColumns& block, const BatchNormTraining& training,
                             float* output, int64_t output_stride) {
  const int64_t rows = block.rows;
  const Vec share = Set(1.0f / static_cast<float>(rows));
  // The running variance estimates that of the population.
  const Vec unbiased =
      Set(rows > 1 ? static_cast<float>(rows) / static_cast<float>(rows - 1) : 1.0f);
  const Vec momentum = Set(training.momentum);
  const Vec kept = Set(1.0f - training.momentum);
  for (int64_t j = 0; j < block.columns; j += kLanes) {
    const float* z = block.input + j;
    const auto row = [&](int64_t i) { return Load(z + i * block.input_stride); };
    const Vec mean = Mul(SumOverRows(rows, row), share);
    const Vec squares = SumOverRows(rows, [&](int64_t i) {
      const Vec difference = Sub(row(i), mean);
      return Mul(difference, difference);
    });
    const Vec variance = Mul(squares, share);
    const Vec inverse = Div(Set(1.0f), Sqrt(Add(variance, Set(block.epsilon))));
    Store(mean, training.mean + j);
    Store(inverse, training.inverse_deviation + j);
    Store(MulAdd(momentum, mean, Mul(kept, Load(training.running_mean + j))),
          training.running_mean + j);
    Store(MulAdd(momentum, Mul(variance, unbiased), Mul(kept, Load(training.running_variance + j))),
          training.running_variance + j);
    const Vec scale = Mul(GammaAt(block, j), inverse);
    const Vec beta = BetaAt(block, j);
    for (int64_t i = 0; i < rows; ++i) {
      Store(MulAdd(Sub(row(i), mean), scale, beta), output + i * output_stride + j);
    }
  }
}

static void BatchNormInfer(const BatchNormColumns& block, const float* mean, const float* variance,
                           float* output, int64_t output_stride) {
  for (int64_t j = 0; j < block.columns; j += kLanes) {
    const Vec deviation = Sqrt(Add(Load(variance + j), Set(block.epsilon)));
    const Vec scale = Div(GammaAt(block, j), deviation);
    const Vec shift = NegMulAdd(Load(mean + j), scale, BetaAt(block, j));
    for (int64_t i = 0; i < block.rows; ++i) {
      Store(MulAdd(Load(block.input + i * block.input_stride + j), scale, shift),
            output + i * output_stride + j);
    }
  }
}

static void BatchNormInferBackward(const BatchNormColumns& block, const float* variance,
                                   float* gradient, int64_t gradient_stride) {
  for (int64_t j = 0; j < block.columns; j += kLanes) {
    const Vec deviation = Sqrt(Add(Load(variance + j), Set(block.epsilon)));
    const Vec scale = Div(GammaAt(block, j), deviation);
    for (int64_t i = 0; i < block.rows; ++i) {
      float* at = gradient + i * gradient_stride + j;
      Store(Mul(Load(at), scale), at);
    }
  }
}

// With xhat the normalised input: dgamma = sum du xhat, dbeta = sum du,
// dz = gamma / deviation (du - (dbeta + xhat dgamma) / rows).
static void BatchNormBackward(const BatchNormColumns& block, const BatchNormGradients& gradients) {
  const int64_t rows = block.rows;
  const Vec share = Set(1.0f / static_cast<float>(rows));
  for (int64_t j = 0; j < block.columns; j += kLanes) {
    const float* z = block.input + j;
    float* gradient = gradients.gradient + j;
    const Vec mean = Load(gradients.mean + j);
    const Vec inverse = Load(gradients.inverse_deviation + j);
    const auto du = [&](int64_t i) { return Load(gradient + i * gradients.gradient_stride); };
    const auto normalised = [&](int64_t i) {
      return Mul(Sub(Load(z + i * block.input_stride), mean), inverse);
    };
    const Vec dbeta = SumOverRows(rows, du);
    const Vec dgamma = SumOverRows(rows, [&](int64_t i) { return Mul(du(i), normalised(i)); });
    Store(dbeta, gradients.beta_gradient + j);
    Store(dgamma, gradients.gamma_gradient + j);
    const Vec scale = Mul(GammaAt(block, j), inverse);
    const Vec mean_dbeta = Mul(dbeta, share);
    const Vec mean_dgamma = Mul(dgamma, share);
    for (int64_t i = 0; i < rows; ++i) {
      const Vec centred = NegMulAdd(normalised(i), mean_dgamma, Sub(du(i), mean_dbeta));
      Store(Mul(scale, centred), gradient + i * gradients.gradient_stride);
    }
  }
}

static const BatchNormKernels& BatchNormTable() {
  static constexpr BatchNormKernels kTable{&BatchNormForward, &BatchNormInfer, &BatchNormBackward,
                                           &BatchNormInferBackward};
  return kTable;
}

}  // namespace layerwise::LAYERWISE_TARGET
