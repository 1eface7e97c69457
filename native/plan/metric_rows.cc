#include "native/plan/metric_rows.h"

#include <algorithm>
#include <utility>

#include "native/core/error.h"

namespace layerwise {

MetricRows::MetricRows(const Objective& objective, const Dataset& form) {
  for (const OutputObjective& output : objective.outputs) {
    for (size_t m = 0; m < output.metrics.size(); ++m) {
      const auto& [row, parameters] = output.metrics[m];
      if (row->needs == MetricNeeds::kNothing) continue;
      Wanted wanted;
      wanted.metric = row;
      wanted.path = output.PathOfMetric(m);
      wanted.output = output.output;
      wanted.task = output.TaskFor(form.target_kind(output.output));
      if (row->needs != MetricNeeds::kTwoRows) {
        wanted.of_class = row->ClassOf(parameters.data());
        const bool is_binary = wanted.task == MetricTask::kYesOrNo;
        const bool is_one = wanted.of_class >= 0 || is_binary;
        wanted.first_class = wanted.of_class >= 0 ? wanted.of_class : (is_binary ? 1 : 0);
        wanted.positives.resize(is_one ? 1
                                       : static_cast<size_t>(form.target_columns(output.output)));
      }
      wanted_.push_back(std::move(wanted));
    }
  }
}

void MetricRows::Clear() {
  for (Wanted& wanted : wanted_) {
    std::fill(wanted.positives.begin(), wanted.positives.end(), 0);
    wanted.rows = 0;
  }
}

void MetricRows::Add(const Dataset& data, const RowSelection& rows) {
  for (Wanted& wanted : wanted_) {
    if (!wanted.IsMet()) wanted.Add(data, rows);
  }
}

void MetricRows::Require(const std::string& of_rows) const {
  for (const Wanted& wanted : wanted_) {
    if (wanted.IsMet()) continue;
    const bool wants_rows = wanted.metric->needs == MetricNeeds::kTwoRows;
    throw Error(
        ErrorKind::kData, wanted.path,
        wants_rows ? "2 rows or more " + of_rows : wanted.Missing() + " among the rows " + of_rows,
        wants_rows ? std::to_string(wanted.rows) : "none",
        std::string(wanted.metric->info.name) +
            " is only defined with such rows: take others, or leave the metric out.");
  }
}

bool MetricRows::Wanted::IsMetBy(int64_t positive_rows) const {
  return positive_rows > 0 && (metric->needs == MetricNeeds::kPositives || positive_rows < rows);
}

// By any class, as the others are left out of the mean. The spread of targets wants two rows.
bool MetricRows::Wanted::IsMet() const {
  if (metric->needs == MetricNeeds::kTwoRows) return rows >= 2;
  return std::any_of(positives.begin(), positives.end(),
                     [this](int64_t count) { return IsMetBy(count); });
}

void MetricRows::Wanted::Add(const Dataset& data, const RowSelection& selection) {
  for (int64_t i = 0; i < selection.count; ++i) {
    const int64_t row = selection.At(i);
    if (data.has_weights() && data.weights()[row] == 0) continue;
    ++rows;
    if (!positives.empty()) AddLabels(data, row);
  }
}

void MetricRows::Wanted::AddLabels(const Dataset& data, int64_t row) {
  const auto classes = static_cast<int64_t>(positives.size());
  if (task != MetricTask::kLabels) {
    const int64_t own = data.ClassOf(row, output) - first_class;
    if (own >= 0 && own < classes) ++positives[static_cast<size_t>(own)];
    return;
  }
  const float* labels = data.float_targets(output) + row * data.target_stride(output);
  for (int64_t j = 0; j < classes; ++j) {
    if (labels[first_class + j] > 0.5f) ++positives[static_cast<size_t>(j)];
  }
}

std::string MetricRows::Wanted::Missing() const {
  const bool has_positives = positives.back() > 0;
  const bool is_of_class = positives.size() == 1 && (task != MetricTask::kYesOrNo || of_class >= 0);
  if (!is_of_class) return std::string("rows of label ") + (has_positives ? "0" : "1");
  return (has_positives ? "rows of another class than " : "rows of class ") +
         std::to_string(first_class);
}

void CheckMetricRows(const Objective& objective, const Dataset& data, const RowSelection& rows,
                     const std::string& of_rows) {
  if (rows.count == 0) return;
  MetricRows counted(objective, data);
  counted.Add(data, rows);
  counted.Require(of_rows);
}

}  // namespace layerwise
