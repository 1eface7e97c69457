// The table of the loss functions, compiled once per instruction set. To add one, write it in the
// file of its family and name it here: nothing else. The first loss of an output activation is the
// default of networks that end with it.

#include "native/kernels/simd/math-inl.h"
//
#include "native/kernels/softmax-inl.h"
//
#include "native/kernels/loss_elements-inl.h"
//
#include "native/kernels/losses_binary-inl.h"
#include "native/kernels/losses_classes-inl.h"
#include "native/kernels/losses_regression-inl.h"

namespace layerwise::LAYERWISE_TARGET {

static const auto& LossTable() {
  constexpr double kUnbounded = std::numeric_limits<double>::infinity();
  static constexpr LossRow kRows[] = {
      ElementRow<MeanSquaredError>(),
      ElementRow<MeanAbsoluteError>(),
      ElementRow<Huber>(),
      ElementRow<LogCosh>(),
      ElementRow<Quantile>(),
      ElementRow<Poisson>(),
      {kCosineInfo, nullptr, LossTargets::kMatrix, -kUnbounded, kUnbounded, &Cosine},
      ElementRow<BinaryCrossEntropy>(),
      ElementRow<Focal>(),
      ElementRow<Hinge>(),
      {kCrossEntropyInfo, "softmax", LossTargets::kEither, 0.0, 1.0, &CrossEntropy},
      {kKlDivergenceInfo, "softmax", LossTargets::kMatrix, 0.0, 1.0, &KlDivergence},
  };
  return kRows;
}

}  // namespace layerwise::LAYERWISE_TARGET
