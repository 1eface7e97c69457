// Losses that are a mean over the outputs of a function of one output and its target.
// No include guard: included once per instruction set, after the vocabulary.

namespace layerwise::LAYERWISE_TARGET {

// Of one vector of outputs; the gradient is by what came in, the logits for a fused loss.
struct ElementLoss {
  Vec loss;
  Vec gradient;
  Vec output;  // of the fused activation; of no meaning without one
};

LAYERWISE_INLINE int LanesLeft(int64_t columns, int64_t j) {
  return static_cast<int>(columns - j < kLanes ? columns - j : kLanes);
}

// A loss is a struct with kInfo, kOutput (the activation that it is fused with, or null), the
// bounds of its targets and At.
template <typename Loss>
static void MeanOfElements(const LossBlock& all, const float* parameters) {
  const LossBlock block = all;  // a copy, which storing losses cannot change
  // Single precision sums so many columns; double precision sums the sums of wide rows.
  constexpr int64_t kStretch = int64_t{64} * kLanes;
  const double columns = static_cast<double>(block.columns);
  const Vec scale = Set(static_cast<float>(static_cast<double>(block.gradient_scale) / columns));
  for (int64_t i = 0; i < block.rows; ++i) {
    float* output = block.outputs + i * block.stride;
    const float* target = block.targets + i * block.target_stride;
    double sum = 0;
    for (int64_t start = 0; start < block.columns; start += kStretch) {
      const int64_t end = start + kStretch < block.columns ? start + kStretch : block.columns;
      float* gradient =
          block.gradient == nullptr ? nullptr : block.gradient + i * block.gradient_stride;
      Vec losses = Zero();
      int64_t j = start;
      for (; j + kLanes <= end; j += kLanes) {
        const ElementLoss one = Loss::At(Load(output + j), Load(target + j), parameters);
        losses = Add(losses, one.loss);
        if constexpr (Loss::kOutput != nullptr) Store(one.output, output + j);
        if (gradient != nullptr) Store(Mul(one.gradient, scale), gradient + j);
      }
      if (j < end) {
        const int count = static_cast<int>(end - j);
        const ElementLoss one =
            Loss::At(LoadN(output + j, count), LoadN(target + j, count), parameters);
        losses = Add(losses, KeepFirst(one.loss, count));
        if constexpr (Loss::kOutput != nullptr) Store(one.output, output + j);
        if (gradient != nullptr) {
          Store(KeepFirst(Mul(one.gradient, scale), count), gradient + j);
        }
      }
      sum += static_cast<double>(ReduceSum(losses));
    }
    block.row_losses[i] = sum / columns;
  }
}

template <typename Loss>
constexpr LossRow ElementRow() {
  return {Loss::kInfo,          Loss::kOutput,        LossTargets::kMatrix,
          Loss::kTargetMinimum, Loss::kTargetMaximum, &MeanOfElements<Loss>};
}

// What most losses share: any outputs, any targets.
struct AnyNumbers {
  static constexpr const char* kOutput = nullptr;
  static constexpr double kTargetMinimum = -std::numeric_limits<double>::infinity();
  static constexpr double kTargetMaximum = std::numeric_limits<double>::infinity();
};

// Computed from logits, fused with the sigmoid.
struct Shares {
  static constexpr const char* kOutput = "sigmoid";
  static constexpr double kTargetMinimum = 0.0;
  static constexpr double kTargetMaximum = 1.0;
};

}  // namespace layerwise::LAYERWISE_TARGET
