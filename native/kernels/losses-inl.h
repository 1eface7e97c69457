// The loss functions, compiled once per instruction set. To add one, write its function here and
// name it in LossTable(): nothing else.

#include "native/kernels/simd/math-inl.h"
//
#include "native/kernels/softmax-inl.h"

namespace layerwise::LAYERWISE_TARGET {

LAYERWISE_INLINE int LanesLeft(int64_t columns, int64_t j) {
  return static_cast<int>(columns - j < kLanes ? columns - j : kLanes);
}

static void MeanSquaredError(const LossBlock& block, const float*) {
  const float share = 1.0f / static_cast<float>(block.columns);
  const Vec scale = Set(2.0f * share * block.gradient_scale);
  for (int64_t i = 0; i < block.rows; ++i) {
    const float* output = block.outputs + i * block.stride;
    const float* target = block.targets + i * block.target_stride;
    Vec squares = Zero();
    for (int64_t j = 0; j < block.columns; j += kLanes) {
      const int count = LanesLeft(block.columns, j);
      const Vec error = Sub(LoadN(output + j, count), LoadN(target + j, count));
      squares = MulAdd(error, error, squares);
      if (block.gradient != nullptr) {
        Store(Mul(error, scale), block.gradient + i * block.gradient_stride + j);
      }
    }
    block.row_losses[i] = static_cast<double>(ReduceSum(squares) * share);
  }
}

// From logits x: max(x, 0) - x t + log(1 + exp(-|x|)), which neither overflows nor loses small
// values.
static void BinaryCrossEntropy(const LossBlock& block, const float*) {
  const float share = 1.0f / static_cast<float>(block.columns);
  const Vec scale = Set(share * block.gradient_scale);
  const Vec one = Set(1.0f);
  for (int64_t i = 0; i < block.rows; ++i) {
    float* output = block.outputs + i * block.stride;
    const float* target = block.targets + i * block.target_stride;
    double sum = 0;
    for (int64_t j = 0; j < block.columns; j += kLanes) {
      const int count = LanesLeft(block.columns, j);
      const Vec x = LoadN(output + j, count);
      const Vec t = LoadN(target + j, count);
      const Vec e = Exp(Sub(Zero(), Abs(x)));
      const Vec loss = Add(NegMulAdd(x, t, Max(Zero(), x)), Log1p(e));
      float losses[kLanes];
      Store(loss, losses);
      for (int lane = 0; lane < count; ++lane) sum += static_cast<double>(losses[lane]);
      const Vec y = Div(IfThenElse(Lt(x, Zero()), e, one), Add(one, e));
      Store(y, output + j);
      if (block.gradient != nullptr) {
        float* gradient = block.gradient + i * block.gradient_stride + j;
        const Vec dx = Mul(Sub(y, t), scale);
        Store(Zero(), gradient);
        StoreN(dx, gradient, count);
      }
    }
    block.row_losses[i] = sum * static_cast<double>(share);
  }
}

// From logits x: log(sum_k exp(x_k)) - x_target, the logarithm taken after subtracting the maximum.
static void CrossEntropyClasses(const LossBlock& block, int64_t i) {
  float* output = block.outputs + i * block.stride;
  const int32_t target = block.classes[i];
  const float logit = output[target];
  const SoftmaxSums sums = SoftmaxRow(output, output, block.columns);
  block.row_losses[i] = std::log(static_cast<double>(sums.exponentials)) +
                        (static_cast<double>(sums.maximum) - static_cast<double>(logit));
  if (block.gradient == nullptr) return;
  float* gradient = block.gradient + i * block.gradient_stride;
  const Vec scale = Set(block.gradient_scale);
  for (int64_t j = 0; j < block.columns; j += kLanes) {
    Store(Mul(Load(output + j), scale), gradient + j);
  }
  gradient[target] = (output[target] - 1.0f) * block.gradient_scale;
}

static void CrossEntropyMatrix(const LossBlock& block, int64_t i) {
  float* output = block.outputs + i * block.stride;
  const float* target = block.targets + i * block.target_stride;
  double weighted = 0;
  double total = 0;
  for (int64_t j = 0; j < block.columns; ++j) {
    weighted += static_cast<double>(target[j]) * static_cast<double>(output[j]);
    total += static_cast<double>(target[j]);
  }
  const SoftmaxSums sums = SoftmaxRow(output, output, block.columns);
  const double log_sum =
      std::log(static_cast<double>(sums.exponentials)) + static_cast<double>(sums.maximum);
  block.row_losses[i] = total * log_sum - weighted;
  if (block.gradient == nullptr) return;
  float* gradient = block.gradient + i * block.gradient_stride;
  const Vec scale = Set(block.gradient_scale);
  const Vec target_sum = Set(static_cast<float>(total));
  for (int64_t j = 0; j < block.columns; j += kLanes) {
    const Vec t = LoadN(target + j, LanesLeft(block.columns, j));
    Store(Mul(Sub(Mul(Load(output + j), target_sum), t), scale), gradient + j);
  }
}

static void CrossEntropy(const LossBlock& block, const float*) {
  for (int64_t i = 0; i < block.rows; ++i) {
    if (block.classes != nullptr) {
      CrossEntropyClasses(block, i);
    } else {
      CrossEntropyMatrix(block, i);
    }
  }
}

static const auto& LossTable() {
  constexpr double kUnbounded = std::numeric_limits<double>::infinity();
  static constexpr LossRow kRows[] = {
      {{"meanSquaredError",
        "mean over the outputs of (y - t)^2",
        "The usual loss of regression and of autoencoders, averaged over outputs and rows.",
        {}},
       nullptr,
       LossTargets::kMatrix,
       -kUnbounded,
       kUnbounded,
       &MeanSquaredError},
      {{"binaryCrossEntropy",
        "mean over the outputs of -(t log y + (1 - t) log(1 - y))",
        "For independent yes-or-no outputs with targets in [0, 1]; computed from the logits, fused "
        "with "
        "the sigmoid of the output layer.",
        {}},
       "sigmoid",
       LossTargets::kMatrix,
       0.0,
       1.0,
       &BinaryCrossEntropy},
      {{"crossEntropy",
        "-sum over the classes of t log y",
        "For one class out of several, given as class indices or one-hot rows; computed from the "
        "logits, "
        "fused with the softmax of the output layer.",
        {}},
       "softmax",
       LossTargets::kEither,
       0.0,
       1.0,
       &CrossEntropy},
  };
  return kRows;
}

}  // namespace layerwise::LAYERWISE_TARGET
