// What epochs are judged by: losses and metrics, whose direction the table knows.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "native/network/network.h"
#include "native/training/evaluation.h"
#include "native/training/run.h"
#include "test/native/plan/support.h"

namespace layerwise::testing {
namespace {

Value::Array MonitoredMetrics() { return {Value("meanAbsoluteError"), Value("f1")}; }

Value MonitoringOptions(const char* monitor, Value::Object stopping) {
  Value options =
      RunOptions(30, 8, Value::Object{{"type", "sgd"}, {"learningRate", 0.5}}, "crossEntropy");
  options.Set("metrics", MonitoredMetrics());
  options.Set("monitor", monitor);
  options.Set("earlyStopping", std::move(stopping));
  return options;
}

RecordedHistory TrainMonitored(const std::shared_ptr<Network>& network, const Value& options) {
  Run run(network, RandomData(40, 4, "classes", 3, 5), RandomData(30, 4, "classes", 3, 6), options);
  RecordingSink sink;
  return Execute(run, sink);
}

TEST(AMonitoredMetricDecidesWhichEpochIsBest) {
  const auto f1 = [](const EpochEvent& epoch) { return -epoch.validation.metrics[1]; };
  const auto error = [](const EpochEvent& epoch) { return epoch.validation.metrics[0]; };
  const auto training_error = [](const EpochEvent& epoch) { return epoch.training.metrics[0]; };
  const std::vector<std::pair<const char*, std::function<double(const EpochEvent&)>>> table = {
      {"validation.f1", f1},
      {"validation.meanAbsoluteError", error},
      {"meanAbsoluteError", training_error},
      {"validation.loss", [](const EpochEvent& epoch) { return epoch.validation.loss; }}};
  for (const auto& [monitor, score] : table) {
    auto network = std::make_shared<Network>(Spec(4, {Dense(9, "tanh"), Dense(3, "softmax")}));
    const RecordedHistory history =
        TrainMonitored(network, MonitoringOptions(monitor, {{"patience", 99}}));
    ASSERT_EQ(history.epochs.size(), 30U);
    const auto best = std::min_element(
        history.epochs.begin(), history.epochs.end(),
        [&](const EpochEvent& a, const EpochEvent& b) { return score(a) < score(b); });
    EXPECT_EQ(history.best_epoch, best->epoch) << monitor;
    Evaluation evaluation(network, RandomData(30, 4, "classes", 3, 6),
                          Value::Object{{"loss", "crossEntropy"}, {"metrics", MonitoredMetrics()}});
    const EvaluationResult restored = evaluation.Execute(std::atomic<bool>(false));
    EXPECT_NEAR(restored.metrics[1], best->validation.metrics[1], 1e-9) << monitor;
  }
}

TEST(TheMonitorOfEarlyStoppingGoesBeforeThatOfTheRun) {
  auto network = std::make_shared<Network>(Spec(4, {Dense(3, "softmax")}));
  const Value options = MonitoringOptions("validation.f1", {{"patience", 99}, {"monitor", "loss"}});
  const RecordedHistory history = TrainMonitored(network, options);
  const auto best = std::min_element(
      history.epochs.begin(), history.epochs.end(),
      [](const EpochEvent& a, const EpochEvent& b) { return a.training.loss < b.training.loss; });
  EXPECT_EQ(history.best_epoch, best->epoch);
}

TEST(MonitorsThatAreNotMeasuredAreRefused) {
  auto network = std::make_shared<Network>(Spec(4, {Dense(3, "softmax")}));
  EXPECT_THROWS(TrainMonitored(network, MonitoringOptions("recall", {})),
                "monitor: expected one of loss, meanAbsoluteError, f1");
  EXPECT_THROWS(TrainMonitored(network, MonitoringOptions("f1", {{"monitor", "validation.r2"}})),
                "earlyStopping.monitor: expected one of");
  const Value options = MonitoringOptions("validation.f1", {});
  EXPECT_THROWS(Run(network, RandomData(40, 4, "classes", 3, 5), nullptr, options),
                "there is no validation");
}

}  // namespace
}  // namespace layerwise::testing
