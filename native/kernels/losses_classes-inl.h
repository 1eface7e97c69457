// The losses of one class out of several, computed from logits and fused with the softmax.
// No include guard: included once per instruction set, after the vocabulary.

namespace layerwise::LAYERWISE_TARGET {

// From logits x: log(sum_k exp(x_k)) - x_target, the logarithm taken after subtracting the maximum.
// Smoothing moves a share of the target to all classes alike; it adds that share of the mean over
// the classes of what they would have cost more than the target.
static void CrossEntropyClasses(const LossBlock& block, int64_t i, float smoothing) {
  float* output = block.outputs + i * block.stride;
  const int32_t target = block.classes[i];
  const float logit = output[target];
  double smoothed = 0;
  if (smoothing != 0.0f) {
    for (int64_t j = 0; j < block.columns; ++j) {
      smoothed += static_cast<double>(logit) - static_cast<double>(output[j]);
    }
    smoothed *= static_cast<double>(smoothing) / static_cast<double>(block.columns);
  }
  const SoftmaxSums sums = SoftmaxRow(output, output, block.columns);
  block.row_losses[i] = std::log(static_cast<double>(sums.exponentials)) +
                        (static_cast<double>(sums.maximum) - static_cast<double>(logit)) + smoothed;
  if (block.gradient == nullptr) return;
  float* gradient = block.gradient + i * block.gradient_stride;
  const Vec scale = Set(block.gradient_scale);
  const float share = smoothing / static_cast<float>(block.columns);
  for (int64_t j = 0; j < block.columns; j += kLanes) {
    const Vec all = KeepFirst(Set(share), LanesLeft(block.columns, j));
    Store(Mul(Sub(Load(output + j), all), scale), gradient + j);
  }
  gradient[target] = (output[target] - (1.0f - smoothing + share)) * block.gradient_scale;
}

// Target rows t, which need not sum to one, become t (1 - smoothing) + smoothing / classes.
static void CrossEntropyMatrix(const LossBlock& block, int64_t i, float smoothing) {
  float* output = block.outputs + i * block.stride;
  const float* target = block.targets + i * block.target_stride;
  const double kept = 1.0 - static_cast<double>(smoothing);
  const double share = static_cast<double>(smoothing) / static_cast<double>(block.columns);
  double weighted = 0;
  double total = 0;
  for (int64_t j = 0; j < block.columns; ++j) {
    const double t = static_cast<double>(target[j]) * kept + share;
    weighted += t * static_cast<double>(output[j]);
    total += t;
  }
  const SoftmaxSums sums = SoftmaxRow(output, output, block.columns);
  const double log_sum =
      std::log(static_cast<double>(sums.exponentials)) + static_cast<double>(sums.maximum);
  block.row_losses[i] = total * log_sum - weighted;
  if (block.gradient == nullptr) return;
  float* gradient = block.gradient + i * block.gradient_stride;
  const Vec scale = Set(block.gradient_scale);
  const Vec target_sum = Set(static_cast<float>(total));
  const Vec target_share = Set(static_cast<float>(kept));
  for (int64_t j = 0; j < block.columns; j += kLanes) {
    const int count = LanesLeft(block.columns, j);
    const Vec t = MulAdd(LoadN(target + j, count), target_share,
                         KeepFirst(Set(static_cast<float>(share)), count));
    Store(Mul(Sub(Mul(Load(output + j), target_sum), t), scale), gradient + j);
  }
}

static void CrossEntropy(const LossBlock& block, const float* parameters) {
  for (int64_t i = 0; i < block.rows; ++i) {
    if (block.classes != nullptr) {
      CrossEntropyClasses(block, i, parameters[0]);
    } else {
      CrossEntropyMatrix(block, i, parameters[0]);
    }
  }
}

// The cross-entropy less that of the targets themselves, which has no gradient.
static void KlDivergence(const LossBlock& block, const float*) {
  for (int64_t i = 0; i < block.rows; ++i) {
    CrossEntropyMatrix(block, i, 0.0f);
    const float* target = block.targets + i * block.target_stride;
    for (int64_t j = 0; j < block.columns; ++j) {
      const double t = static_cast<double>(target[j]);
      if (t > 0) block.row_losses[i] += t * std::log(t);
    }
  }
}

inline constexpr ParameterInfo kCrossEntropyParameters[] = {
    {.name = "labelSmoothing",
     .fallback = 0.0,
     .minimum = 0.0,
     .maximum = 1.0,
     .description =
         "the share of every target that is spread over all classes alike, as PyTorch does"}};

inline constexpr RowInfo kCrossEntropyInfo{
    "crossEntropy", "-sum over the classes of t log y",
    "For one class out of several, given as class indices or one-hot rows; computed from the "
    "logits, fused with the softmax of the output layer.",
    kCrossEntropyParameters};

inline constexpr RowInfo kKlDivergenceInfo{
    "klDivergence",
    "sum over the classes of t (log t - log y)",
    "How far the outputs are from a distribution over the classes (Kullback and Leibler 1951); "
    "computed from the logits, fused with the softmax of the output layer.",
    {}};

}  // namespace layerwise::LAYERWISE_TARGET
