// Losses and metrics of an evaluation, against the naive network.
#include "native/training/evaluation.h"

#include <atomic>
#include <cmath>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "native/network/network.h"
#include "native/plan/predictor.h"
#include "test/native/plan/support.h"

namespace layerwise::testing {
namespace {

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

Value KlPenalty(double weight, double target) {
  return Value::Object{{"type", "activityPenalty"}, {"klWeight", weight}, {"klTarget", target}};
}

// The means are those of all rows, so that nothing depends on how they are cut.
TEST(EvaluationsPenaliseTheMeansOfAllTheirRows) {
  constexpr int64_t kRows = 37;
  const std::shared_ptr<Network> network =
      RandomNetwork(Spec(6, {Dense(4, "sigmoid"), KlPenalty(0.7, 0.1), Dense(5, "linear"),
                             Activation("sigmoid"), KlPenalty(0.2, 0.3), Dense(2, "linear")}));
  const std::shared_ptr<Dataset> data = RandomData(kRows, 6, "matrix", 2, 6);
  const auto penalty_of = [&](int64_t layers, double weight, double target) {
    Predictor predictor(network, 0, layers, 1, Precision::kFloat32);
    const int64_t columns = predictor.output_size();
    std::vector<float> values(static_cast<size_t>(kRows * columns));
    predictor.Predict({data->float_inputs(), kRows * 6}, kRows, values);
    double sum = 0;
    for (int64_t j = 0; j < columns; ++j) {
      double mean = 0;
      for (int64_t i = 0; i < kRows; ++i) {
        mean += static_cast<double>(values[static_cast<size_t>(i * columns + j)]) / kRows;
      }
      sum += target * std::log(target / mean) + (1 - target) * std::log((1 - target) / (1 - mean));
    }
    return weight * sum;
  };
  const EvaluationResult whole =
      Evaluate(network, data, "meanSquaredError", {Value("meanSquaredError")}, kRows);
  EXPECT_NEAR(whole.loss, whole.metrics.at(0) + penalty_of(1, 0.7, 0.1) + penalty_of(4, 0.2, 0.3),
              1e-6);
  for (const int64_t batch_size : {1, 5, 36}) {
    EXPECT_EQ(Evaluate(network, data, "meanSquaredError", {}, batch_size, 2).loss, whole.loss)
        << "in batches of " << batch_size;
  }
}

TEST(TheValidationOfARunIsTheEvaluationOfItsRows) {
  const auto network =
      RandomNetwork(Spec(6, {Dense(4, "sigmoid"), KlPenalty(0.7, 0.1), Dense(2, "linear")}));
  const std::shared_ptr<Dataset> data = RandomData(20, 6, "matrix", 2, 6);
  const std::shared_ptr<Dataset> validation = RandomData(31, 6, "matrix", 2, 7);
  RecordingSink sink;
  Run(network, data, validation, RunOptions(1, 8, "adam", "meanSquaredError")).Execute(sink);
  EXPECT_EQ(sink.epochs.at(0).validation.loss,
            Evaluate(network, validation, "meanSquaredError", {}, 31).loss);
}

}  // namespace
}  // namespace layerwise::testing
