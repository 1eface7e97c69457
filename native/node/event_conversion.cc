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

void AddEpoch(const EpochEvent& event, const MetricNames& names, Value::Object& to) {
  to.emplace_back("epoch", event.epoch);
  to.emplace_back("epochs", event.epochs);
  AddResult(event.training, names, to);
  to.emplace_back("validation",
                  event.has_validation ? DescribeEvaluation(event.validation, names) : Value());
  to.emplace_back("seconds", event.seconds);
  to.emplace_back("rowsPerSecond", event.rows_per_second);
}

}  // namespace

Value DescribeEvaluation(const EvaluationResult& result, const MetricNames& names) {
  Value::Object described;
  AddResult(result, names, described);
  return described;
}

Value DescribeProgressEvent(const ProgressEvent& event, const MetricNames& names) {
  Value::Object described{{"type", "progress"},
                          {"epoch", event.epoch},
                          {"batch", event.batch},
                          {"batches", event.batches}};
  AddResult(event.training, names, described);
  described.emplace_back("rowsPerSecond", event.rows_per_second);
  return described;
}

Value DescribeEpochEvent(const EpochEvent& event, const MetricNames& names) {
  Value::Object described{{"type", "epoch"}};
  AddEpoch(event, names, described);
  return described;
}

Value DescribeHistory(const RunHistory& history, const MetricNames& names) {
  Value::Array epochs;
  for (const EpochEvent& event : history.epochs) {
    Value::Object described;
    AddEpoch(event, names, described);
    epochs.emplace_back(std::move(described));
  }
  return Value::Object{
      {"stopped", history.stopped}, {"epochs", std::move(epochs)},
      {"seconds", history.seconds}, {"rowsPerSecond", history.rows_per_second},
      {"threads", history.threads}, {"arenaBytes", static_cast<int64_t>(history.arena_bytes)}};
}

}  // namespace layerwise
