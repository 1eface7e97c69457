// What every step that works on blocks gets done for it.
#include "native/layers/block_step.h"

#include <cstdint>
#include <limits>
#include <vector>

#include "native/core/thread_pool.h"
#include "native/kernels/instruction_set.h"
#include "native/network/spec.h"
#include "test/native/plan/support.h"

namespace layerwise::testing {
namespace {

constexpr int64_t kRows = 37;     // more than one task
constexpr int64_t kColumns = 70;  // more than one task of columns, and padding behind them
constexpr float kNothing = std::numeric_limits<float>::quiet_NaN();

// A matrix of NaNs, padding included.
class Matrix {
 public:
  Matrix() : values_(static_cast<size_t>(kRows * PaddedStride(kColumns)), kNothing) {}

  MatrixView View() { return {values_.data(), PaddedStride(kColumns), kColumns}; }

 private:
  std::vector<float> values_;
};

// y = 2 x, and writes over the padding besides.
class DoublingStep final : public BlockStep {
 public:
  DoublingStep(const StepSite& site, bool by_columns)
      : BlockStep(site, by_columns ? Cut::kEither : Cut::kRows,
                  by_columns ? Cut::kColumns : Cut::kRows) {}

  bool forward_first = false;  // whether blocks came only after BeginForward
  bool parameters_last = false;

 private:
  void BeginForward(const StepContext&) override { forward_first = !ran_; }
  void ForwardBlock(const StepContext&, const Block& block) const override {
    ran_ = true;
    Double(input().output, output().linear, block);
  }
  void BackwardBlock(const StepContext&, const Block& block) const override {
    went_back_ = true;
    Double(output().gradient, input().gradient, block);
  }
  void BackwardParameters(const StepContext&) override { parameters_last = went_back_; }

  static void Double(const MatrixView& from, const MatrixView& to, const Block& block) {
    for (int64_t i = block.first_row; i < block.first_row + block.rows; ++i) {
      for (int64_t j = block.first_column; j < block.first_column + block.columns; ++j) {
        to.Row(i)[j] = 2 * from.Row(i)[j];
      }
      to.Row(i)[kColumns] = kNothing;
    }
  }

  mutable bool ran_ = false;
  mutable bool went_back_ = false;
};

void ExpectDoubled(const MatrixView& from, const MatrixView& to) {
  for (int64_t i = 0; i < kRows; ++i) {
    for (int64_t j = 0; j < kColumns; ++j) EXPECT_EQ(to.Row(i)[j], 2 * from.Row(i)[j]);
    for (int64_t j = kColumns; j < to.stride; ++j) EXPECT_EQ(to.Row(i)[j], 0.0f);
  }
}

void FillRows(const MatrixView& values) {
  for (int64_t i = 0; i < kRows; ++i) {
    for (int64_t j = 0; j < kColumns; ++j) values.Row(i)[j] = static_cast<float>(i * kColumns + j);
  }
}

void CheckDoubling(bool by_columns) {
  Matrix x;
  Matrix y;
  Matrix dx;
  Matrix dy;
  ValueBuffer input;
  input.columns = kColumns;
  input.output = x.View();
  input.gradient = dx.View();
  ValueBuffer output;
  output.columns = kColumns;
  output.linear = output.before = output.output = y.View();
  output.gradient = dy.View();
  FillRows(input.output);
  FillRows(output.gradient);
  const Network network(Spec(1, {Dense(1, "linear")}));
  const StepKernels kernels = StepKernelsFor(SelectedInstructionSet(), false);
  DoublingStep step({.layer = 0,
                     .layout = network.layout(),
                     .input = input,
                     .output = output,
                     .kernels = kernels,
                     .batch_rows = kRows,
                     .trains = true,
                     .has_loss = true,
                     .input_has_gradient = true,
                     .previous = nullptr,
                     .owner = nullptr,
                     .folded_norm = {}},
                    by_columns);
  ThreadPool pool(1);
  const StepContext context{pool,    kRows,   nullptr, nullptr, nullptr,
                            nullptr, nullptr, 0,       nullptr, 1e9};
  step.Forward(context);
  ExpectDoubled(input.output, output.output);
  step.Backward(context);
  ExpectDoubled(output.gradient, input.gradient);
  EXPECT_TRUE(step.forward_first);
  EXPECT_TRUE(step.parameters_last);
}

TEST(BlocksOfRowsCoverABufferAndLeaveItsPaddingClear) { CheckDoubling(false); }

TEST(BlocksOfColumnsCoverABufferAndLeaveItsPaddingClear) { CheckDoubling(true); }

TEST(StepsShareWhatTheyOnlyUseWhileTheyRun) {
  ArenaLayout layout;
  StepReservation memory(layout);
  const Slot<float> own = memory.Own<float>(100);
  memory.ShareScratch(16);
  memory.ShareScratch(48);
  memory.ShareScratch(32);
  memory.ShareOperands(64);
  const SharedSlots shared = memory.Finish(3);
  EXPECT_EQ(shared.scratch_floats, 48);
  EXPECT_EQ(shared.scratch.count, size_t{3 * 48});
  EXPECT_EQ(shared.operands.count, size_t{64});
  const Arena arena(layout);
  const StepMemory bound(arena, shared);
  EXPECT_TRUE(bound.At(own) != bound.operands());
  EXPECT_TRUE(bound.At(Slot<float>{}) == nullptr);
}

}  // namespace
}  // namespace layerwise::testing
