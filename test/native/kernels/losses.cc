// The losses and their gradients against their naive twins.
#include "native/kernels/losses.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "test/native/kernels/support.h"

namespace layerwise::testing {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

std::span<const LossRow> Rows() { return LossesFor(SelectedInstructionSet()); }

const LossRow& RowOf(std::string_view name) {
  for (const LossRow& row : Rows()) {
    if (name == row.info.name) return row;
  }
  throw std::runtime_error("no loss " + std::string(name));
}

// One batch, with memory that is padded as in a plan: NaN in the padding of what comes in, guards
// in that of what goes out.
class Batch {
 public:
  Batch(int64_t rows, int64_t columns, int64_t misalignment = 0)
      : rows_(rows),
        columns_(columns),
        stride_(RoundUp(columns, kMaxLanes) + misalignment),
        outputs_(rows * stride_, misalignment),
        targets_(rows * stride_, misalignment),
        gradient_(rows * stride_, misalignment),
        classes_(static_cast<size_t>(rows), 0),
        row_losses_(static_cast<size_t>(rows), 0.0) {}

  float& Output(int64_t i, int64_t j) { return outputs_[i * stride_ + j]; }
  float& Target(int64_t i, int64_t j) { return targets_[i * stride_ + j]; }
  float Gradient(int64_t i, int64_t j) const { return gradient_[i * stride_ + j]; }
  int32_t& Class(int64_t i) { return classes_[static_cast<size_t>(i)]; }
  double RowLoss(int64_t i) const { return row_losses_[static_cast<size_t>(i)]; }
  int64_t rows() const { return rows_; }
  int64_t columns() const { return columns_; }
  int64_t stride() const { return stride_; }

  // Those of the loss; its defaults unless set.
  void SetParameters(std::vector<double> parameters) { parameters_ = std::move(parameters); }

  std::vector<double> ParametersOf(const LossRow& loss) const {
    return parameters_.empty() ? DefaultParameters(loss.info) : parameters_;
  }

  void Compute(const LossRow& loss, bool use_classes, float gradient_scale = 1.0f,
               bool with_gradient = true) {
    LossBlock block;
    block.outputs = outputs_.data();
    block.stride = stride_;
    block.rows = rows_;
    block.columns = columns_;
    block.classes = use_classes ? classes_.data() : nullptr;
    block.targets = use_classes ? nullptr : targets_.data();
    block.target_stride = stride_;
    block.gradient = with_gradient ? gradient_.data() : nullptr;
    block.gradient_stride = stride_;
    block.gradient_scale = gradient_scale;
    block.row_losses = row_losses_.data();
    loss.compute(block, ToFloats(ParametersOf(loss)).data());
  }

  reference::LossResult Exact(const LossRow& loss, bool use_classes) {
    reference::Matrix inputs(rows_, columns_);
    reference::Matrix targets(rows_, columns_);
    for (int64_t i = 0; i < rows_; ++i) {
      for (int64_t j = 0; j < columns_; ++j) {
        inputs.At(i, j) = static_cast<double>(Output(i, j));
        if (!use_classes) targets.At(i, j) = static_cast<double>(Target(i, j));
      }
    }
    if (use_classes) targets = reference::OneHot(classes_, columns_);
    return reference::Loss({loss.info.name, ParametersOf(loss)}, inputs, targets);
  }

  // What the output layer's fused activation makes of the inputs.
  reference::Matrix ExactOutputs(const LossRow& loss) {
    reference::Matrix inputs(rows_, columns_);
    for (int64_t i = 0; i < rows_; ++i) {
      for (int64_t j = 0; j < columns_; ++j) {
        inputs.At(i, j) = static_cast<double>(Output(i, j));
      }
    }
    if (loss.output == nullptr) return inputs;
    return reference::Activate({loss.output, {}}, inputs);
  }

  bool GuardsAreIntact() const {
    return outputs_.GuardsAreIntact() && targets_.GuardsAreIntact() && gradient_.GuardsAreIntact();
  }

