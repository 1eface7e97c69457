// Large batches of small networks, which are taken in blocks of rows: as they would be taken as a
// whole, and with the same bits at any number of threads.
#include "native/training/row_blocks.h"

#include <bit>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "native/network/network.h"
#include "native/training/run.h"
#include "test/native/plan/support.h"

namespace layerwise::testing {
namespace {

// The last batch of each is smaller.
constexpr int64_t kRows = 2600;
constexpr int64_t kBatch = 1500;

struct BlockCase {
  std::string name;
  Value spec;
  std::shared_ptr<Dataset> data;
  Value options;
};

Value Options(const std::string& loss, Value::Array metrics) {
  Value options = RunOptions(2, kBatch, "adam", loss);
  options.Set("metrics", std::move(metrics));
  options.Set("seed", 3);
  return options;
}

Value With(Value options, const std::string& name, Value value) {
  options.Set(name, std::move(value));
  return options;
}

std::shared_ptr<Dataset> WeightedClasses() {
  const std::shared_ptr<Dataset> from = RandomData(kRows, 6, "classes", 3, 2);
  auto data = std::make_shared<Dataset>(Value(Value::Object{{"rows", kRows},
                                                            {"columns", 6},
                                                            {"inputType", "float32"},
                                                            {"target", "classes"},
                                                            {"targetColumns", 3},
                                                            {"weights", true}}));
  data->WriteInputs(0, std::span<const float>(from->float_inputs(), kRows * 6));
  data->WriteTargets(0, std::span<const int32_t>(from->class_targets(), kRows));
  std::vector<float> weights(kRows);
  for (size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<float>(i % 3) + 0.5f;
  data->WriteWeights(0, std::span<const float>(weights));
  return data;
}

std::vector<BlockCase> Cases() {
  const Value regression = Options("meanSquaredError", {"r2", "meanAbsoluteError"});
  const Value spec = Spec(5, {Dense(17, "tanh"), Dense(9, "relu"), Dense(2, "linear")});
  const std::shared_ptr<Dataset> numbers = RandomData(kRows, 5, "matrix", 2, 1);
  return {
      {"regressor", spec, numbers, regression},
      {"accumulating, clipped", spec, numbers,
       With(With(regression, "accumulateBatches", 2), "gradientClipping",
            Value::Object{{"norm", 0.1}})},
      {"averaging, validating", spec, numbers,
       With(With(regression, "averaging", Value::Object{{"decay", 0.5}}), "validation",
            Value::Object{{"split", 0.2}})},
      {"weighted classifier", Spec(6, {Dense(12, "gelu"), Dense(3, "softmax")}), WeightedClasses(),
       Options("crossEntropy", {"accuracy", "f1"})},
      {"autoencoder", Spec(7, {Dense(3, "tanh"), Tied(0, 7, "linear")}),
       RandomData(kRows, 7, "input", 0, 3), Options("meanSquaredError", {})},
      {"partly frozen, residual",
       Spec(5, {Frozen(Dense(8, "tanh")), Residual({Dense(8, "softmax")}), Dense(2, "linear")}),
       numbers, regression},
  };
}

struct Outcome {
  RecordedHistory history;
  std::vector<float> parameters;
};

Outcome Train(const BlockCase& one, Value options, int threads) {
  options.Set("threads", threads);
  auto network = std::make_shared<Network>(one.spec);
  Run run(network, one.data, nullptr, options);
  RecordingSink sink;
  RecordedHistory history = Execute(run, sink);
  return {std::move(history), AllParameters(*network)};
}

// Batches that may be left out are taken as a whole.
Outcome TrainAsAWhole(const BlockCase& one) {
  return Train(one, With(one.options, "onNonFinite", Value::Object{{"action", "skipBatch"}}), 1);
}

TEST(BlocksOfRowsTrainAsTheWholeBatch) {
  for (const BlockCase& one : Cases()) {
    const Outcome blocks = Train(one, one.options, 1);
    const Outcome whole = TrainAsAWhole(one);
    ASSERT_EQ(blocks.parameters.size(), whole.parameters.size());
    bool differs = false;
    for (size_t i = 0; i < whole.parameters.size(); ++i) {
      EXPECT_NEAR(blocks.parameters[i], whole.parameters[i], 2e-4) << one.name;
      differs |= blocks.parameters[i] != whole.parameters[i];
    }
    EXPECT_TRUE(differs) << one.name << ": it was not taken in blocks";
    for (size_t epoch = 0; epoch < 2; ++epoch) {
      const EvaluationResult& a = blocks.history.epochs.at(epoch).training;
      const EvaluationResult& b = whole.history.epochs.at(epoch).training;
      EXPECT_NEAR(a.loss, b.loss, 1e-5) << one.name;
      ASSERT_EQ(a.metrics.size(), b.metrics.size());
      for (size_t m = 0; m < a.metrics.size(); ++m) {
        EXPECT_NEAR(a.metrics[m], b.metrics[m], 1e-4) << one.name;
      }
    }
  }
}

TEST(BlocksOfRowsGiveTheSameBitsWithAnyNumberOfThreads) {
  for (const BlockCase& one : Cases()) {
    const Outcome expected = Train(one, one.options, 1);
    for (const int threads : {2, 3, 16}) {
      const Outcome actual = Train(one, one.options, threads);
      ASSERT_EQ(actual.parameters.size(), expected.parameters.size());
      for (size_t i = 0; i < actual.parameters.size(); ++i) {
        ASSERT_EQ(std::bit_cast<uint32_t>(actual.parameters[i]),
                  std::bit_cast<uint32_t>(expected.parameters[i]));
      }
      for (size_t epoch = 0; epoch < 2; ++epoch) {
        const EvaluationResult& a = actual.history.epochs.at(epoch).training;
        const EvaluationResult& b = expected.history.epochs.at(epoch).training;
        EXPECT_EQ(a.loss, b.loss) << one.name;
        EXPECT_TRUE(a.metrics == b.metrics) << one.name;
      }
    }
  }
}

TEST(OnlySmallNetworksWithApartRowsTakeBlocks) {
  const auto takes = [](const Value& spec, int64_t batch_rows) {
    const auto network = std::make_shared<Network>(spec);
    const std::shared_ptr<Dataset> data = RandomData(4, 5, "matrix", 2, 1);
    const Value options = Options("meanSquaredError", {});
    const Objective objective = ReadObjective(ValueReader(options, ""), network->spec());
    PlanOptions plan = MeasuringPlan(network->spec(), *data, objective);
    plan.batch_rows = batch_rows;
    plan.gradients = true;
    const Session session(network, plan);
    return RowBlocks::Pay(session.plan(), network->layout());
  };
  const Value small = Spec(5, {Dense(8, "tanh"), Dense(2, "linear")});
  EXPECT_TRUE(takes(small, 1024));
  EXPECT_FALSE(takes(small, 1023));
  EXPECT_FALSE(takes(Spec(5, {Dense(10'000, "tanh"), Dense(2, "linear")}), 4096));
  EXPECT_FALSE(takes(Spec(5, {Dense(8, "tanh"), BatchNormalisation(), Dense(2, "linear")}), 4096));
  EXPECT_FALSE(takes(
      Spec(5, {Dense(8, "tanh"), Value::Object{{"type", "dropout"}}, Dense(2, "linear")}), 4096));
  EXPECT_FALSE(takes(
      Spec(5, {WithMembers(Dense(8, "tanh"), {{"maxNorm", 0.7}}), Dense(2, "linear")}), 4096));
}

TEST(DivergenceInABlockNamesItsLayer) {
  const BlockCase one = Cases().front();
  const Value huge = Value::Object{{"type", "sgd"}, {"learningRate", 1e30}};
  const Value spec = Spec(5, {Dense(4, "linear"), Dense(2, "linear")});
  const BlockCase diverging = {one.name, spec, one.data, With(one.options, "optimizer", huge)};
  ExpectDivergence([&] { Train(diverging, diverging.options, 2); }, "layers[1]",
                   "epoch 1, batch 2");
}

}  // namespace
}  // namespace layerwise::testing
