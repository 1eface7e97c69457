#include "native/training/monitor.h"

#include <string>
#include <string_view>

#include "native/core/error.h"

namespace layerwise {
namespace {

constexpr std::string_view kOfValidation = "validation.";

std::string KnownNames(const Objective& objective, bool validates) {
  std::string names = "loss";
  for (const std::string& metric : objective.metric_names) names += ", " + metric;
  return validates ? names + ", and the same behind validation." : names;
}

// By its place among the metrics of all outputs.
const MetricRow& MetricAt(const Objective& objective, size_t place) {
  size_t output = 0;
  while (place >= objective.outputs[output].metrics.size()) {
    place -= objective.outputs[output++].metrics.size();
  }
  return *objective.outputs[output].metrics[place].row;
}

}  // namespace

double Monitor::ScoreOf(const EpochEvent& event) const {
  const EvaluationResult& result = of_validation ? event.validation : event.training;
  const double value = metric ? result.metrics[*metric] : result.loss;
  return maximizes ? -value : value;
}

Monitor DefaultMonitor(bool validates) { return {validates, std::nullopt, false}; }

Monitor ReadMonitor(const ValueReader& options, const Objective& objective, bool validates,
                    const Monitor& fallback) {
  if (!options.Has("monitor")) return fallback;
  const ValueReader reader = options.Member("monitor");
  std::string name = reader.String();
  Monitor monitor;
  monitor.of_validation = name.starts_with(kOfValidation);
  if (monitor.of_validation) name.erase(0, kOfValidation.size());
  for (size_t m = 0; m < objective.metric_names.size(); ++m) {
    if (name != objective.metric_names[m]) continue;
    monitor.metric = m;
    monitor.maximizes = MetricAt(objective, m).direction == MetricDirection::kMaximize;
  }
  const bool is_known = name == "loss" || monitor.metric;
  if (is_known && (validates || !monitor.of_validation)) return monitor;
  throw Error(ErrorKind::kArgument, reader.path(),
              "one of " + KnownNames(objective, validates) +
                  (validates ? "" : ", as there is no validation"),
              reader.value().Describe(),
              is_known ? "Give the option validation, or monitor the training."
                       : "Name the metric in the option metrics too.");
}

}  // namespace layerwise
