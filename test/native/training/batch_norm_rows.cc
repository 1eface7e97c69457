// Batch normalisation and batches of one row, of which nothing is left but the shift.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "native/network/network.h"
#include "native/training/gradient_check.h"
#include "native/training/learning_rate_finder.h"
#include "native/training/manual_trainer.h"
#include "native/training/run.h"
#include "test/native/plan/support.h"

namespace layerwise::testing {
namespace {

Value Normalised(bool frozen = false) {
  return Spec(4, {Dense(6, "linear"), BatchNormalisation(true, true, frozen), Activation("tanh"),
                  Dense(2, "linear")});
}

Value Sgd() { return Value::Object{{"type", "sgd"}, {"learningRate", 0.1}}; }

Value Options(int64_t batch_size, std::initializer_list<Value::Member> more = {}) {
  Value options = RunOptions(2, batch_size, Sgd(), "meanSquaredError");
  for (const Value::Member& member : more) options.Set(member.first, member.second);
  return options;
}

std::shared_ptr<Dataset> Rows(int64_t rows) { return RandomData(rows, 4, "matrix", 2, 9); }

std::vector<float> Trained(const Value& spec, int64_t rows, const Value& options) {
  auto network = std::make_shared<Network>(spec);
  RecordingSink sink;
  Run(network, Rows(rows), nullptr, options).Execute(sink);
  return AllParameters(*network);
}

TEST(ARowThatIsLeftJoinsTheBatchBeforeItWhereBatchesAreMeasured) {
  const Value whole = Options(33);
  EXPECT_TRUE(Trained(Normalised(), 33, Options(32)) == Trained(Normalised(), 33, whole));
  const Value wanted = Options(32, {{"accumulateBatches", 2}});
  EXPECT_TRUE(Trained(Normalised(), 33, wanted) == Trained(Normalised(), 33, whole));
  EXPECT_FALSE(Trained(Normalised(true), 33, Options(32)) == Trained(Normalised(true), 33, whole));
}

TEST(ARowThatIsLeftJoinsTheBatchBeforeItInResidualBlocksAndHeads) {
  const Value residual =
      Spec(4, {Residual({Dense(4, "linear"), BatchNormalisation()}), Dense(2, "linear")});
  EXPECT_TRUE(Trained(residual, 5, Options(2)) == Trained(residual, 5, Options(2)));
  EXPECT_TRUE(Trained(residual, 3, Options(2)) == Trained(residual, 3, Options(3)));
  EXPECT_THROWS(Trained(residual, 8, Options(1)), "layers[0].layers[1]");
}

TEST(ARowThatIsLeftJoinsThePassesOfLbfgs) {
  const Value lbfgs(Value::Object{{"type", "lbfgs"}});
  const Value pieces = RunOptions(3, 6, lbfgs, "meanSquaredError");
  const Value whole = RunOptions(3, 7, lbfgs, "meanSquaredError");
  EXPECT_TRUE(Trained(Normalised(), 7, pieces) == Trained(Normalised(), 7, whole));
}

TEST(MemoryIsForOneRowMoreOnlyWhereItIsNeeded) {
  const auto bytes = [](const Value& spec, int64_t rows, int64_t batch_size) {
    return Run(std::make_shared<Network>(spec), Rows(rows), nullptr, Options(batch_size))
        .arena_bytes();
  };
  EXPECT_EQ(bytes(Normalised(), 257, 256), bytes(Normalised(), 257, 257));
  EXPECT_EQ(bytes(Normalised(), 258, 256), bytes(Normalised(), 256, 256));
  EXPECT_EQ(bytes(Normalised(true), 257, 256), bytes(Normalised(true), 256, 256));
}

TEST(TrainingPassesOfOneRowAreRefusedWhereBatchesAreMeasured) {
  EXPECT_THROWS(Trained(Normalised(), 8, Options(1)), "batchNorm in layers[1]");
  EXPECT_THROWS(Trained(Normalised(), 8, Options(1)), "batchSize");
  EXPECT_THROWS(Trained(Normalised(), 1, Options(1)), "inputs");
  EXPECT_THROWS(
      Trained(Normalised(), 4, Options(1, {{"validation", Value::Object{{"split", 0.75}}}})),
      "inputs");
  EXPECT_THROWS(Trained(Normalised(), 8, Options(4, {{"statistics", Value::Object{{"rows", 1}}}})),
                "statistics.rows");
  Trained(Normalised(true), 8, Options(1));
  Trained(Spec(4, {Dense(3, "linear"), Value(Value::Object{{"type", "layerNorm"}}),
                   Dense(2, "linear")}),
          8, Options(1));
}

TEST(ManualPassesOfOneRowAreRefusedWhereBatchesAreMeasured) {
  const Value options = Value::Object{{"batchSize", 4}, {"optimizer", Sgd()}, {"threads", 1}};
  auto network = std::make_shared<Network>(Normalised());
  ManualTrainer trainer(network, options);
  const std::vector<float> row{1, 2, 3, 4};
  std::vector<float> outputs(2);
  EXPECT_THROWS(trainer.Forward(row, 1, true, outputs), "batchNorm in layers[1]");
  trainer.Forward(row, 1, false, outputs);
  Value single = options;
  single.Set("batchSize", 1);
  EXPECT_THROWS(ManualTrainer(network, single), "batchSize");
}

TEST(TrialsOfOneRowAreRefusedWhereBatchesAreMeasured) {
  auto network = std::make_shared<Network>(Normalised());
  const Value loss = Value::Object{{"loss", "meanSquaredError"}};
  EXPECT_THROWS(GradientCheck(network, Rows(1), loss), "batchNorm in layers[1]");
  const auto rates = [](int64_t batch_size) {
    return Value::Object{
        {"loss", "meanSquaredError"},
        {"from", 1e-4},
        {"to", 1.0},
        {"steps", 5},
        {"smoothing", 0.5},
        {"divergence", 4.0},
        {"training", Value::Object{{"batchSize", batch_size}, {"optimizer", Sgd()}}}};
  };
  EXPECT_THROWS(LearningRateFinder(network, Rows(8), rates(1)), "batchSize");
  EXPECT_THROWS(LearningRateFinder(network, Rows(1), rates(32)), "inputs");
}

}  // namespace
}  // namespace layerwise::testing
