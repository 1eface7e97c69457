#include "native/node/event_conversion.h"

#include <utility>

namespace layerwise {
namespace {

void AddResult(const EvaluationResult& result, const MetricNames& names, Value::Object& to) {
  Value::Object metrics;
  for (size_t i = 0; i < names.size(); ++i) metrics.emplace_back(names[i], result.metrics[i]);
  to.emplace_back("loss", result.loss);
  to.emplace_back("metrics", std::move(metrics));
}

}  // namespace

Value::Object DescribeEvaluation(const EvaluationResult& result, const MetricNames& names) {
  Value::Object described;
  AddResult(result, names, described);
  return described;
}

Value::Object DescribeProgress(const ProgressEvent& event, const MetricNames& names) {
  Value::Object described{{"type", "progress"},
                          {"epoch", event.epoch},
                          {"batch", event.batch},
                          {"batches", event.batches}};
  AddResult(event.training, names, described);
  described.emplace_back("rowsPerSecond", event.rows_per_second);
  return described;
}

Value::Object DescribeEpoch(const EpochEvent& event, const MetricNames& names) {
  Value::Object described{{"epoch", event.epoch}, {"epochs", event.epochs}};
  AddResult(event.training, names, described);
  described.emplace_back("validation", event.has_validation
                                           ? Value(DescribeEvaluation(event.validation, names))
                                           : Value());
  described.emplace_back("learningRate", event.learning_rate);
  described.emplace_back("seconds", event.seconds);
  described.emplace_back("rowsPerSecond", event.rows_per_second);
  return described;
}

Value::Object DescribeHistory(const RunHistory& history) {
  return {{"stopped", history.stopped},
          {"stoppedEarly", history.stopped_early},
          {"converged", history.converged},
          {"bestEpoch", history.best_epoch > 0 ? Value(history.best_epoch) : Value()},
          {"seconds", history.seconds},
          {"rowsPerSecond", history.rows_per_second},
          {"threads", history.threads},
          {"arenaBytes", static_cast<int64_t>(history.arena_bytes)}};
}

}  // namespace layerwise
