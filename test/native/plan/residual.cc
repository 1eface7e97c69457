// Residual blocks: names, predictions, gradients and training runs against the naive network, and
// the errors of their specs.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "native/core/error.h"
#include "native/network/network.h"
#include "native/plan/predictor.h"
#include "native/training/run.h"
#include "test/native/plan/gradients.h"
#include "test/native/plan/support.h"

namespace layerwise::testing {
namespace {

using gradients::CheckGradients;
using gradients::Problem;

Value Type(const std::string& type) { return Value::Object{{"type", type}}; }

// Networks of 6 inputs and 3 outputs that hold blocks in every place and with everything inside.
std::vector<Value::Array> Networks() {
  const Value norm = BatchNormalisation();
  return {
      // The sum goes into a dense step, with an activation behind it or not.
      {Dense(17, "tanh"), Residual({Dense(9, "relu"), Dense(17, "linear")}), Dense(3, "linear")},
      {Dense(17, "tanh"), Residual({Dense(17, "linear")}), Activation("gelu"), Dense(3, "linear")},
      // Behind a normalisation, and before one.
      {Dense(17, "linear"), Residual({norm, Activation("relu"), Dense(17, "linear"), norm}), norm,
       Activation("relu"), Dense(3, "linear")},
      {Dense(17, "linear"), norm, Activation("relu"),
       Residual({Dense(17, "linear", false), norm, Activation("relu"), Dense(17, "linear", false),
                 norm}),
       Activation("relu"), Dense(3, "linear")},
      // Behind activations, which keep what they computed.
      {Dense(17, "linear"), Residual({Dense(17, "tanh")}), Activation("silu"), Dense(3, "linear")},
      {Dense(17, "linear"), Residual({Dense(17, "softmax")}), Dense(3, "linear")},
      {Dense(9, "linear"), Residual({Activation("relu")}), Residual({Activation("linear")}),
       Dense(3, "linear")},
      // The first and the last layer.
      {Residual({Dense(9, "tanh"), Dense(6, "linear")}), Dense(3, "linear")},
      {Dense(3, "tanh"), Residual({Dense(5, "tanh"), Dense(3, "linear")})},
      {Residual({Dense(3, "tanh")}, true)},
      // One behind the other, of different widths.
      {Dense(9, "tanh"), Residual({Dense(9, "linear")}),
       Residual({Dense(4, "tanh"), Dense(9, "tanh")}), Residual({Dense(33, "tanh")}, true),
       Residual({Dense(33, "linear")}), Activation("relu"),
       Residual({Dense(70, "tanh"), Dense(3, "linear")}, true)},
      // With a projection: of one layer, of several, to fewer and to more columns.
      {Dense(17, "tanh"), Residual({Dense(33, "linear")}, true), Activation("tanh"),
       Dense(3, "linear")},
      {Dense(70, "tanh"), norm,
       Residual({Dense(9, "tanh"), Dense(17, "linear", false), norm}, true), norm,
       Activation("relu"), Dense(3, "linear")},
      {Dense(17, "tanh"), Residual({Activation("linear")}, true), Dense(3, "linear")},
      // Within each other, beginning and ending in the same places.
      {Dense(9, "tanh"),
       Residual({Residual({Dense(9, "linear")}), Dense(9, "tanh"),
                 Residual({Dense(4, "tanh"), Dense(9, "linear")})}),
       Dense(3, "linear")},
      {Dense(9, "tanh"), Residual({Residual({Residual({Dense(9, "linear")})})}), Activation("tanh"),
       Dense(3, "linear")},
      {Dense(9, "tanh"),
       Residual({Residual({Dense(17, "tanh")}, true), Residual({Dense(9, "linear")}, true)}),
       Residual({Residual({Dense(5, "tanh")}, true)}, true), Dense(3, "linear")},
      // Other layers inside.
      {Dense(9, "tanh"), Residual({Type("layerNorm"), Maxout(9, 2), Prelu(false)}),
       Type("layerNorm"), Dense(3, "linear")},
      // A penalty that looks at the layer before it.
      {Dense(9, "tanh"), Residual({Dense(9, "tanh"), Type("contractivePenalty")}),
       Dense(3, "linear")},
      // Weights that are shared within, and between layers on both sides of a block.
      {Dense(9, "tanh"),
       Residual({Dense(5, "tanh"), WithMembers(Dense(9, "linear"), {{"tiedTo", 0}})}),
       Dense(3, "linear")},
      {Dense(9, "tanh"), Residual({Dense(5, "tanh"), Dense(9, "linear")}),
       WithMembers(Dense(6, "tanh"), {{"tiedTo", 0}}), Dense(3, "linear")},
      // Frozen ones: as a whole, in part, and everything before.
      {Dense(9, "tanh"), Frozen(Residual({Dense(9, "tanh"), norm, Dense(17, "linear")}, true)),
       Dense(3, "linear")},
      {Frozen(Dense(9, "tanh")), Residual({Dense(9, "linear"), Frozen(Dense(9, "linear"))}),
       Residual({Frozen(Dense(5, "tanh")), Dense(9, "tanh")}), Dense(3, "linear")},
      {Frozen(Dense(9, "tanh")), Residual({Frozen(Dense(17, "linear"))}, true), Activation("tanh"),
       Dense(3, "linear")},
  };
}

TEST(GradientsOfResidualBlocks) {
  for (const Value::Array& layers : Networks()) {
    for (const int64_t rows : {5, 32}) {
      CheckGradients(
          {Spec(6, layers), "meanSquaredError", rows, rows == 5 ? 3 : 0, TargetKind::kMatrix, 10});
    }
  }
}

TEST(GradientsOfResidualBlocksBeforeAFusedLoss) {
  const std::vector<Value::Array> networks = {
      {Dense(4, "tanh"), Residual({Dense(4, "linear")}), Activation("softmax")},
      {Dense(4, "tanh"), Residual({Dense(4, "tanh")}), Activation("softmax")},
      {Residual({Dense(4, "linear")}, true), Activation("tanh"), Activation("softmax")},
      {Dense(9, "tanh"), Residual({Dense(9, "linear")}), Activation("relu"), Dense(4, "softmax")},
  };
  for (const Value::Array& layers : networks) {
    CheckGradients({Spec(6, layers), "crossEntropy", 5, 2, TargetKind::kClasses});
  }
}

TEST(GradientsOfResidualAutoencoders) {
  CheckGradients({Spec(17, {Residual({Dense(5, "tanh"), Dense(17, "linear")}), Dense(3, "tanh"),
                            Residual({Dense(17, "tanh")}, true)}),
                  "meanSquaredError", 5, 1, TargetKind::kInput});
}

TEST(GradientsOfADeepResidualNetwork) {
  Value::Array layers = {Dense(8, "linear")};
  for (int64_t l = 0; l < 20; ++l)
    layers.push_back(Residual({Dense(5, "tanh"), Dense(8, "linear")}));
  layers.push_back(Dense(3, "softmax"));
  CheckGradients({Spec(5, layers), "crossEntropy", 7, 0, TargetKind::kClasses});
}

// Smooth ones: rounding carries values over the kinks of others.
TEST(Bfloat16GradientsOfResidualBlocksAreClose) {
  for (const Value::Array& layers : Networks()) {
    Problem problem{Spec(6, layers), "meanSquaredError", 32, 3, TargetKind::kMatrix, 4000};
    problem.precision = Precision::kBf16;
    if (Describe(problem.spec).find("relu") == std::string::npos) CheckGradients(problem);
  }
}

TEST(PredictionsThroughResidualBlocksEqualTheNaiveOnes) {
  for (const Value::Array& layers : Networks()) {
    const std::shared_ptr<Network> network = RandomNetwork(Spec(6, layers));
    const auto count = static_cast<int64_t>(layers.size());
    for (const int64_t rows : {1, 9, 200}) {
      for (const int threads : {1, 3}) {
        std::vector<float> inputs(static_cast<size_t>(rows * 6));
        Generator random(4);
        random.Fill(inputs.data(), rows * 6, -2, 2);
        std::vector<float> outputs(static_cast<size_t>(rows * 3));
        Predictor(network, 0, count, threads).Predict(inputs, rows, outputs);
        const reference::Matrix exact =
            reference::Forward(TwinOf(*network), ToMatrix(inputs, rows, 6),
                               reference::Mode::kPrediction)
                .outputs;
        for (size_t i = 0; i < outputs.size(); ++i) {
          EXPECT_NEAR(outputs[i], exact.values[i], 1e-5 * (1.0 + std::fabs(exact.values[i])))
              << Describe(Spec(6, layers));
        }
      }
    }
  }
}

// Users count a block as one layer.
TEST(RangesOfLayersAreCountedWithoutThoseInBlocks) {
  const std::shared_ptr<Network> network = RandomNetwork(Spec(
      4, {Dense(5, "tanh"), Residual({Dense(7, "relu"), Dense(5, "linear")}), Dense(2, "tanh")}));
  const std::vector<float> inputs(8, 0.5f);
  std::vector<float> whole(4);
  Predictor(network, 0, 3, 1).Predict(inputs, 2, whole);
  std::vector<float> between(10);
  Predictor first(network, 0, 1, 1);
  EXPECT_EQ(first.output_size(), 5);
  first.Predict(inputs, 2, between);
  std::vector<float> sum(10);
  Predictor block(network, 1, 2, 1);
  EXPECT_EQ(block.input_size(), 5);
  EXPECT_EQ(block.output_size(), 5);
  block.Predict(between, 2, sum);
  std::vector<float> outputs(4);
  Predictor(network, 2, 3, 1).Predict(sum, 2, outputs);
  for (size_t i = 0; i < outputs.size(); ++i)
    EXPECT_NEAR(outputs[i], static_cast<double>(whole[i]), 1e-6);
  EXPECT_THROWS(Predictor(network, 0, 4, 1), "from, to");
}

TEST(ParametersOfResidualBlocksAreNamedAsInPyTorch) {
  const Network network(Spec(
      4, {Dense(5, "relu"),
          Residual({Dense(3, "relu"), Residual({Dense(3, "linear", false)}), Dense(6, "linear")},
                   true),
          Dense(2, "softmax")}));
  const std::vector<std::pair<std::string, size_t>> expected = {{"0.weight", 0},
                                                                {"0.bias", 0},
                                                                {"2.projection.weight", 1},
                                                                {"2.layers.0.weight", 1},
                                                                {"2.layers.0.bias", 1},
                                                                {"2.layers.2.layers.0.weight", 1},
                                                                {"2.layers.3.weight", 1},
                                                                {"2.layers.3.bias", 1},
                                                                {"3.weight", 2},
                                                                {"3.bias", 2}};
  const auto& blocks = network.layout().blocks();
  ASSERT_EQ(blocks.size(), expected.size());
  for (size_t i = 0; i < blocks.size(); ++i) {
    EXPECT_EQ(blocks[i].name, expected[i].first);
    EXPECT_EQ(network.spec().layers[blocks[i].layer]->index, expected[i].second);
  }
  EXPECT_EQ(network.layout().blocks()[2].shape, (std::vector<int64_t>{6, 5}));
}

TEST(TheSameLayersHaveTheSameFirstWeightsInAndOutOfABlock) {
  // One that owns nothing shifts no random numbers.
  const Network plain(Spec(4, {Dense(4, "tanh"), Dense(4, "linear")}));
  const Network residual(Spec(4, {Residual({Dense(4, "tanh"), Dense(4, "linear")})}));
  EXPECT_TRUE(ParameterValues(plain, "0.weight") == ParameterValues(residual, "0.layers.0.weight"));
  EXPECT_TRUE(ParameterValues(plain, "2.weight") == ParameterValues(residual, "0.layers.2.weight"));
}

TEST(TrainingResidualBlocksGivesTheSameBitsWithAnyNumberOfThreads) {
  const Value norm = BatchNormalisation();
  const Value spec = Spec(
      120,
      {Dense(170, "relu"),
       Residual({norm, Activation("relu"), Dense(290, "linear"), norm, Activation("relu"),
                 Type("dropout"), Dense(170, "linear")}),
       Residual({Dense(90, "tanh"), Residual({Dense(90, "linear")}), Dense(150, "linear")}, true),
       Activation("relu"), Dense(3, "linear")});
  for (const char* precision : {"float32", "bf16"}) {
    std::vector<float> expected;
    for (const int64_t threads : {1, 2, 3, 4}) {
      auto network = std::make_shared<Network>(spec);
      const std::shared_ptr<Dataset> data = RandomData(600, 120, "matrix", 3, 4);
      Value options = RunOptions(2, 256, "adam", "meanSquaredError");
      options.Set("threads", threads);
      options.Set("precision", precision);
      Run run(network, data, nullptr, options);
      RecordingSink sink;
      run.Execute(sink);
      if (expected.empty()) expected = AllParameters(*network);
      EXPECT_TRUE(expected == AllParameters(*network)) << threads << " threads, " << precision;
    }
  }
}

// Several optimizers and both ways to update: the loss falls as that of the naive network.
TEST(TrainingResidualBlocksLowersTheLoss) {
  for (const char* optimizer : {"adam", "sgd", "lbfgs"}) {
    auto network = std::make_shared<Network>(
        Spec(6, {Residual({Dense(16, "tanh"), Dense(6, "linear")}), Dense(2, "linear")}));
    const std::shared_ptr<Dataset> data = RandomData(64, 6, "matrix", 2, 7);
    Run run(network, data, nullptr, RunOptions(30, 64, optimizer, "meanSquaredError"));
    RecordingSink sink;
    const RecordedHistory history = Execute(run, sink);
    EXPECT_LT(history.epochs.back().training.loss, 0.9 * history.epochs.front().training.loss)
        << optimizer;
  }
}

TEST(DivergenceNamesTheLayerInTheBlock) {
  auto network = std::make_shared<Network>(
      Spec(6, {Dense(6, "linear"), Residual({Dense(9, "relu"), Dense(6, "linear")})}));
  network->WriteParameter("1.layers.2.weight", std::vector<float>(54, 3e38f));
  Run run(network, RandomData(40, 6, "matrix", 6, 2), nullptr,
          RunOptions(1, 8, "sgd", "meanSquaredError"));
  RecordingSink sink;
  EXPECT_THROWS(run.Execute(sink), "layers[1].layers[1]");
}

TEST(WrongResidualBlocksAreRefused) {
  struct Case {
    Value::Array layers;
    std::string path;
    std::string received;
  };
  Value deep = Dense(4, "linear");
  for (int i = 0; i < 11; ++i) deep = Residual({deep});
  Value member = Residual({Dense(4, "linear")});
  member.Set("units", 4);
  Value wrong = Residual({Dense(4, "linear")});
  wrong.Set("projectionInitializer", "glorot");
  const std::vector<Case> cases = {
      {{Dense(4, "relu"), Residual({Dense(5, "relu")})}, "layers[1].layers", "5"},
      {{Residual({Dense(4, "relu"), Residual({Dense(3, "linear")}), Dense(4, "linear")})},
       "layers[0].layers[1].layers",
       "3"},
      {{Residual({})}, "layers[0].layers", "0 items"},
      {{Residual({Dense(4, "relu"), Dense(0, "relu")})}, "layers[0].layers[1].units", "0"},
      {{Residual({Dense(4, "relu"), Type("dens")})}, "layers[0].layers[1].type", "dens"},
      {{Type("residual")}, "layers[0].layers", ""},
      {{member}, "layers[0].units", "units"},
      {{wrong}, "layers[0].projectionInitializer", "glorot"},
      {{deep}, "layers[0]", "one more"},
      {{Residual({Dense(4, "relu")}), Type("contractivePenalty")}, "layers[1]", "residual"},
      {{Dense(4, "relu"), Residual({Type("contractivePenalty")})}, "layers[1].layers[0]", "none"},
      {{Dense(5, "relu"), Residual({WithMembers(Dense(5, "relu"), {{"tiedTo", 0}})})},
       "layers[1].layers[0].tiedTo",
       "0"},
      {{Residual({Dense(5, "relu"), WithMembers(Dense(3, "relu"), {{"tiedTo", 0}})})},
       "layers[0].layers[1]",
       "layers[0].layers[0] transposed"},
  };
  for (const Case& one : cases) {
    EXPECT_THROWS(Network(Spec(4, one.layers)), one.path);
    EXPECT_THROWS(Network(Spec(4, one.layers)), one.received);
  }
}

// What a block gives is a sum: losses that are fused with an activation cannot follow it.
TEST(AFusedLossIsRefusedBehindAResidualBlock) {
  auto network = std::make_shared<Network>(Spec(4, {Residual({Dense(4, "softmax")})}));
  const std::shared_ptr<Dataset> data = RandomData(8, 4, "classes", 4, 1);
  EXPECT_THROWS(Run(network, data, nullptr, RunOptions(1, 4, "adam", "crossEntropy")),
                "linear outputs");
}

}  // namespace
}  // namespace layerwise::testing