 private:
  int64_t rows_;
  int64_t columns_;
  int64_t stride_;
  GuardedFloats outputs_;
  GuardedFloats targets_;
  GuardedFloats gradient_;
  std::vector<int32_t> classes_;
  std::vector<double> row_losses_;
  std::vector<double> parameters_;
};

// Another choice for every parameter than its default: exact in single precision.
std::vector<double> OtherParameters(const RowInfo& info) {
  std::vector<double> others;
  for (const ParameterInfo& parameter : info.parameters) {
    const bool is_share = parameter.maximum <= 1;
    const double other = is_share ? 0.75 : parameter.fallback + 0.5;
    others.push_back(parameter.is_boolean ? 1.0 - parameter.fallback : other);
  }
  return others;
}

// Targets that suit a loss: any numbers, shares of 0 to 1, or a distribution over the columns.
void FillTargets(Batch& batch, const LossRow& loss, Generator& random) {
  const bool is_distribution = loss.output != nullptr && std::string_view(loss.output) == "softmax";
  for (int64_t i = 0; i < batch.rows(); ++i) {
    const bool is_bounded = std::isfinite(loss.target_minimum);
    double sum = 0;
    for (int64_t j = 0; j < batch.columns(); ++j) {
      batch.Target(i, j) = random.Float(is_bounded ? 0 : -3, is_bounded ? 1 : 3);
      sum += static_cast<double>(batch.Target(i, j));
    }
    if (!is_distribution) continue;
    for (int64_t j = 0; j < batch.columns(); ++j) batch.Target(i, j) /= static_cast<float>(sum);
  }
}

void FillLogits(Batch& batch, Generator& random, double spread) {
  for (int64_t i = 0; i < batch.rows(); ++i) {
    for (int64_t j = 0; j < batch.columns(); ++j) {
      batch.Output(i, j) = random.Float(-spread, spread);
    }
    batch.Class(i) = static_cast<int32_t>(random.Integer(0, batch.columns() - 1));
  }
}

// Computes a batch and compares losses, gradients and outputs; consumes the outputs.
void CheckAgainstReference(Batch& batch, const LossRow& loss, bool use_classes, float scale) {
  const reference::LossResult exact = batch.Exact(loss, use_classes);
  const reference::Matrix outputs = batch.ExactOutputs(loss);
  double largest = 0;  // of the numbers that the losses are differences of
  for (int64_t i = 0; i < batch.rows(); ++i) {
    for (int64_t j = 0; j < batch.columns(); ++j) {
      largest = std::max(largest, std::fabs(static_cast<double>(batch.Output(i, j))));
    }
  }
  batch.Compute(loss, use_classes, scale);
  const std::string where = std::string(loss.info.name) + (use_classes ? " of classes" : "") +
                            " with " + std::to_string(batch.columns()) + " columns";
  // Errors are absolute in units of the inputs' magnitude: a loss is a difference of such numbers.
  // The square of an error has twice its relative error.
  const double loss_bound = 4e-7 * (1.0 + largest);
  const double gradient_scale = static_cast<double>(scale);
  for (int64_t i = 0; i < batch.rows(); ++i) {
    const double exact_loss = exact.row_losses[static_cast<size_t>(i)];
    EXPECT_NEAR(batch.RowLoss(i), exact_loss, std::max(loss_bound, 1e-6 * exact_loss))
        << where << ", row " << i;
    for (int64_t j = 0; j < batch.columns(); ++j) {
      const double gradient = exact.gradient.At(i, j) * gradient_scale;
      EXPECT_NEAR(batch.Gradient(i, j), gradient,
                  5e-7 * std::max(std::fabs(gradient), std::fabs(gradient_scale)))
          << where << ", gradient " << i << ", " << j;
      EXPECT_NEAR(batch.Output(i, j), outputs.At(i, j), 5e-7)
          << where << ", output " << i << ", " << j;
    }
    for (int64_t j = batch.columns(); j < batch.stride(); ++j) {
      const float padding = batch.Gradient(i, j);
      EXPECT_TRUE(padding == 0.0f || IsGuard(padding)) << where << ", padding of the gradient";
      if (j >= RoundUp(batch.columns(), kMaxLanes)) EXPECT_TRUE(IsGuard(padding)) << where;
    }
  }
  EXPECT_TRUE(batch.GuardsAreIntact()) << where;
}

TEST(LossesEqualTheirTwinsAtEveryWidth) {
  Generator random(1);
  for (const LossRow& loss : Rows()) {
    for (int64_t columns = 1; columns <= 2 * kMaxLanes + 3; ++columns) {
      for (const double spread : {1.0, 8.0}) {
        Batch batch(5, columns, random.Integer(0, 3));
        FillLogits(batch, random, loss.output == nullptr ? 2.0 : spread);
        FillTargets(batch, loss, random);
        CheckAgainstReference(batch, loss, false, random.Float(0.01, 2));
        if (loss.targets != LossTargets::kEither) continue;
        FillLogits(batch, random, spread);
        CheckAgainstReference(batch, loss, true, random.Float(0.01, 2));
      }
    }
  }
}

TEST(LossesWithOtherParametersEqualTheirTwins) {
  Generator random(7);
  for (const LossRow& loss : Rows()) {
    if (loss.info.parameters.empty()) continue;
    for (const int64_t columns : {1, 7, 16, 19}) {
      for (const bool use_classes : {false, true}) {
        if (use_classes && loss.targets != LossTargets::kEither) continue;
        Batch batch(5, columns);
        batch.SetParameters(OtherParameters(loss.info));
        FillLogits(batch, random, 2);
        FillTargets(batch, loss, random);
        CheckAgainstReference(batch, loss, use_classes, 0.5f);
      }
    }
  }
}

// The twins differentiate by hand what they compute; here it is done numerically.
TEST(GradientsOfTheTwinsAreThoseOfTheirLosses) {
  constexpr double kStep = 1e-6;
  Generator random(8);
  for (const LossRow& loss : Rows()) {
    for (const std::vector<double>& parameters :
         {DefaultParameters(loss.info), OtherParameters(loss.info)}) {
      const reference::Function twin{loss.info.name, parameters};
      reference::Matrix outputs(3, 4);
      reference::Matrix targets(3, 4);
      for (double& y : outputs.values) y = static_cast<double>(random.Float(-2, 2));
      for (double& t : targets.values) t = static_cast<double>(random.Float(0, 1));
      const reference::LossResult exact = reference::Loss(twin, outputs, targets);
      for (int64_t i = 0; i < 3; ++i) {
        for (int64_t j = 0; j < 4; ++j) {
          const double kept = outputs.At(i, j);
          const auto loss_at = [&](double y) {
            outputs.At(i, j) = y;
            return reference::Loss(twin, outputs, targets).row_losses[static_cast<size_t>(i)];
          };
          const double slope = (loss_at(kept + kStep) - loss_at(kept - kStep)) / (2 * kStep);
          outputs.At(i, j) = kept;
          EXPECT_NEAR(exact.gradient.At(i, j), slope, 1e-8 * (1.0 + std::fabs(slope)))
              << loss.info.name << " at " << kept;
        }
      }
    }
  }
}

TEST(LogCoshKeepsSmallValuesAndSurvivesLargeErrors) {
  Batch batch(3, 1);
  batch.Output(0, 0) = 1e-5f;
  batch.Output(1, 0) = 0.499f;
  batch.Output(2, 0) = -3e4f;
  for (int64_t i = 0; i < 3; ++i) batch.Target(i, 0) = 0.0f;
  const LossRow& loss = RowOf("logCosh");
  const reference::LossResult exact = batch.Exact(loss, false);
  batch.Compute(loss, false);
  for (int64_t i = 0; i < 3; ++i) {
    EXPECT_LE(RelativeError(batch.RowLoss(i), exact.row_losses[static_cast<size_t>(i)], 0), 1e-6)
        << "row " << i;
  }
}

TEST(CosineOfNothingIsNoNumberTooLarge) {
  Batch batch(1, 3);
  for (int64_t j = 0; j < 3; ++j) {
    batch.Output(0, j) = 0.0f;
    batch.Target(0, j) = 1.0f;
  }
  batch.Compute(RowOf("cosine"), false);
  EXPECT_EQ(batch.RowLoss(0), 1.0);
  for (int64_t j = 0; j < 3; ++j) EXPECT_TRUE(std::isfinite(batch.Gradient(0, j)));
}

TEST(HingeTakesZerosForMinusOnes) {
  Generator random(9);
  for (const bool squared : {false, true}) {
    const uint64_t seed = random.Bits();
    Generator first(seed);
    Generator second(seed);
    Batch signs(2, 9);
    Batch bits(2, 9);
    FillLogits(signs, first, 2);
    FillLogits(bits, second, 2);
    for (int64_t i = 0; i < 2; ++i) {
      for (int64_t j = 0; j < 9; ++j) {
        signs.Target(i, j) = j % 2 == 0 ? 1.0f : -1.0f;
        bits.Target(i, j) = j % 2 == 0 ? 1.0f : 0.0f;
      }
    }
    for (Batch* batch : {&signs, &bits}) {
      batch->SetParameters({squared ? 1.0 : 0.0});
      batch->Compute(RowOf("hinge"), false);
    }
    for (int64_t i = 0; i < 2; ++i) {
      EXPECT_EQ(signs.RowLoss(i), bits.RowLoss(i));
      for (int64_t j = 0; j < 9; ++j) EXPECT_EQ(signs.Gradient(i, j), bits.Gradient(i, j));
    }
  }
}

TEST(LossesOfWideRowsEqualTheirTwins) {
  Generator random(2);
  for (const LossRow& loss : Rows()) {
    Batch batch(2, 5000);
    FillLogits(batch, random, 3);
    FillTargets(batch, loss, random);
    CheckAgainstReference(batch, loss, false, 1.0f / 2.0f);
  }
}

TEST(LossesWithoutGradientAreTheSame) {
  Generator random(3);
  for (const LossRow& loss : Rows()) {
    Generator again(77);
    Generator same(77);
    Batch with(3, 19);
    Batch without(3, 19);
    FillLogits(with, again, 3);
    FillLogits(without, same, 3);
    FillTargets(with, loss, again);
    FillTargets(without, loss, same);
    with.Compute(loss, false, 1.0f, true);
    without.Compute(loss, false, 1.0f, false);
    for (int64_t i = 0; i < 3; ++i) {
      EXPECT_EQ(with.RowLoss(i), without.RowLoss(i)) << loss.info.name;
      for (int64_t j = 0; j < 19; ++j) {
        EXPECT_TRUE(SameBits(with.Output(i, j), without.Output(i, j))) << loss.info.name;
        EXPECT_TRUE(IsGuard(without.Gradient(i, j))) << loss.info.name;
      }
    }
  }
}

TEST(HugeLogitsGiveFiniteLossesAndExactGradients) {
  for (const char* name : {"binaryCrossEntropy", "focal", "crossEntropy", "klDivergence"}) {
    const LossRow& loss = RowOf(name);
    for (const float huge : {100.0f, 1e4f, 1e30f}) {
      // Wrong with all confidence, then right with all confidence.
      for (const bool right : {false, true}) {
        Batch batch(1, 3);
        for (int64_t j = 0; j < 3; ++j) {
          batch.Output(0, j) = j == 1 ? huge : -huge;
          batch.Target(0, j) = (j == (right ? 1 : 2)) ? 1.0f : 0.0f;
        }
        const reference::LossResult exact = batch.Exact(loss, false);
        batch.Compute(loss, false);
        EXPECT_TRUE(std::isfinite(batch.RowLoss(0))) << name << " at " << huge;
        EXPECT_LE(RelativeError(batch.RowLoss(0), exact.row_losses[0], 1e-6), 1e-6)
            << name << " at " << huge;
        for (int64_t j = 0; j < 3; ++j) {
          // 0 or a full step: a saturated output that is wrong must not stop learning.
          EXPECT_NEAR(batch.Gradient(0, j), exact.gradient.At(0, j),
                      std::max(0x1p-23 * std::fabs(exact.gradient.At(0, j)), 1e-40))
              << name << " at " << huge << ", column " << j;
        }
      }
    }
  }
}

TEST(LossesOfSureAndRightOutputsKeepTheirSmallValues) {
  // log(1 + exp(-x)) is about exp(-x), far below the precision of 1.
  Batch batch(1, 1);
  batch.Output(0, 0) = 20.0f;
  batch.Target(0, 0) = 1.0f;
  batch.Compute(RowOf("binaryCrossEntropy"), false);
  EXPECT_LE(RelativeError(batch.RowLoss(0), std::log1p(std::exp(-20.0)), 0), 1e-6);
}

TEST(ClassesGiveTheSameAsOneHotRows) {
  Generator random(4);
  const LossRow& loss = RowOf("crossEntropy");
  for (const int64_t columns : {1, 2, 10, 16, 17, 33}) {
    for (const double spread : {1.0, 1e4}) {
      const uint64_t seed = random.Bits();
      Generator first(seed);
      Generator second(seed);
      Batch classes(4, columns);
      Batch one_hot(4, columns);
      FillLogits(classes, first, spread);
      FillLogits(one_hot, second, spread);
      for (int64_t i = 0; i < 4; ++i) {
        for (int64_t j = 0; j < columns; ++j) {
          one_hot.Target(i, j) = j == one_hot.Class(i) ? 1.0f : 0.0f;
        }
      }
      classes.Compute(loss, true, 0.25f);
      one_hot.Compute(loss, false, 0.25f);
      for (int64_t i = 0; i < 4; ++i) {
        EXPECT_NEAR(classes.RowLoss(i), one_hot.RowLoss(i), 1e-12 * spread);
        for (int64_t j = 0; j < columns; ++j) {
          EXPECT_EQ(classes.Gradient(i, j), one_hot.Gradient(i, j)) << columns << " columns";
        }
      }
    }
  }
}

TEST(TargetsThatDoNotSumToOneAreWeighted) {
  Generator random(5);
  const LossRow& loss = RowOf("crossEntropy");
  Batch batch(3, 7);
  FillLogits(batch, random, 2);
  for (int64_t i = 0; i < 3; ++i) {
    for (int64_t j = 0; j < 7; ++j) batch.Target(i, j) = random.Float(0, 1);
  }
  CheckAgainstReference(batch, loss, false, 1.0f);
}

TEST(ANaNOrAnInfinityIsSeenInTheLoss) {
  for (const LossRow& loss : Rows()) {
    for (const float bad : {kNaN, kInfinity}) {
      for (const int64_t column : {0, 5, 18}) {
        Generator random(6);
        Batch batch(2, 19);
        FillLogits(batch, random, 1);
        FillTargets(batch, loss, random);
        batch.Output(1, column) = bad;
        batch.Compute(loss, false);
        EXPECT_TRUE(std::isfinite(batch.RowLoss(0))) << loss.info.name;
        EXPECT_FALSE(std::isfinite(batch.RowLoss(1))) << loss.info.name << " of " << bad;
      }
    }
  }
}

TEST(EveryLossHasATwin) {
  for (const LossRow& loss : Rows()) {
    const reference::Matrix one(1, 1);
    const reference::LossResult result =
        reference::Loss({loss.info.name, DefaultParameters(loss.info)}, one, one);
    EXPECT_EQ(result.row_losses.size(), 1U) << loss.info.name;
    EXPECT_EQ(reference::TakesLogits(loss.info.name), loss.output != nullptr) << loss.info.name;
  }
}

}  // namespace
}  // namespace layerwise::testing
