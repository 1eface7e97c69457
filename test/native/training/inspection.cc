// Statistics of the layers of a training, against the naive network in double precision.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "native/training/run.h"
#include "test/native/plan/support.h"

namespace layerwise::testing {
namespace {

constexpr int64_t kRows = 40;
constexpr int64_t kInputs = 6;
constexpr int64_t kOutputs = 3;

Value Statistics(Value::Object members = {}) { return members; }

// Trains on the same rows each time, and looks at all of them.
struct Trained {
  Trained(const Value& spec, const std::string& loss, const std::string& targets,
          Value::Object options, const Value& statistics)
      : network(std::make_shared<Network>(spec)),
        data(RandomData(kRows, kInputs, targets, kOutputs, 11)),
        before(AllParameters(*network)) {
    options.emplace_back("loss", loss);
    options.emplace_back("threads", 1);
    options.emplace_back("statistics", statistics);
    Run run(network, data, nullptr, options);
    run.Execute(sink);
  }

  std::shared_ptr<Network> network;
  std::shared_ptr<Dataset> data;
  std::vector<float> before;
  RecordingSink sink;
};

Value::Object OneUpdate() {
  const Value sgd(Value::Object{{"type", "sgd"}, {"learningRate", 0.1}});
  return {{"epochs", 1}, {"batchSize", kRows}, {"optimizer", sgd}};
}

Spread SpreadOf(const std::vector<double>& values) {
  double sum = 0;
  double squares = 0;
  for (const double value : values) sum += value;
  const double mean = sum / static_cast<double>(values.size());
  double deviations = 0;
  for (const double value : values) {
    squares += value * value;
    deviations += (value - mean) * (value - mean);
  }
  return {mean, std::sqrt(deviations / static_cast<double>(values.size())), std::sqrt(squares)};
}

void ExpectSpread(const Spread& actual, const Spread& exact, const std::string& what) {
  const double size = 1e-5 * std::max(exact.deviation + std::fabs(exact.mean), 1e-4);
  EXPECT_NEAR(actual.mean, exact.mean, size) << "mean of " << what;
  EXPECT_NEAR(actual.deviation, exact.deviation, size) << "deviation of " << what;
  EXPECT_NEAR(actual.norm, exact.norm, 1e-5 * std::max(exact.norm, 1e-3)) << "norm of " << what;
}

reference::Matrix InputsOf(const Dataset& data) {
  return ToMatrix({data.float_inputs(), static_cast<size_t>(kRows * kInputs)}, kRows, kInputs);
}

reference::Matrix TargetsOf(const Dataset& data) {
  if (data.target_kind() == TargetKind::kClasses) {
    const int32_t* classes = data.class_targets();
    return reference::OneHot({classes, classes + kRows}, kOutputs);
  }
  return ToMatrix({data.float_targets(), static_cast<size_t>(kRows * kOutputs)}, kRows, kOutputs);
}

// The trainable parameters of a layer, or numbers that lie as they do.
std::vector<double> OfLayer(const Network& network, size_t layer, const float* values) {
  std::vector<double> all;
  for (const ParameterBlock& block : network.layout().blocks()) {
    if (block.layer != layer || !block.trainable()) continue;
    const std::vector<double> some = ReadAsDoubles(block, values);
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

void ExpectStatisticsOfTwin(const Value& spec, const std::string& loss,
                            const std::string& targets) {
  const Trained trained(spec, loss, targets, OneUpdate(), Statistics({{"rows", kRows}}));
  ASSERT_EQ(trained.sink.statistics.size(), 1u);
  const StatisticsEvent& event = trained.sink.statistics.front();
  EXPECT_EQ(event.epoch, 1);
  EXPECT_EQ(event.update, 1);
  EXPECT_EQ(event.rows, kRows);

  const Network& network = *trained.network;
  const reference::Network twin = TwinOf(network);
  const reference::Matrix inputs = InputsOf(*trained.data);
  const reference::Trace trace = reference::Forward(twin, inputs);
  const std::vector<reference::LayerGradients> gradients =
      reference::Gradients(twin, LossTwin(loss), inputs, TargetsOf(*trained.data));
  const size_t layers = network.spec().layers.size();
  ASSERT_EQ(event.layers.size(), layers);
  for (size_t l = 0; l < layers; ++l) {
    const LayerStatistics& layer = event.layers[l];
    const std::string where = "layer " + std::to_string(l) + " of " + Describe(spec);
    EXPECT_EQ(layer.layer, l);
    const reference::Matrix& outputs = l + 1 < layers ? trace.inputs[l + 1] : trace.outputs;
    ExpectSpread(layer.outputs, SpreadOf(outputs.values), "the outputs of " + where);

    const std::vector<double> parameters = OfLayer(network, l, AllParameters(network).data());
    EXPECT_EQ(layer.gradients.has_value(), !parameters.empty()) << where;
    EXPECT_EQ(layer.weight_norm.has_value(), !parameters.empty()) << where;
    if (parameters.empty()) continue;
    std::vector<double> exact = gradients[l].weights.values;
    for (const ParameterBlock& block : network.layout().blocks()) {
      const bool is_bias =
          block.role == ParameterRole::kBias || block.role == ParameterRole::kShift;
      if (block.layer == l && is_bias) {
        exact.insert(exact.end(), gradients[l].bias.begin(), gradients[l].bias.end());
      }
    }
    ExpectSpread(*layer.gradients, SpreadOf(exact), "the gradients of " + where);
    const double norm = SpreadOf(parameters).norm;
    EXPECT_NEAR(*layer.weight_norm, norm, 1e-6 * norm) << where;
    std::vector<double> change = OfLayer(network, l, trained.before.data());
    for (size_t i = 0; i < change.size(); ++i) change[i] -= parameters[i];
    EXPECT_NEAR(*layer.update_ratio, SpreadOf(change).norm / norm, 1e-9) << where;
    // The gradient of a dense layer's bias sums up that of its outputs before the activation.
    if (dynamic_cast<const DenseLayer*>(network.spec().layers[l].get()) == nullptr) continue;
    double sum = 0;
    for (const double one : gradients[l].bias) sum += one;
    const double count = static_cast<double>(kRows * network.spec().layers[l]->output_size);
    // Behind a normalisation they cancel out, but for the rounding of each.
    const double most = std::sqrt(count) * layer.output_gradients->norm;  // of the magnitudes' sum
    EXPECT_NEAR(layer.output_gradients->mean * count, sum, 1e-6 * most + 1e-5 * std::fabs(sum))
        << where;
  }
}

}  // namespace

TEST(StatisticsOfLayersAreThoseOfTheNaiveNetwork) {
  ExpectStatisticsOfTwin(
      Spec(kInputs, {Dense(5, "relu"), Dense(4, "tanh"), Dense(kOutputs, "linear")}),
      "meanSquaredError", "matrix");
  // What is otherwise fused: normalisations and activations behind dense layers, softmax and
  // sigmoid with their losses.
  ExpectStatisticsOfTwin(
      Spec(kInputs, {Dense(7, "linear"), BatchNormalisation(), Activation("gelu"),
                     Dense(kOutputs, "linear"), Activation("softmax")}),
      "crossEntropy", "classes");
  ExpectStatisticsOfTwin(
      Spec(kInputs, {BatchNormalisation(), Dense(9, "silu"), Dense(kOutputs, "sigmoid")}),
      "binaryCrossEntropy", "matrix");
  ExpectStatisticsOfTwin(Spec(kInputs, {Activation("linear"), Maxout(5, 3), Prelu(false),
                                        Activation("tanh"), Dense(kOutputs, "softplus", false)}),
                         "huber", "matrix");
}

TEST(StatisticsComeAfterEpochsOrUpdatesAndChangeNothing) {
  const Value spec =
      Spec(kInputs, {Dense(8, "relu"), BatchNormalisation(), Dense(kOutputs, "linear")});
  const Value::Object options{{"epochs", 4}, {"batchSize", 16}, {"optimizer", "adam"}};
  const auto train = [&](Value::Object statistics) {
    return Trained(spec, "meanSquaredError", "matrix", options, Statistics(statistics));
  };
  const Trained by_epochs = train({{"everyEpochs", 2}});
  ASSERT_EQ(by_epochs.sink.statistics.size(), 2u);
  EXPECT_EQ(by_epochs.sink.statistics[0].epoch, 2);
  EXPECT_EQ(by_epochs.sink.statistics[0].update, 6);
  EXPECT_EQ(by_epochs.sink.statistics[1].epoch, 4);

  const Trained by_updates = train({{"everyUpdates", 5}});
  ASSERT_EQ(by_updates.sink.statistics.size(), 2u);
  EXPECT_EQ(by_updates.sink.statistics[0].update, 5);
  EXPECT_EQ(by_updates.sink.statistics[0].epoch, 2);
  EXPECT_EQ(by_updates.sink.statistics[1].update, 10);

  auto plain = std::make_shared<Network>(spec);
  Value::Object unwatched = options;
  unwatched.emplace_back("loss", "meanSquaredError");
  Run run(plain, by_epochs.data, nullptr, unwatched);
  RecordingSink sink;
  run.Execute(sink);
  EXPECT_TRUE(sink.statistics.empty());
  EXPECT_TRUE(AllParameters(*plain) == AllParameters(*by_epochs.network));
  EXPECT_TRUE(AllParameters(*plain) == AllParameters(*by_updates.network));
}

TEST(StatisticsOfAccumulatedAndFullBatchTraining) {
  const Value spec = Spec(kInputs, {Dense(8, "tanh"), Dense(kOutputs, "linear")});
  Value::Object options{{"epochs", 2}, {"batchSize", 8}, {"optimizer", "adam"}};
  options.emplace_back("accumulateBatches", 2);
  const Trained accumulated(spec, "meanSquaredError", "matrix", options,
                            Statistics({{"everyUpdates", 3}}));
  ASSERT_EQ(accumulated.sink.statistics.size(), 2u);  // three updates in an epoch
  EXPECT_EQ(accumulated.sink.statistics[1].epoch, 2);
  EXPECT_GT(*accumulated.sink.statistics[1].layers[0].update_ratio, 0);

  const Trained full(spec, "meanSquaredError", "matrix",
                     {{"epochs", 3}, {"batchSize", 8}, {"optimizer", "lbfgs"}}, Statistics());
  ASSERT_EQ(full.sink.statistics.size(), 3u);
  for (const StatisticsEvent& event : full.sink.statistics) {
    for (const LayerStatistics& layer : event.layers) EXPECT_GT(*layer.update_ratio, 0);
  }
}

TEST(StatisticsCountDeadAndSaturatedUnits) {
  const Value spec = Spec(kInputs, {Dense(4, "relu"), Dense(4, "tanh"), Dense(kOutputs, "linear")});
  auto network = std::make_shared<Network>(spec);
  // Inputs lie in [0, 1]. Two of four rectifiers are off for every row; three of four tanh units
  // are pushed to their limits.
  network->WriteParameter("0.weight", std::vector<float>(4 * kInputs, 0.01f));
  network->WriteParameter("0.bias", std::vector<float>{-5, 1, -5, 1});
  network->WriteParameter("2.weight", std::vector<float>(16, 0.01f));
  network->WriteParameter("2.bias", std::vector<float>{20, 0, -20, 4});
  Value::Object options{{"epochs", 1},  {"batchSize", kRows}, {"loss", "huber"},
                        {"threads", 1}, {"optimizer", "sgd"}, {"statistics", Statistics()}};
  Run run(network, RandomData(kRows, kInputs, "matrix", kOutputs, 5), nullptr, options);
  RecordingSink sink;
  run.Execute(sink);
  const std::vector<LayerStatistics>& layers = sink.statistics.front().layers;
  EXPECT_EQ(layers[0].dead_units, 0.5);
  EXPECT_EQ(*layers[0].saturated, 0.0);  // off, not saturated
  EXPECT_EQ(layers[1].dead_units, 0.0);
  EXPECT_EQ(*layers[1].saturated, 0.75);
  EXPECT_EQ(*layers[2].saturated, 0.0);
}

TEST(StatisticsRefuseWhatMakesNoSense) {
  const Value spec = Spec(kInputs, {Dense(kOutputs, "linear")});
  const auto expect = [&](Value::Object statistics, const char* message) {
    const auto network = std::make_shared<Network>(spec);
    const auto data = RandomData(kRows, kInputs, "matrix", kOutputs, 5);
    Value::Object options = OneUpdate();
    options.emplace_back("loss", "huber");
    options.emplace_back("statistics", statistics);
    EXPECT_THROWS(Run(network, data, nullptr, options), message);
  };
  expect({{"everyEpochs", 0}}, "statistics.everyEpochs");
  expect({{"everyEpochs", 1}, {"everyUpdates", 1}}, "statistics: expected either");
  expect({{"rows", 0}}, "statistics.rows");
  expect({{"every", 3}}, "statistics.every");
}

}  // namespace layerwise::testing
