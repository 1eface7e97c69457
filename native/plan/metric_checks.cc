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

}  // namespace

void CheckMetrics(const OutputObjective& objective, const Dataset& data) {
  if (objective.metrics.empty()) return;
  const MetricTask task = objective.TaskFor(data.target_kind(objective.output));
  for (size_t m = 0; m < objective.metrics.size(); ++m) {
    const auto& [row, parameters] = objective.metrics[m];
    CheckTask(*row, task, objective.PathOfMetric(m));
    CheckProbabilities(*row, objective.activation, objective.PathOfMetric(m));
    CheckClass(row->ClassOf(parameters.data()), task, objective.columns, objective.PathOfMetric(m));
  }
}

}  // namespace layerwise
