#include "native/training/meter.h"

#include <limits>

#include "native/plan/metric_checks.h"

namespace layerwise {

Meter::Meter(const Objective& objective, const NetworkSpec& network, const Dataset& data,
             int64_t rows, int64_t batch_rows) {
  if (objective.metrics.empty()) return;
  independent_outputs_ = HasIndependentOutputs(objective, network);
  const MetricShape shape{TaskOf(objective, network, data), network.output_layer().output_size,
                          rows, batch_rows};
  for (const auto& [row, parameters] : objective.metrics) {
    metrics_.push_back({row->make(shape, parameters.data(), layout_), row->running});
  }
  if (data.has_weights()) weights_slot_ = layout_.Reserve<float>(static_cast<size_t>(batch_rows));
}

void Meter::Allocate() {
  if (metrics_.empty()) return;
  arena_ = Arena(layout_);
  for (const Metric& metric : metrics_) metric.accumulator->Bind(arena_);
}

void Meter::Reset() {
  loss_sum_ = 0;
  rows_ = 0;
  for (const Metric& metric : metrics_) metric.accumulator->Begin();
}

void Meter::Add(const ExecutionPlan& plan, ThreadPool& pool, const Dataset& data,
                const RowSelection& batch) {
  const double* losses = plan.row_losses();
  for (int64_t i = 0; i < batch.count; ++i) loss_sum_ += losses[i];
  rows_ += batch.count;
  if (!metrics_.empty()) Measure(plan, pool, data, batch);
}

void Meter::Measure(const ExecutionPlan& plan, ThreadPool& pool, const Dataset& data,
                    const RowSelection& batch) {
  float* weights = weights_slot_.count == 0 ? nullptr : arena_.At(weights_slot_);
  for (int64_t i = 0; weights != nullptr && i < batch.count; ++i) {
    weights[i] = data.weights()[batch.At(i)];
  }
  const MeasuredBatch measured{pool,           batch.count, plan.outputs(),      plan.targets(),
                               plan.classes(), weights,     independent_outputs_};
  for (const Metric& metric : metrics_) metric.accumulator->Add(measured);
}

double Meter::MeanLoss() const { return rows_ == 0 ? 0 : loss_sum_ / static_cast<double>(rows_); }

EvaluationResult Meter::Running() {
  EvaluationResult result{MeanLoss(), {}};
  for (const Metric& metric : metrics_) {
    result.metrics.push_back(metric.running ? metric.accumulator->Finish()
                                            : std::numeric_limits<double>::quiet_NaN());
  }
  return result;
}

EvaluationResult Meter::Finish() {
  EvaluationResult result{MeanLoss(), {}};
  for (const Metric& metric : metrics_) result.metrics.push_back(metric.accumulator->Finish());
  return result;
}

}  // namespace layerwise
