// Layers that share their weights: gradients, whole runs, and predictions of a part of the network.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "native/network/network.h"
#include "native/plan/predictor.h"
#include "native/training/run.h"
#include "test/native/plan/gradients.h"
#include "test/native/plan/support.h"

namespace layerwise::testing {
namespace {

using gradients::CheckGradients;
using gradients::Problem;

TEST(GradientsOfTiedLayers) {
  struct Case {
    int64_t inputs;
    Value::Array layers;
  };
  const std::vector<Case> cases = {
      {6, {Dense(3, "linear"), Tied(0, 6, "linear")}},
      // The activation leaves no zeros behind the last column, where panels have some.
      {70, {Dense(9, "sigmoid"), Tied(0, 70, "tanh", false)}},
      {97, {Dense(33, "sigmoid", false), Tied(0, 97, "linear")}},
      {21, {Dense(17, "tanh"), Dense(5, "sigmoid"), Tied(1, 17, "tanh"), Tied(0, 21, "linear")}},
      {20,
       {Dense(40, "linear"), BatchNormalisation(), Activation("tanh"), Dense(7, "softmax"),
        Tied(3, 40, "linear"), BatchNormalisation(), Activation("tanh"), Tied(0, 20, "linear")}},
      // Twice the same weights, with another layer between and behind.
      {8,
       {Dense(8, "tanh"), Tied(0, 8, "tanh"), Dense(8, "sigmoid"), Tied(0, 8, "tanh"),
        Dense(3, "linear")}},
      {12,
       {Dense(5, "tanh"),
        WithMembers(Dense(9, "tanh"), {{"kernelPenalty", Value::Object{{"l2", 0.1}}}}),
        Tied(1, 5, "tanh")}},
  };
  for (const Case& one : cases) {
    for (const int64_t rows : {5, 32}) {
      const bool is_normalised = one.layers.size() == 8;
      Problem problem{Spec(one.inputs, one.layers), "meanSquaredError"};
      problem.rows = rows;
      problem.spare_rows = rows == 5 ? 3 : 0;
      problem.allowance = is_normalised ? 10 : 1;
      CheckGradients(problem);
      if (is_normalised) continue;  // which blows up what bfloat16 rounds
      problem.precision = Precision::kBf16;
      problem.allowance = 2000;
      CheckGradients(problem);
    }
  }
}

Value TiedAutoencoder(int64_t inputs) {
  return Spec(inputs, {Dense(70, "sigmoid"), Dense(21, "tanh"), Tied(1, 70, "sigmoid"),
                       Tied(0, inputs, "linear")});
}

std::vector<float> Train(const Value& spec, const std::shared_ptr<Dataset>& data, int threads,
                         const Value::Object& more) {
  auto network = std::make_shared<Network>(spec);
  Value options = WithMembers(RunOptions(3, 50, "adam", "meanSquaredError"), more);
  options.Set("threads", threads);
  Run run(network, data, nullptr, options);
  RecordingSink sink;
  run.Execute(sink);
  return AllParameters(*network);
}

TEST(TiedTrainingGivesTheSameBitsWithAnyNumberOfThreads) {
  const std::shared_ptr<Dataset> data = RandomData(120, 150, "input", 0, 4);
  for (const char* precision : {"float32", "bf16"}) {
    const Value::Object more = {{"precision", precision}};
    const std::vector<float> expected = Train(TiedAutoencoder(150), data, 1, more);
    for (int threads = 2; threads <= 3; ++threads) {
      const std::vector<float> actual = Train(TiedAutoencoder(150), data, threads, more);
      EXPECT_TRUE(std::equal(actual.begin(), actual.end(), expected.begin(),
                             [](float a, float b) { return SameBits(a, b); }))
          << precision << " with " << threads << " threads";
    }
  }
}

TEST(PaddingOfTiedWeightsStaysZero) {
  const std::shared_ptr<Dataset> data = RandomData(120, 37, "input", 0, 4);
  const Value spec = Spec(37, {Dense(21, "sigmoid"), Tied(0, 37, "linear")});
  const std::vector<float> parameters = Train(spec, data, 1, {});
  const Network network(spec);
  const ParameterBlock& weights = network.layout().blocks().front();
  std::vector<float> values(static_cast<size_t>(BlockSize(weights)));
  ReadBlock(weights, parameters.data(), values);
  std::vector<float> whole(parameters.size(), 0.0f);
  WriteBlock(weights, values, whole.data());
  for (int64_t i = 0; i < weights.panels.size(); ++i) {
    EXPECT_EQ(parameters[static_cast<size_t>(i)], whole[static_cast<size_t>(i)]);
  }
}

// With clipping that changes nothing the gradients are kept, and used once all are known.
TEST(TiedGradientsAreUsedOnceWhenTheyAreUsedLater) {
  const std::shared_ptr<Dataset> data = RandomData(100, 40, "input", 0, 4);
  const std::vector<float> at_once = Train(TiedAutoencoder(40), data, 1, {});
  const std::vector<float> later =
      Train(TiedAutoencoder(40), data, 1, {{"gradientClipping", Value::Object{{"norm", 1e6}}}});
  EXPECT_TRUE(at_once == later);
}

TEST(SharedWeightsAreFrozenWithTheLayerThatOwnsThem) {
  const std::shared_ptr<Dataset> data = RandomData(60, 20, "input", 0, 4);
  const Value encoder = Dense(7, "tanh");
  const Value decoder = Tied(0, 20, "linear");
  const auto changed = [&](const Value& first, const Value& second) {
    const Value spec = Spec(20, {first, second});
    auto network = std::make_shared<Network>(spec);
    Run run(network, data, nullptr, RunOptions(1, 20, "adam", "meanSquaredError"));
    RecordingSink sink;
    run.Execute(sink);
    const Network fresh(spec);
    std::vector<bool> result;
    for (const char* name : {"0.weight", "0.bias", "2.bias"}) {
      result.push_back(ParameterValues(*network, name) != ParameterValues(fresh, name));
    }
    return result;
  };
  const Value::Object frozen = {{"frozen", true}};
  EXPECT_TRUE(changed(encoder, decoder) == std::vector<bool>({true, true, true}));
  EXPECT_TRUE(changed(WithMembers(encoder, frozen), decoder) ==
              std::vector<bool>({false, false, true}));
  EXPECT_TRUE(changed(encoder, WithMembers(decoder, frozen)) ==
              std::vector<bool>({true, true, false}));
}

std::vector<float> Predict(const std::shared_ptr<Network>& network, int64_t from, int64_t to,
                           const std::vector<float>& inputs, int64_t rows, Precision precision) {
  Predictor predictor(network, from, to, 1, precision);
  std::vector<float> outputs(static_cast<size_t>(rows * predictor.output_size()));
  predictor.Predict(inputs, rows, outputs, nullptr);
  return outputs;
}

TEST(TiedLayersPredictWithAndWithoutTheLayerOfTheirWeights) {
  constexpr int64_t kInputs = 40;
  auto network = std::make_shared<Network>(
      Spec(kInputs, {Dense(17, "linear"), BatchNormalisation(), Activation("sigmoid"),
                     Tied(0, kInputs, "linear"), BatchNormalisation()}));
  Run run(network, RandomData(64, kInputs, "input", 0, 1), nullptr,
          RunOptions(3, 16, "adam", "meanSquaredError"));
  RecordingSink sink;
  run.Execute(sink);
  const reference::Network twin = TwinOf(*network);
  for (const int64_t rows : {1, 2, 9}) {
    std::vector<float> inputs(static_cast<size_t>(rows * kInputs));
    Generator random(7);
    random.Fill(inputs.data(), rows * kInputs, 0, 1);
    const reference::Matrix exact =
        reference::Forward(twin, ToMatrix(inputs, rows, kInputs), reference::Mode::kPrediction)
            .outputs;
    for (const Precision precision : {Precision::kFloat32, Precision::kBf16}) {
      const double tolerance = precision == Precision::kFloat32 ? 1e-4 : 0.1;
      const std::vector<float> whole = Predict(network, 0, 5, inputs, rows, precision);
      const std::vector<float> codes = Predict(network, 0, 3, inputs, rows, precision);
      const std::vector<float> decoded = Predict(network, 3, 5, codes, rows, precision);
      for (size_t i = 0; i < whole.size(); ++i) {
        EXPECT_NEAR(whole[i], exact.values[i], tolerance);
        EXPECT_NEAR(decoded[i], exact.values[i], tolerance);
      }
    }
  }
}

TEST(TiedLayersOwnTheirBiasAlone) {
  const Network network(TiedAutoencoder(40));
  std::vector<std::string> names;
  for (const ParameterBlock& block : network.layout().blocks()) names.push_back(block.name);
  const std::vector<std::string> expected = {"0.weight", "0.bias", "2.weight",
                                             "2.bias",   "4.bias", "6.bias"};
  EXPECT_TRUE(names == expected);
  const Value layers = network.DescribeLayers();
  EXPECT_EQ(*layers.array_if()->at(3).Find("parameterCount")->number_if(), 40.0);
}

TEST(WrongTiesAreRefusedWithTheirPath) {
  const auto refuses = [](Value::Array layers, const char* path) {
    const Value spec = Spec(4, std::move(layers));
    EXPECT_THROWS(ReadNetworkSpec(spec), path);
  };
  refuses({Dense(3, "relu"), Tied(1, 4, "linear")}, "layers[1].tiedTo");
  refuses({Dense(3, "relu"), Tied(-1, 4, "linear")}, "layers[1].tiedTo");
  refuses({Dense(3, "relu"), Tied(7, 4, "linear")}, "layers[1].tiedTo");
  refuses({Maxout(3, 2), Tied(0, 4, "linear")}, "layers[1].tiedTo");
  refuses({Dense(4, "relu"), Tied(0, 4, "relu"), Tied(1, 4, "linear")}, "layers[2].tiedTo");
  refuses({Dense(3, "relu"), Tied(0, 5, "linear")}, "layers[1]: expected 3 inputs and 4 units");
  refuses({Dense(3, "relu"), Dense(2, "relu"), Tied(0, 4, "linear")}, "layers[2]");
  for (const char* member : {"kernelInitializer", "kernelPenalty", "maxNorm"}) {
    refuses({Dense(3, "relu"), WithMembers(Tied(0, 4, "linear"), {{member, "zeros"}})}, member);
  }
}

}  // namespace
}  // namespace layerwise::testing
