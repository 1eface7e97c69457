#include "native/node/event_conversion.h"

#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace layerwise {
namespace {

// Some of the metrics of a result, in its order.
struct MetricRange {
  const std::vector<std::string>& names;
  const double* values;
};

// `knowing`: whether all metrics are known, even if one is not a number.
Value::Object DescribeMetrics(const MetricRange& range, bool knowing) {
  Value::Object metrics;
  for (size_t i = 0; i < range.names.size(); ++i) {
    if (knowing || !std::isnan(range.values[i])) {
      metrics.emplace_back(range.names[i], range.values[i]);
    }
  }
  return metrics;
}

// Loss and metrics of the network, and of each of several outputs by its name.
void AddResult(const EvaluationResult& result, const ResultNames& names, bool knowing,
               Value::Object& to) {
  to.emplace_back("loss", result.loss);
  if (result.output_losses.empty()) {
    to.emplace_back("metrics",
                    DescribeMetrics({names.front().metrics, result.metrics.data()}, knowing));
    return;
  }
  Value::Object outputs;
  const double* metrics = result.metrics.data();
  for (size_t i = 0; i < names.size(); ++i) {
    outputs.emplace_back(
        names[i].output,
        Value::Object{{"loss", result.output_losses[i]},
                      {"metrics", DescribeMetrics({names[i].metrics, metrics}, knowing)}});
    metrics += names[i].metrics.size();
  }
  to.emplace_back("metrics", Value::Object{});
  to.emplace_back("outputs", std::move(outputs));
}

Value DescribeSpread(const Spread& spread) {
  return Value::Object{{"mean", spread.mean}, {"std", spread.deviation}, {"norm", spread.norm}};
}

template <typename T>
Value OrNull(const std::optional<T>& value) {
  return value ? Value(*value) : Value();
}

Value OrNull(const std::optional<Spread>& spread) {
  return spread ? DescribeSpread(*spread) : Value();
}

Value DescribeLayer(const LayerStatistics& statistics) {
  return Value::Object{{"layer", static_cast<int64_t>(statistics.layer)},
                       {"path", statistics.path},
                       {"type", statistics.type},
                       {"isOutput", statistics.is_output},
                       {"outputs", DescribeSpread(statistics.outputs)},
                       {"deadUnits", statistics.dead_units},
                       {"saturated", OrNull(statistics.saturated)},
                       {"outputGradients", OrNull(statistics.output_gradients)},
                       {"gradients", OrNull(statistics.gradients)},
                       {"weightNorm", OrNull(statistics.weight_norm)},
                       {"updateRatio", OrNull(statistics.update_ratio)}};
}

}  // namespace

Value::Object DescribeEvaluation(const EvaluationResult& result, const ResultNames& names) {
  Value::Object described;
  AddResult(result, names, true, described);
  return described;
}

Value::Object DescribeLost(const Error& error) {
  return {{"expected", error.expected()}, {"received", error.received()}};
}

Value::Object DescribeRecovery(const Recovery& recovery, bool rolls_back) {
  return {{"epoch", recovery.epoch},
          {"batch", recovery.batch},
          {"action", rolls_back ? "rollback" : "skipBatch"}};
}

Value::Object DescribeWanted(const WantedRows& rows) {
  return {{"epoch", rows.epoch},
          {"row", rows.row},
          {"count", rows.count},
          {"block", static_cast<int64_t>(rows.block)}};
}

Value::Object DescribeProgress(const ProgressEvent& event, const ResultNames& names) {
  Value::Object described{{"type", "progress"},
                          {"epoch", event.epoch},
                          {"batch", event.batch},
                          {"batches", event.batches}};
  AddResult(event.training, names, false, described);
  described.emplace_back("rowsPerSecond", event.rows_per_second);
  return described;
}

Value::Object DescribeStatistics(const StatisticsEvent& event) {
  Value::Array layers;
  for (const LayerStatistics& layer : event.layers) layers.push_back(DescribeLayer(layer));
  return {{"type", "statistics"},
          {"epoch", event.epoch},
          {"update", event.update},
          {"rows", event.rows},
          {"layers", std::move(layers)}};
}

Value::Object DescribeHistory(const RunHistory& history) {
  Value::Array recoveries;
  for (const Recovery& recovery : history.recoveries) {
    recoveries.emplace_back(DescribeRecovery(recovery, history.rolls_back));
  }
  Value::Object described{
      {"stopped", history.stopped},
      {"timeIsOver", history.time_is_over},
      {"stoppedEarly", history.stopped_early},
      {"converged", history.converged},
      {"bestEpoch", history.best_epoch > 0 ? Value(history.best_epoch) : Value()},
      {"seconds", history.seconds},
      {"rowsPerSecond", history.rows_per_second},
      {"threads", history.threads},
      {"arenaBytes", static_cast<int64_t>(history.arena_bytes)},
      {"nonFinite", std::move(recoveries)}};
  if (history.lost_state) described.emplace_back("lostState", DescribeLost(*history.lost_state));
  return described;
}

Value::Object DescribeShape(const RunShape& shape) {
  Value::Array outputs;
  for (const OutputNames& output : shape.outputs) {
    Value::Array metrics(output.metrics.begin(), output.metrics.end());
    outputs.emplace_back(Value::Object{{"name", output.output}, {"metrics", std::move(metrics)}});
  }
  return {{"epochs", shape.epochs},
          {"rows", shape.rows},
          {"validationRows", shape.validation_rows},
          {"hasHeads", shape.has_heads},
          {"outputs", std::move(outputs)}};
}

Value Describe(const GradientReport& report) {
  Value::Array parameters;
  for (const ParameterCheck& check : report.parameters) {
    Value::Array shape;
    for (const int64_t side : check.shape) shape.emplace_back(side);
    Value::Array entries;
    for (const GradientEntry& entry : check.entries) {
      entries.emplace_back(Value::Object{{"index", entry.index},
                                         {"backpropagated", entry.backpropagated},
                                         {"numerical", entry.numerical},
                                         {"uncertainty", entry.uncertainty}});
    }
    parameters.emplace_back(Value::Object{{"name", check.name},
                                          {"layer", static_cast<int64_t>(check.layer)},
                                          {"shape", std::move(shape)},
                                          {"entries", std::move(entries)}});
  }
  return Value::Object{{"loss", report.loss}, {"parameters", std::move(parameters)}};
}

Value Describe(const LearningRateCurve& curve) {
  Value::Array points;
  for (const LearningRatePoint& point : curve.points) {
    points.emplace_back(Value::Object{
        {"learningRate", point.learning_rate}, {"loss", point.loss}, {"smoothed", point.smoothed}});
  }
  return Value::Object{{"points", std::move(points)}, {"diverged", curve.diverged}};
}

}  // namespace layerwise
