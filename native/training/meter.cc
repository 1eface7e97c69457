#include "native/training/meter.h"

#include <limits>
#include <string>

#include "native/core/option_reader.h"

namespace layerwise {

Meter::Meter(const Objective& objective, const Dataset& data, int64_t rows, int64_t batch_rows)
    : has_heads_(objective.has_heads()) {
  for (const OutputObjective& from : objective.outputs) {
    Output& output = outputs_.emplace_back();
    output.is_independent = from.has_independent_outputs();
    const MetricShape shape{from.TaskFor(data.target_kind(from.output)), from.columns, rows,
                            batch_rows};
    for (const auto& [row, parameters] : from.metrics) {
      output.metrics.push_back({row->make(shape, parameters.data(), layout_), row->running});
      has_metrics_ = true;
    }
  }
  if (has_metrics_ && data.has_weights()) {
    weights_slot_ = layout_.Reserve<float>(static_cast<size_t>(batch_rows));
  }
}

void Meter::Allocate() {
  if (!has_metrics_) return;
  arena_ = Arena(layout_);
  for (const Output& output : outputs_) {
    for (const Metric& metric : output.metrics) metric.accumulator->Bind(arena_);
  }
}

void Meter::Reset() {
  loss_sum_ = 0;
  added_ = 0;
  rows_ = 0;
  for (Output& output : outputs_) {
    output.loss_sum = 0;
    for (const Metric& metric : output.metrics) metric.accumulator->Begin();
  }
}

void Meter::Add(const ExecutionPlan& plan, ThreadPool& pool, const Dataset& data,
                const RowSelection& batch) {
  const double* losses = plan.batch().row_losses();
  for (int64_t i = 0; i < batch.count; ++i) loss_sum_ += losses[i];
  for (size_t output = 0; output < outputs_.size() && has_heads_; ++output) {
    const double* own = plan.batch().row_losses(output);
    for (int64_t i = 0; i < batch.count; ++i) outputs_[output].loss_sum += own[i];
  }
  rows_ += batch.count;
  if (has_metrics_) Measure(plan, pool, data, batch);
}

void Meter::Measure(const ExecutionPlan& plan, ThreadPool& pool, const Dataset& data,
                    const RowSelection& batch) {
  float* weights = weights_slot_.count == 0 ? nullptr : arena_.At(weights_slot_);
  for (int64_t i = 0; weights != nullptr && i < batch.count; ++i) {
    weights[i] = data.weights()[batch.At(i)];
  }
  for (size_t i = 0; i < outputs_.size(); ++i) {
    const MeasuredBatch measured{pool,
                                 batch.count,
                                 plan.batch().outputs(i),
                                 plan.batch().targets(i),
                                 plan.batch().classes(i),
                                 weights,
                                 outputs_[i].is_independent};
    for (const Metric& metric : outputs_[i].metrics) metric.accumulator->Add(measured);
  }
}

double Meter::Mean(double sum) const { return rows_ == 0 ? 0 : sum / static_cast<double>(rows_); }

EvaluationResult Meter::Result(bool is_end) {
  EvaluationResult result;
  result.loss = Mean(loss_sum_) + added_;
  for (const Output& output : outputs_) {
    if (has_heads_) result.output_losses.push_back(Mean(output.loss_sum));
    for (const Metric& metric : output.metrics) {
      result.metrics.push_back(is_end || metric.running ? metric.accumulator->Finish()
                                                        : std::numeric_limits<double>::quiet_NaN());
    }
  }
  return result;
}

void Meter::Visit(StateArchive& archive) {
  const StateArchive::Section section(archive, "meter");
  archive.FiniteNumber("loss", loss_sum_);
  archive.Count("rows", rows_, kMaxRows);
  for (size_t i = 0; i < outputs_.size(); ++i) {
    const StateArchive::Section of_output(archive, std::to_string(i));
    archive.FiniteNumber("loss", outputs_[i].loss_sum);
    for (size_t m = 0; m < outputs_[i].metrics.size(); ++m) {
      const StateArchive::Section of_metric(archive, std::to_string(m));
      outputs_[i].metrics[m].accumulator->Visit(archive);
    }
  }
}

EvaluationResult Meter::Running() { return Result(false); }
EvaluationResult Meter::Finish() { return Result(true); }

}  // namespace layerwise
