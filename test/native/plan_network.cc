// A network as a handle: snapshots while it is trained, predictions and evaluations.
#include "native/plan/evaluation.h"
#include "native/plan/network.h"

#include <atomic>
#include <bit>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "native/core/error.h"
#include "native/plan/metrics.h"
#include "native/plan/predictor.h"
#include "native/plan/run.h"
#include "test/native/plan_support.h"

namespace layerwise::testing {
namespace {

// ---- Snapshots ----

TEST(ASnapshotDoesNotChangeWhenNewerParametersArePublished) {
  Network network(Spec(3, {Dense(2, "linear")}));
  const auto size = static_cast<size_t>(network.layout().size());
  const std::vector<float> before = AllParameters(network);
  const std::shared_ptr<const Parameters> held = network.Snapshot();
  for (int i = 0; i < 5; ++i) {
    network.Publish(std::vector<float>(size, static_cast<float>(i)).data());
    EXPECT_EQ(network.Snapshot()->data()[0], static_cast<float>(i));
  }
  EXPECT_TRUE(std::vector<float>(held->data(), held->data() + size) == before);
}

TEST(WritingAParameterDoesNotChangeASnapshot) {
  Network network(Spec(1, {Dense(1, "linear")}));
  network.WriteParameter("0.weight", std::vector<float>{1});
  const std::shared_ptr<const Parameters> held = network.Snapshot();
  network.WriteParameter("0.weight", std::vector<float>{2});
  EXPECT_EQ(held->data()[0], 1.0f);
  EXPECT_EQ(network.Snapshot()->data()[0], 2.0f);
}

TEST(PublishingKeepsTwoCopiesAtMost) {
  Network network(Spec(30, {Dense(20, "linear")}));
  const size_t one = network.bytes();
  const std::vector<float> parameters = AllParameters(network);
  for (int i = 0; i < 100; ++i) network.Publish(parameters.data());
  EXPECT_EQ(network.bytes(), 2 * one);
}

TEST(ReadersSeeWholeParametersWhileOthersArePublished) {
  Network network(Spec(8, {Dense(50, "linear")}));
  const auto size = static_cast<size_t>(network.layout().size());
  network.Publish(std::vector<float>(size, 0.0f).data());
  constexpr int kPublished = 2000;
  std::atomic<bool> done{false};
  std::atomic<int64_t> torn{0};
  const auto read = [&] {
    float last = 0;
    while (!done.load()) {
      const std::shared_ptr<const Parameters> snapshot = network.Snapshot();
      const float first = snapshot->data()[0];
      if (first < last) ++torn;  // never older than before
      last = first;
      for (size_t i = 0; i < size; ++i) {
        if (snapshot->data()[i] != first) ++torn;
      }
    }
  };
  std::thread one(read);
  std::thread other(read);
  std::vector<float> parameters(size);
  for (int i = 1; i <= kPublished; ++i) {
    parameters.assign(size, static_cast<float>(i));
    network.Publish(parameters.data());
  }
  done = true;
  one.join();
  other.join();
  EXPECT_EQ(torn.load(), 0);
  EXPECT_EQ(network.Snapshot()->data()[0], static_cast<float>(kPublished));
}

TEST(OneRunAtATimeHoldsANetwork) {
  auto network = std::make_shared<Network>(Spec(3, {Dense(2, "linear")}));
  const std::shared_ptr<Dataset> data = RandomData(4, 3, "matrix", 2, 1);
  const Value options = RunOptions(1, 4, "adam", "meanSquaredError");
  {
    const Run run(network, data, nullptr, options);
    EXPECT_THROWS(Run(network, data, nullptr, options), "under way");
    EXPECT_THROWS(network->WriteParameter("0.bias", std::vector<float>(2)), "under way");
  }
  network->WriteParameter("0.bias", std::vector<float>(2));
  const Run run(network, data, nullptr, options);
}

TEST(LayersAndParametersAreDescribed) {
  const Network network(Spec(4, {Dense(3, "relu"), BatchNormalisation(), Dense(2, "softmax")}));
  const Value layers = network.DescribeLayers();
  ASSERT_EQ(layers.array_if()->size(), 3U);
  const Value& first = layers.array_if()->at(0);
  EXPECT_EQ(*first.Find("type")->string_if(), "dense");
  EXPECT_EQ(*first.Find("inputSize")->number_if(), 4.0);
  EXPECT_EQ(*first.Find("outputSize")->number_if(), 3.0);
  EXPECT_EQ(*first.Find("parameterCount")->number_if(), 15.0);
  EXPECT_EQ(*first.Find("activation")->string_if(), "relu");
  const Value parameters = network.DescribeParameters();
  const Value& running = parameters.array_if()->at(4);
  EXPECT_EQ(*running.Find("name")->string_if(), "2.running_mean");
  EXPECT_FALSE(*running.Find("trainable")->bool_if());
  EXPECT_EQ(running.Find("shape")->array_if()->size(), 1U);
}

// ---- Predictions ----

std::shared_ptr<Network> RandomNetwork(const Value& spec) {
  auto network = std::make_shared<Network>(spec);
  std::vector<float> parameters(static_cast<size_t>(network->layout().size()), 0.0f);
  Generator random(3);
  Randomise(network->layout(), random, parameters.data());
  network->Publish(parameters.data());
  return network;
}

std::shared_ptr<Network> MixedNetwork() {
  return RandomNetwork(
      Spec(13, {Dense(37, "relu"), BatchNormalisation(), Activation("tanh"), Dense(20, "softmax"),
                Activation("leakyRelu"), Dense(5, "sigmoid", false)}));
}

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

// ---- Evaluation ----

EvaluationResult Evaluate(const std::shared_ptr<Network>& network,
                          const std::shared_ptr<Dataset>& data, const std::string& loss,
                          Value::Array metrics, int64_t batch_size, int threads) {
  Evaluation evaluation(network, data,
                        Value::Object{{"loss", loss},
                                      {"metrics", std::move(metrics)},
                                      {"batchSize", batch_size},
                                      {"threads", threads}});
  return evaluation.Execute(std::atomic<bool>(false));
}

TEST(EvaluationEqualsTheNaiveLossAtEveryBatchSize) {
  const std::shared_ptr<Network> network = MixedNetwork();
  const std::shared_ptr<Dataset> data = RandomData(61, 13, "matrix", 5, 5);
  const reference::Matrix inputs = ToMatrix({data->float_inputs(), 61 * 13}, 61, 13);
  const reference::Matrix targets = ToMatrix({data->float_targets(), 61 * 5}, 61, 5);
  for (const char* loss : {"meanSquaredError", "binaryCrossEntropy"}) {
    const double exact = reference::MeanLoss(TwinOf(*network), LossTwin(loss), inputs, targets,
                                             reference::Mode::kPrediction);
    for (const int64_t batch_size : {1, 7, 61, 1000}) {
      for (const int threads : {1, 3}) {
        EXPECT_NEAR(Evaluate(network, data, loss, {}, batch_size, threads).loss, exact, 1e-6)
            << loss << " in batches of " << batch_size;
      }
    }
  }
}

double MetricOf(std::string_view name, std::vector<float> outputs, std::vector<float> targets,
                bool independent = false) {
  for (const MetricRow& row : Metrics()) {
    if (name != row.info.name) continue;
    return row.of_row(
        {outputs.data(), targets.data(), 0, static_cast<int64_t>(outputs.size()), independent});
  }
  throw std::runtime_error("no metric " + std::string(name));
}

TEST(MetricsOfARow) {
  EXPECT_EQ(MetricOf("accuracy", {0.2f, 0.5f, 0.3f}, {0, 1, 0}), 1.0);
  EXPECT_EQ(MetricOf("accuracy", {0.2f, 0.5f, 0.3f}, {0, 0, 1}), 0.0);
  EXPECT_EQ(MetricOf("accuracy", {0.6f, 0.4f, 0.7f, 0.5f}, {1, 1, 0, 0}, true), 0.5);
  EXPECT_EQ(MetricOf("accuracy", {0.6f}, {1}), 1.0);
  EXPECT_EQ(MetricOf("accuracy", {0.6f}, {0}), 0.0);
  EXPECT_NEAR(MetricOf("meanSquaredError", {1, 4}, {0, 1}), 5.0, 1e-12);
  EXPECT_NEAR(MetricOf("meanAbsoluteError", {1, -4}, {0, 1}), 3.0, 1e-12);
}

TEST(MetricsTakeClassesLikeOneHotRows) {
  const std::vector<float> outputs = {0.1f, 0.7f, 0.2f};
  for (const MetricRow& row : Metrics()) {
    for (int32_t target = 0; target < 3; ++target) {
      std::vector<float> one_hot(3, 0.0f);
      one_hot[static_cast<size_t>(target)] = 1.0f;
      EXPECT_EQ(row.of_row({outputs.data(), nullptr, target, 3, false}),
                row.of_row({outputs.data(), one_hot.data(), 0, 3, false}))
          << row.info.name;
    }
  }
}

TEST(MetricsAreAveragedOverRows) {
  const std::shared_ptr<Network> network =
      RandomNetwork(Spec(6, {Dense(9, "tanh"), Dense(3, "softmax")}));
  const std::shared_ptr<Dataset> data = RandomData(50, 6, "classes", 3, 6);
  const reference::Matrix y =
      reference::Forward(TwinOf(*network), ToMatrix({data->float_inputs(), 300}, 50, 6)).outputs;
  double right = 0;
  double absolute = 0;
  for (int64_t i = 0; i < 50; ++i) {
    const int32_t target = data->class_targets()[i];
    int64_t answer = 0;
    for (int64_t j = 0; j < 3; ++j) {
      if (y.At(i, j) > y.At(i, answer)) answer = j;
      absolute += std::fabs(y.At(i, j) - (j == target ? 1.0 : 0.0)) / 3.0;
    }
    right += answer == target ? 1.0 : 0.0;
  }
  for (const int64_t batch_size : {7, 50}) {
    const EvaluationResult result =
        Evaluate(network, data, "crossEntropy", {Value("accuracy"), Value("meanAbsoluteError")},
                 batch_size, 2);
    EXPECT_NEAR(result.metrics.at(0), right / 50.0, 1e-12);
    EXPECT_NEAR(result.metrics.at(1), absolute / 50.0, 1e-6);
  }
}

}  // namespace
}  // namespace layerwise::testing
