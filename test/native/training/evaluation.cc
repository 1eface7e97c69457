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

}  // namespace
}  // namespace layerwise::testing
