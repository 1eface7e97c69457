// Metrics in evaluations and runs: weights, shapes, and what they refuse.
#include <atomic>
#include <cmath>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "native/core/error.h"
#include "native/network/network.h"
#include "native/plan/metrics.h"
#include "native/training/evaluation.h"
#include "native/training/run.h"
#include "test/native/plan/support.h"

namespace layerwise::testing {
namespace {

TEST(EvaluationsCountRowsByTheirWeights) {
  // A weight of 2 is a row twice, and a weight of 0 no row.
  auto network = std::make_shared<Network>(Spec(2, {Dense(3, "softmax")}));
  Generator random(3);
  const auto dataset = [&](int64_t rows, bool weighted) {
    return std::make_shared<Dataset>(Value(Value::Object{{"rows", rows},
                                                         {"columns", 2},
                                                         {"inputType", "float32"},
                                                         {"target", "classes"},
                                                         {"targetColumns", 3},
                                                         {"weights", weighted}}));
  };
  std::vector<float> inputs(60);
  random.Fill(inputs.data(), 60, -3, 3);
  std::vector<int32_t> classes(30);
  std::vector<float> weights(30);
  std::vector<float> repeated_inputs;
  std::vector<int32_t> repeated_classes;
  for (size_t i = 0; i < 30; ++i) {
    classes[i] = static_cast<int32_t>(random.Integer(0, 2));
    const int64_t times = random.Integer(0, 2);
    weights[i] = static_cast<float>(times);
    for (int64_t t = 0; t < times; ++t) {
      repeated_inputs.insert(repeated_inputs.end(), {inputs[2 * i], inputs[2 * i + 1]});
      repeated_classes.push_back(classes[i]);
    }
  }
  const auto weighted = dataset(30, true);
  weighted->WriteInputs(0, std::span<const float>(inputs));
  weighted->WriteTargets(0, std::span<const int32_t>(classes));
  weighted->WriteWeights(0, std::span<const float>(weights));
  const auto repeated = dataset(static_cast<int64_t>(repeated_classes.size()), false);
  repeated->WriteInputs(0, std::span<const float>(repeated_inputs));
  repeated->WriteTargets(0, std::span<const int32_t>(repeated_classes));
  Value::Array all;
  for (const MetricRow& row : Metrics()) all.emplace_back(row.info.name);
  const EvaluationResult a = Evaluate(network, weighted, "crossEntropy", all, 7);
  const EvaluationResult b = Evaluate(network, repeated, "crossEntropy", all, 8);
  for (size_t m = 0; m < all.size(); ++m) {
    EXPECT_NEAR(a.metrics[m], b.metrics[m], 1e-9) << Metrics()[m].info.name;
  }
}

TEST(MetricsOfARunAreThoseOfItsRows) {
  // A network that does not learn: the epoch measures what an evaluation does.
  auto network = std::make_shared<Network>(Spec(4, {Dense(3, "softmax")}));
  const std::shared_ptr<Dataset> data = RandomData(50, 4, "classes", 3, 5);
  const std::shared_ptr<Dataset> held_out = RandomData(40, 4, "classes", 3, 6);
  Value::Array all;
  for (const MetricRow& row : Metrics()) all.emplace_back(row.info.name);
  Value options =
      RunOptions(2, 8, Value::Object{{"type", "sgd"}, {"learningRate", 0}}, "crossEntropy");
  options.Set("metrics", all);
  options.Set("progressIntervalMs", 0);
  Run run(network, data, held_out, options);
  RecordingSink sink;
  const RecordedHistory history = Execute(run, sink);
  const EvaluationResult training = Evaluate(network, data, "crossEntropy", all);
  const EvaluationResult validation = Evaluate(network, held_out, "crossEntropy", all);
  for (size_t m = 0; m < all.size(); ++m) {
    for (const EpochEvent& epoch : history.epochs) {
      EXPECT_NEAR(epoch.training.metrics[m], training.metrics[m], 1e-6) << Metrics()[m].info.name;
      EXPECT_NEAR(epoch.validation.metrics[m], validation.metrics[m], 1e-6)
          << Metrics()[m].info.name;
    }
    ASSERT_TRUE(!sink.progress.empty());
    EXPECT_EQ(std::isnan(sink.progress[0].training.metrics[m]), !Metrics()[m].running);
  }
}

struct Misfit {
  Value spec;
  const char* target;
  const char* loss;
  Value metric;
  const char* path;
};

TEST(MetricsThatDoNotFitAreRefused) {
  const Value softmax = Spec(3, {Dense(2, "softmax")});
  const Value sigmoid = Spec(3, {Dense(2, "sigmoid")});
  const Value linear = Spec(3, {Dense(2, "linear")});
  const auto with = [](const char* type, const char* name, const Value& value) {
    return Value(Value::Object{{"type", type}, {name, value}});
  };
  const std::vector<Misfit> table = {
      {linear, "matrix", "meanSquaredError", "f1", "metrics[1]"},
      {linear, "matrix", "meanSquaredError", "rocAuc", "metrics[1]"},
      {sigmoid, "matrix", "binaryCrossEntropy", "topKAccuracy", "metrics[1]"},
      {softmax, "matrix", "crossEntropy", with("topKAccuracy", "k", 0), "metrics[1].k"},
      {softmax, "matrix", "crossEntropy", with("topKAccuracy", "k", 1.5), "metrics[1].k"},
      {softmax, "classes", "crossEntropy", with("f1", "class", 2), "metrics[1].class"},
      {softmax, "classes", "crossEntropy", with("f1", "average", "weighted"), "metrics[1].average"},
      {softmax, "classes", "crossEntropy", with("rocAuc", "class", 2), "metrics[1].class"},
      {softmax, "classes", "crossEntropy", "f2", "metrics[1]"},
      {Spec(2, {Dense(2, "sigmoid")}), "input", "binaryCrossEntropy", "recall", "metrics[1]"},
  };
  for (const Misfit& misfit : table) {
    auto network = std::make_shared<Network>(misfit.spec);
    const std::shared_ptr<Dataset> data =
        RandomData(10, network->spec().input_size, misfit.target, 2, 1);
    try {
      Evaluate(network, data, misfit.loss, {Value("accuracy"), misfit.metric});
      EXPECT_TRUE(false) << misfit.path;
    } catch (const Error& error) {
      EXPECT_EQ(error.path(), misfit.path) << error.what();
      EXPECT_TRUE(error.kind() == ErrorKind::kArgument) << error.what();
    }
  }
}

TEST(DeterminationOfOneRowIsAnErrorOfTheData) {
  auto network = std::make_shared<Network>(Spec(2, {Dense(1, "linear")}));
  const auto evaluate = [&](int64_t rows, const std::vector<float>& weights) {
    auto data = std::make_shared<Dataset>(Value(Value::Object{{"rows", rows},
                                                              {"columns", 2},
                                                              {"inputType", "float32"},
                                                              {"target", "matrix"},
                                                              {"targetColumns", 1},
                                                              {"weights", true}}));
    const std::vector<float> inputs(static_cast<size_t>(2 * rows), 0.0f);
    const std::vector<float> targets(static_cast<size_t>(rows), 3.0f);
    data->WriteInputs(0, std::span<const float>(inputs));
    data->WriteTargets(0, std::span<const float>(targets));
    data->WriteWeights(0, std::span<const float>(weights));
    return Evaluate(network, data, "meanSquaredError", {Value("r2")}).metrics.at(0);
  };
  EXPECT_THROWS(evaluate(1, {1}), "2 rows or more to evaluate");
  EXPECT_THROWS(evaluate(3, {0, 2, 0}), "r2 is only defined with such rows");
  EXPECT_EQ(evaluate(2, {1, 1}), 0.0);  // equal targets, not exact
  network->WriteParameter("0.bias", std::vector<float>{3});
  EXPECT_EQ(evaluate(2, {1, 1}), 1.0);
}

TEST(AreasWithoutALabelAreErrorsOfTheData) {
  auto network = std::make_shared<Network>(Spec(1, {Dense(1, "sigmoid")}));
  auto data = std::make_shared<Dataset>(Value(Value::Object{{"rows", 3},
                                                            {"columns", 1},
                                                            {"inputType", "float32"},
                                                            {"target", "matrix"},
                                                            {"targetColumns", 1}}));
  const std::vector<float> inputs = {1, 2, 3};
  const std::vector<float> targets = {1, 1, 1};
  data->WriteInputs(0, std::span<const float>(inputs));
  data->WriteTargets(0, std::span<const float>(targets));
  EXPECT_THROWS(Evaluate(network, data, "binaryCrossEntropy", {Value("rocAuc")}),
                "rows of label 0");
  EXPECT_EQ(Evaluate(network, data, "binaryCrossEntropy", {Value("prAuc")}).metrics[0], 1.0);
  const Value of_class_0 = Value::Object{{"type", "prAuc"}, {"class", 0}};
  EXPECT_THROWS(Evaluate(network, data, "binaryCrossEntropy", {of_class_0}), "rows of class 0");
}

}  // namespace
}  // namespace layerwise::testing
