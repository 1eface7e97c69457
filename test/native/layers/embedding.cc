// Embeddings: which vectors an update touches, what an index may be, and what unknown levels are.
// Their gradients are checked in plan/gradients.cc, going on from a state in training/resume.cc.
#include "native/layers/embedding.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "native/plan/execution_plan.h"
#include "native/plan/predictor.h"
#include "native/training/manual_trainer.h"
#include "native/training/run.h"
#include "test/native/plan/support.h"

namespace layerwise::testing {
namespace {

constexpr int64_t kLevels = 5;

// One index and one number; the vectors have 3 units.
Value SmallSpec(Value::Object members = {}) {
  return Spec(2, {WithMembers(Embedding({EmbeddedColumn(0, kLevels, 3)}), std::move(members)),
                  Dense(1, "linear")});
}

std::shared_ptr<Dataset> DataOf(const std::vector<float>& inputs) {
  const auto rows = static_cast<int64_t>(inputs.size()) / 2;
  std::shared_ptr<Dataset> data = RandomData(rows, 2, "matrix", 1, 3);
  data->WriteInputs(0, std::span<const float>(inputs));
  return data;
}

std::vector<float> VectorsOf(const Network& network) {
  return ParameterValues(network, "0.columns.0.weight");
}

void Train(const std::shared_ptr<Network>& network, const std::vector<float>& inputs,
           Value::Object options) {
  Run run(network, DataOf(inputs), nullptr, std::move(options), nullptr);
  RecordingSink sink;
  Execute(run, sink);
}

bool IsSameVector(const std::vector<float>& a, const std::vector<float>& b, size_t level) {
  return std::equal(a.begin() + static_cast<std::ptrdiff_t>(3 * level),
                    a.begin() + static_cast<std::ptrdiff_t>(3 * level + 3),
                    b.begin() + static_cast<std::ptrdiff_t>(3 * level));
}

TEST(AnUpdateLeavesTheVectorsOfOtherLevels) {
  const Value decaying = Value::Object{{"type", "adamW"}, {"weightDecay", 0.5}};
  for (const bool is_deferred : {false, true}) {
    auto network = std::make_shared<Network>(SmallSpec());
    const std::vector<float> before = VectorsOf(*network);
    Value::Object options = RunOptions(6, 1, decaying, "meanSquaredError");
    if (is_deferred) options.emplace_back("gradientClipping", Value::Object{{"norm", 0.1}});
    Train(network, {1, 0.5, 3, -0.5, 1, 0.1}, options);
    const std::vector<float> after = VectorsOf(*network);
    for (const size_t level : {size_t{0}, size_t{2}, size_t{4}}) {
      EXPECT_TRUE(IsSameVector(before, after, level));
    }
    for (const size_t level : {size_t{1}, size_t{3}}) {
      EXPECT_FALSE(IsSameVector(before, after, level));
    }
  }
}

// Kept gradients that nothing is clipped of give the bits of an update at once, and so they do when
// the batches before have touched other levels.
TEST(ADeferredUpdateOfVectorsIsThatAtOnce) {
  const std::vector<float> inputs = {1, 0.5f, 3, -0.5f, 1, 0.1f, 0, 0.7f, 3, -0.9f, 4, 0.3f};
  std::vector<std::vector<float>> results;
  for (const bool is_deferred : {false, true}) {
    auto network = std::make_shared<Network>(SmallSpec());
    Value::Object options = RunOptions(3, 2, "adam", "meanSquaredError");
    if (is_deferred) options.emplace_back("gradientClipping", Value::Object{{"norm", 1e6}});
    Train(network, inputs, options);
    results.push_back(AllParameters(*network));
  }
  EXPECT_TRUE(results[0] == results[1]);
}

TEST(VectorsGetTheSameBitsFromAnyNumberOfThreads) {
  constexpr int64_t kRows = 2000;
  Generator random(8);
  std::vector<float> inputs;
  for (int64_t i = 0; i < kRows; ++i) {
    inputs.push_back(static_cast<float>(random.Integer(0, kLevels - 1)));
    inputs.push_back(random.Float(-1, 1));
  }
  std::vector<std::vector<float>> results;
  for (const int threads : {1, 2, 5}) {
    auto network = std::make_shared<Network>(Spec(
        2, {WithMembers(Embedding({EmbeddedColumn(0, kLevels, 100)}), {{"dropToUnknown", 0.2}}),
            Dense(1, "linear")}));
    Value::Object options = RunOptions(2, 1000, "adam", "meanSquaredError");
    Value value = std::move(options);
    value.Set("threads", threads);
    Run run(network, DataOf(inputs), nullptr, value, nullptr);
    RecordingSink sink;
    Execute(run, sink);
    results.push_back(AllParameters(*network));
  }
  EXPECT_TRUE(results[0] == results[1]);
  EXPECT_TRUE(results[0] == results[2]);
}

TEST(DroppedLevelsTrainTheUnknownOne) {
  auto network = std::make_shared<Network>(SmallSpec({{"dropToUnknown", 0.5}}));
  const std::vector<float> before = VectorsOf(*network);
  Train(network, {1, 0.5, 3, -0.5, 1, 0.1, 2, 0.4}, RunOptions(8, 4, "adam", "meanSquaredError"));
  EXPECT_FALSE(IsSameVector(before, VectorsOf(*network), 0));
}

std::vector<float> Predict(const std::shared_ptr<Network>& network, std::vector<float> inputs) {
  const auto rows = static_cast<int64_t>(inputs.size()) / 2;
  std::vector<float> outputs(static_cast<size_t>(rows));
  Predictor predictor(network, 0, 2, 1);
  predictor.Predict(inputs, rows, outputs);
  return outputs;
}

TEST(LevelsAreNotDroppedInPredictions) {
  auto plain = std::make_shared<Network>(SmallSpec());
  auto dropping = std::make_shared<Network>(SmallSpec({{"dropToUnknown", 0.9}}));
  const std::vector<float> inputs = {1, 0.5f, 3, -0.5f, 4, 0.1f};
  EXPECT_TRUE(Predict(plain, inputs) == Predict(dropping, inputs));
}

TEST(WhatIsNoIndexIsRefusedByRowAndColumn) {
  auto network = std::make_shared<Network>(SmallSpec());
  for (const float index : {-1.0f, 5.0f, 2.5f, 1e30f}) {
    const std::vector<float> inputs = {1, 0.5f, index, -0.5f};
    EXPECT_THROWS(Predict(network, inputs), "inputs[1][0]");
    EXPECT_THROWS(Train(network, inputs, RunOptions(1, 1, "adam", "meanSquaredError")),
                  "inputs[1][0]");
    EXPECT_THROWS(Evaluate(network, DataOf(inputs), "meanSquaredError", {}), "inputs[1][0]");
    ManualTrainer trainer(network, Value::Object{{"batchSize", 4}, {"optimizer", "adam"}});
    std::vector<float> outputs(2);
    EXPECT_THROWS(trainer.Forward(inputs, 2, true, outputs), "inputs[1][0]");
  }
}

// Whoever does not check gets the unknown level, never memory beyond the vectors.
TEST(NoIndexLeadsOutOfTheVectors) {
  constexpr float kBad[] = {-1.0f,
                            5.0f,
                            0.5f,
                            1e30f,
                            std::numeric_limits<float>::quiet_NaN(),
                            std::numeric_limits<float>::infinity(),
                            -std::numeric_limits<float>::infinity()};
  for (const float index : kBad) EXPECT_EQ(LevelOf(index, kLevels), int64_t{0});
  for (int64_t level = 0; level < kLevels; ++level) {
    EXPECT_EQ(LevelOf(static_cast<float>(level), kLevels), level);
  }
}

TEST(AnEmbeddingRefusesWhatItCannotEmbed) {
  const auto of = [](Value::Array columns) { return Spec(2, {Embedding(std::move(columns))}); };
  EXPECT_THROWS(Network(of({})), "layers[0].columns");
  EXPECT_THROWS(Network(of({EmbeddedColumn(2, 3, 4)})), "layers[0].columns[0].input");
  EXPECT_THROWS(Network(of({EmbeddedColumn(0, 0, 4)})), "layers[0].columns[0].levels");
  EXPECT_THROWS(Network(of({EmbeddedColumn(0, 3, 0)})), "layers[0].columns[0].units");
  EXPECT_THROWS(Network(of({EmbeddedColumn(0, 3, 1), EmbeddedColumn(0, 3, 1)})),
                "layers[0].columns[1].input");
  EXPECT_THROWS(Network(SmallSpec({{"dropToUnknown", 1}})), "layers[0].dropToUnknown");
  EXPECT_THROWS(Network(Spec(2, {Dense(2, "tanh"), Embedding({EmbeddedColumn(0, 3, 1)})})),
                "first layer");
  EXPECT_THROWS(Network(Spec(2, {Residual({Embedding({EmbeddedColumn(0, 3, 1)})})})),
                "first layer");
}

}  // namespace
}  // namespace layerwise::testing
