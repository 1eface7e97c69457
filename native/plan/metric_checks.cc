#include "native/plan/metric_checks.h"

#include <string_view>

#include "native/core/error.h"
#include "native/layers/activation.h"

namespace layerwise {
namespace {

const char* NameOf(MetricTask task) {
  switch (task) {
    case MetricTask::kOneOfSeveral:
      return "one class out of several";
    case MetricTask::kYesOrNo:
      return "one yes or no";
    case MetricTask::kLabels:
      return "several labels, each yes or no";
    case MetricTask::kNumbers:
      return "numbers";
  }
  return "";
}

std::string NamesFor(MetricTask task) {
  std::string names;
  for (const MetricRow& row : Metrics()) {
    if (!Contains(row.tasks, task)) continue;
    names += (names.empty() ? "" : ", ") + std::string(row.info.name);
  }
  return names;
}

std::string PathOf(const OutputObjective& objective, size_t metric) {
  return objective.path + "metrics[" + std::to_string(metric) + "]";
}

void CheckTask(const MetricRow& row, MetricTask task, const std::string& path) {
  if (Contains(row.tasks, task)) return;
  const bool takes_yes = Contains(row.tasks, MetricTask::kYesOrNo);
  const std::string name = row.info.name;
  throw Error(ErrorKind::kArgument, path,
              std::string("a metric of ") + NameOf(task) +
                  ", which these outputs and targets are (" + NamesFor(task) + ")",
              name,
              name + " wants classes as targets or softmax outputs" +
                  (takes_yes ? ", or targets of 0 and 1 with sigmoid outputs." : "."));
}

void CheckProbabilities(const MetricRow& row, std::string_view end, const std::string& path) {
  if (!row.of_probabilities || end == "softmax" || end == "sigmoid") return;
  throw Error(ErrorKind::kArgument, path,
              std::string("softmax or sigmoid outputs, as ") + row.info.name + " needs",
              std::string(end), "End the network with softmax, or leave the metric out.");
}

void CheckClass(int64_t of_class, MetricTask task, int64_t columns, const std::string& path) {
  const int64_t classes = task == MetricTask::kYesOrNo ? 2 : columns;
  if (of_class < classes) return;
  throw Error(ErrorKind::kArgument, path + ".class",
              "a class from 0 to " + std::to_string(classes - 1), std::to_string(of_class),
              "Classes are counted from 0, in the order of the outputs.");
}

struct LabelWeights {
  double positives = 0;
  double negatives = 0;

  bool Have(MetricNeeds needs) const {
    return positives > 0 && (needs == MetricNeeds::kPositives || negatives > 0);
  }
  // The label that is missing.
  int Missing() const { return positives > 0 ? 0 : 1; }
};

// Weighs one class against the others.
LabelWeights Weigh(const Dataset& data, size_t output, const RowSelection& selection,
                   int64_t of_class, MetricTask task) {
  LabelWeights weights;
  for (int64_t i = 0; i < selection.count; ++i) {
    const int64_t row = selection.At(i);
    const double weight = data.has_weights() ? static_cast<double>(data.weights()[row]) : 1.0;
    const bool is_positive =
        task == MetricTask::kLabels
            ? data.float_targets(output)[row * data.target_columns(output) + of_class] > 0.5f
            : data.ClassOf(row, output) == of_class;
    (is_positive ? weights.positives : weights.negatives) += weight;
  }
  return weights;
}

void CheckLabels(const MetricRow& row, int64_t of_class, MetricTask task, const Dataset& data,
                 size_t output, const RowSelection& selection, const std::string& path,
                 const std::string& of_rows) {
  const bool is_binary = task == MetricTask::kYesOrNo;
  const int64_t first = of_class >= 0 ? of_class : (is_binary ? 1 : 0);
  const int64_t end = of_class >= 0 || is_binary ? first + 1 : data.target_columns(output);
  LabelWeights last;
  for (int64_t j = first; j < end; ++j) {
    last = Weigh(data, output, selection, j, task);
    if (last.Have(row.needs)) return;
  }
  const std::string what =
      end - first == 1 && !(is_binary && of_class < 0)
          ? (last.Missing() == 0 ? "rows of another class than " : "rows of class ") +
                std::to_string(first)
          : "rows of label " + std::to_string(last.Missing());
  throw Error(ErrorKind::kData, path, what + " among the rows " + of_rows, "none",
              std::string(row.info.name) +
                  " is only defined with such rows: take others, or leave "
                  "the metric out.");
}

// The spread of the targets is measured: one row has none.
void CheckTwoRows(const MetricRow& row, const Dataset& data, const RowSelection& selection,
                  const std::string& path, const std::string& of_rows) {
  int64_t counting = 0;
  for (int64_t i = 0; i < selection.count && counting < 2; ++i) {
    if (!data.has_weights() || data.weights()[selection.At(i)] > 0) ++counting;
  }
  if (counting == 2) return;
  throw Error(ErrorKind::kData, path, "2 rows or more " + of_rows, std::to_string(counting),
              std::string(row.info.name) +
                  " is only defined with such rows: take others, or leave the metric out.");
}

}  // namespace

void CheckMetrics(const OutputObjective& objective, const Dataset& data) {
  if (objective.metrics.empty()) return;
  const MetricTask task = objective.TaskFor(data.target_kind(objective.output));
  for (size_t m = 0; m < objective.metrics.size(); ++m) {
    const auto& [row, parameters] = objective.metrics[m];
    CheckTask(*row, task, PathOf(objective, m));
    CheckProbabilities(*row, objective.activation, PathOf(objective, m));
    CheckClass(row->ClassOf(parameters.data()), task, objective.columns, PathOf(objective, m));
  }
}

void CheckMetricLabels(const Objective& objective, const Dataset& data,
                       const RowSelection& selection, const std::string& of_rows) {
  if (selection.count == 0) return;
  for (const OutputObjective& output : objective.outputs) {
    for (size_t m = 0; m < output.metrics.size(); ++m) {
      const auto& [row, parameters] = output.metrics[m];
      if (row->needs == MetricNeeds::kNothing) continue;
      if (row->needs == MetricNeeds::kTwoRows) {
        CheckTwoRows(*row, data, selection, PathOf(output, m), of_rows);
        continue;
      }
      CheckLabels(*row, row->ClassOf(parameters.data()),
                  output.TaskFor(data.target_kind(output.output)), data, output.output, selection,
                  PathOf(output, m), of_rows);
    }
  }
}

}  // namespace layerwise
