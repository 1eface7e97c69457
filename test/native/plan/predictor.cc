// Predictions of ranges of layers, against the naive network.
#include "native/plan/predictor.h"

#include <atomic>
#include <bit>
#include <cstdint>
#include <memory>
#include <vector>

#include "native/core/companion.h"
#include "native/network/network.h"
#include "test/native/plan/support.h"

namespace layerwise::testing {
namespace {

std::vector<float> RandomInputs(int64_t rows, int64_t columns) {
  std::vector<float> inputs(static_cast<size_t>(rows * columns));
  Generator random(4);
  random.Fill(inputs.data(), static_cast<int64_t>(inputs.size()), -2, 2);
  return inputs;
}

TEST(PredictionsEqualTheNaiveNetworkInEveryRangeOfLayers) {
  const std::shared_ptr<Network> network = MixedNetwork();
  const auto layers = static_cast<int64_t>(network->spec().layers.size());
  const reference::Network twin = TwinOf(*network);
  for (int64_t from = 0; from < layers; ++from) {
    for (int64_t to = from + 1; to <= layers; ++to) {
      Predictor predictor(network, from, to, 1);
      reference::Network part;
      part.layers.assign(twin.layers.begin() + from, twin.layers.begin() + to);
      for (const int64_t rows : {1, 3, 9, 200}) {
        const std::vector<float> inputs = RandomInputs(rows, predictor.input_size());
        std::vector<float> outputs(static_cast<size_t>(rows * predictor.output_size()));
        predictor.Predict(inputs, rows, outputs);
        const reference::Matrix exact =
            reference::Forward(part, ToMatrix(inputs, rows, predictor.input_size()),
                               reference::Mode::kPrediction)
                .outputs;
        double worst = 0;
        for (size_t i = 0; i < outputs.size(); ++i) {
          worst = std::max(worst, std::fabs(static_cast<double>(outputs[i]) - exact.values[i]));
        }
        EXPECT_LE(worst, 1e-5) << "layers " << from << " to " << to << ", " << rows << " rows";
      }
    }
  }
}

// However rows are put together and whoever computes them.
TEST(ARowIsPredictedWithTheSameBitsInEveryBatch) {
  const std::shared_ptr<Network> network = RandomNetwork(Spec(
      130, {Dense(151, "relu"), BatchNormalisation(), Dense(140, "tanh"), Dense(33, "softmax")}));
  const auto layers = static_cast<int64_t>(network->spec().layers.size());
  constexpr int64_t kRows = 300;
  const std::vector<float> inputs = RandomInputs(kRows, 130);
  const size_t size = static_cast<size_t>(kRows * 33);
  for (const Precision precision : {Precision::kFloat32, Precision::kBf16}) {
    std::vector<float> expected(size);
    Predictor(network, 0, layers, 1, precision).Predict(inputs, kRows, expected);
    for (const int threads : {2, 3, 4}) {
      std::vector<float> outputs(size);
      Predictor(network, 0, layers, threads, precision).Predict(inputs, kRows, outputs);
      EXPECT_TRUE(outputs == expected) << threads << " threads";
    }
    Predictor predictor(network, 0, layers, 2, precision);
    for (const int64_t rows : {1, 2, 7, 8, 9, 33, 129}) {
      for (int64_t at = 0; at + rows <= kRows; at += 97) {
        std::vector<float> outputs(static_cast<size_t>(rows * 33));
        predictor.Predict(std::span(inputs).subspan(static_cast<size_t>(at * 130)), rows, outputs);
        EXPECT_TRUE(std::equal(outputs.begin(), outputs.end(), expected.begin() + at * 33))
            << rows << " rows from row " << at;
      }
    }
  }
}

// Many rows are shared out among threads, which then go through the whole network with their own.
TEST(ManyRowsArePredictedWithTheSameBitsByAnyNumberOfThreads) {
  const Value spec = Spec(30, {Dense(70, "relu"), Dense(40, "tanh"), Dense(5, "softmax")});
  const std::shared_ptr<Network> network = RandomNetwork(spec);
  constexpr int64_t kRows = 1500;
  const std::vector<float> inputs = RandomInputs(kRows, 30);
  for (const Precision precision : {Precision::kFloat32, Precision::kBf16}) {
    Predictor one(network, 0, 3, 1, precision);
    Predictor two(network, 0, 3, 2, precision);
    Predictor seven(network, 0, 3, 7, precision);
    for (const float weight : {0.5f, -0.25f}) {  // the newest parameters, in each lane
      network->WriteParameter("0.weight", std::vector<float>(30 * 70, weight));
      for (const int64_t rows : {256, 451, 1031, 1500}) {
        std::vector<float> expected(static_cast<size_t>(rows * 5));
        one.Predict(inputs, rows, expected);
        for (Predictor* predictor : {&two, &seven}) {
          std::vector<float> outputs(expected.size());
          predictor->Predict(inputs, rows, outputs);
          EXPECT_TRUE(outputs == expected) << rows << " rows";
        }
      }
    }
  }
}

// Rows of some widths are read where they are, others are copied first; at addresses and with rows
// of no alignment, and with nothing behind the last number.
TEST(PredictionsAreTheSameWhereverTheRowsLie) {
  for (const int64_t columns : {1, 31, 130, 256, 512}) {
    const std::shared_ptr<Network> network =
        RandomNetwork(Spec(columns, {Dense(40, "relu"), Dense(3, "linear")}));
    const reference::Network twin = TwinOf(*network);
    Predictor predictor(network, 0, 2, 2);
    for (const int64_t rows : {1, 2, 3, 150, 300}) {
      const std::vector<float> inputs = RandomInputs(rows, columns);
      std::vector<float> moved(inputs.size() + 1);
      std::copy(inputs.begin(), inputs.end(), moved.begin() + 1);
      std::vector<float> outputs(static_cast<size_t>(rows * 3));
      std::vector<float> outputs_of_moved(outputs.size());
      predictor.Predict(inputs, rows, outputs);
      predictor.Predict(std::span(moved).subspan(1), rows, outputs_of_moved);
      EXPECT_TRUE(outputs == outputs_of_moved) << rows << " rows of " << columns;
      const reference::Matrix exact =
          reference::Forward(twin, ToMatrix(inputs, rows, columns), reference::Mode::kPrediction)
              .outputs;
      for (size_t i = 0; i < outputs.size(); ++i) {
        EXPECT_NEAR(outputs[i], exact.values[i], 1e-4) << rows << " rows of " << columns;
      }
    }
  }
}

TEST(PredictionsUseTheNewestParameters) {
  for (const Precision precision : {Precision::kFloat32, Precision::kBf16}) {
    auto network = std::make_shared<Network>(Spec(1, {Dense(1, "linear", false)}));
    Predictor predictor(network, 0, 1, 1, precision);
    for (const float weight : {2.0f, 3.0f, 2.0f}) {
      network->WriteParameter("0.weight", std::vector<float>{weight});
      std::vector<float> outputs(1);
      predictor.Predict(std::vector<float>{5}, 1, outputs);
      EXPECT_EQ(outputs[0], 5 * weight);
    }
  }
}

// Weights enough for a companion, an odd number of panels, and layers that are too small for it.
Value NetworkForTwo() {
  return Spec(400,
              {Dense(350, "relu"), BatchNormalisation(), Dense(300, "tanh"), Dense(3, "softmax")});
}

std::vector<float> PredictWithCompanion(Predictor& predictor, const std::vector<float>& inputs,
                                        int64_t rows) {
  std::vector<float> outputs(static_cast<size_t>(rows * predictor.output_size()));
  EXPECT_TRUE(predictor.PaysInHalves(rows));
  const Companion::Hold hold(Companion::OfProcess());
  predictor.Predict(inputs, rows, outputs);
  return outputs;
}

TEST(PredictionsInHalvesHaveTheBitsOfOneThread) {
  const auto network = std::make_shared<Network>(NetworkForTwo());
  for (const Precision precision : {Precision::kFloat32, Precision::kBf16}) {
    Predictor predictor(network, 0, 4, 1, precision);
    for (const int64_t rows : {1, 2, 3, 8, 9, 32, 128, 129, 300}) {
      const std::vector<float> inputs = RandomInputs(rows, 400);
      std::vector<float> expected(static_cast<size_t>(rows * 3));
      predictor.Predict(inputs, rows, expected);
      for (int round = 0; round < 20; ++round) {
        EXPECT_TRUE(PredictWithCompanion(predictor, inputs, rows) == expected)
            << rows << " rows, round " << round;
      }
    }
  }
}

TEST(PredictionsInHalvesUseTheNewestParameters) {
  const auto network = std::make_shared<Network>(NetworkForTwo());
  const std::vector<float> inputs = RandomInputs(1, 400);
  for (const Precision precision : {Precision::kFloat32, Precision::kBf16}) {
    auto predictor = std::make_unique<Predictor>(network, 0, 4, 1, precision);
    for (int round = 0; round < 24; ++round) {
      network->WriteParameter("0.bias", std::vector<float>(350, 0.01f * static_cast<float>(round)));
      std::vector<float> expected(3);
      Predictor(network, 0, 4, 1, precision).Predict(inputs, 1, expected);
      // The companion joins only a series of calls.
      for (int turn = 0; turn < 2 * Companion::kCallsBeforeStart; ++turn) {
        EXPECT_TRUE(PredictWithCompanion(*predictor, inputs, 1) == expected) << "round " << round;
      }
      if (round % 7 == 0) predictor = std::make_unique<Predictor>(network, 0, 4, 1, precision);
    }
  }
}

TEST(PredictionsOfNoRowsAndOfLinearNetworksWork) {
  auto network = std::make_shared<Network>(Spec(3, {Activation("linear")}));
  Predictor predictor(network, 0, 1, 1);
  predictor.Predict({}, 0, {});
  const std::vector<float> inputs = RandomInputs(20, 3);
  std::vector<float> outputs(60);
  predictor.Predict(inputs, 20, outputs);
  EXPECT_TRUE(outputs == inputs);
}

TEST(PredictionsStopWhenTold) {
  auto network = std::make_shared<Network>(Spec(1, {Dense(1, "linear")}));
  Predictor predictor(network, 0, 1, 1);
  std::vector<float> outputs(1, 7.0f);
  const std::atomic<bool> stop{true};
  predictor.Predict(std::vector<float>{5}, 1, outputs, &stop);
  EXPECT_EQ(outputs[0], 7.0f);
}

TEST(WrongRangesOfLayersAreRefused) {
  const std::shared_ptr<Network> network = MixedNetwork();
  EXPECT_THROWS(Predictor(network, 0, 0, 1), "a range of layers");
  EXPECT_THROWS(Predictor(network, -1, 2, 1), "a range of layers");
  EXPECT_THROWS(Predictor(network, 3, 2, 1), "a range of layers");
  EXPECT_THROWS(Predictor(network, 0, 7, 1), "a range of layers");
}

}  // namespace
}  // namespace layerwise::testing
