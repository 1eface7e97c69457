#include "native/training/describe.h"

#include <utility>

#include "native/core/thread_pool.h"
#include "native/kernels/activations.h"
#include "native/kernels/instruction_set.h"
#include "native/kernels/losses.h"
#include "native/kernels/optimizers.h"
#include "native/network/choice.h"
#include "native/network/initializers.h"
#include "native/network/spec.h"
#include "native/plan/metrics.h"
#include "native/training/lbfgs.h"
#include "native/training/schedules.h"

namespace layerwise {
namespace {

template <typename Rows>
Value DescribeRows(const Rows& rows) {
  Value::Array described;
  for (const auto& row : rows) described.push_back(DescribeRow(row.info));
  return described;
}

Value TextOrNull(const char* text) { return text == nullptr ? Value() : Value(text); }

Value DescribeActivations() {
  Value::Array described;
  for (const ActivationRow& row : Activations()) {
    Value value = DescribeRow(row.info);
    value.Set("scope", row.scope == ActivationScope::kRow ? "row" : "element");
    value.Set("initializer", row.facts.initializer);
    value.Set("gain", row.facts.gain);
    value.Set("gainSlope", TextOrNull(row.facts.gain_slope));
    value.Set("alias", TextOrNull(row.facts.alias));
    described.push_back(std::move(value));
  }
  return described;
}

Value DescribeInitializers() {
  Value::Array described;
  for (const InitializerRow& row : Initializers()) {
    Value value = DescribeRow(row.info);
    value.Set("alias", TextOrNull(row.alias));
    described.push_back(std::move(value));
  }
  return described;
}

Value DescribeLosses() {
  Value::Array described;
  for (const LossRow& row : LossesFor(SelectedInstructionSet())) {
    Value value = DescribeRow(row.info);
    value.Set("output", TextOrNull(row.output));
    value.Set("targets", row.targets == LossTargets::kEither ? "either" : "matrix");
    described.push_back(std::move(value));
  }
  return described;
}

Value DescribeTasks(MetricTasks tasks) {
  constexpr std::pair<MetricTask, const char*> kNames[] = {{MetricTask::kOneOfSeveral, "classes"},
                                                           {MetricTask::kYesOrNo, "yesOrNo"},
                                                           {MetricTask::kLabels, "labels"},
                                                           {MetricTask::kNumbers, "numbers"}};
  Value::Array names;
  for (const auto& [task, name] : kNames) {
    if (Contains(tasks, task)) names.emplace_back(name);
  }
  return names;
}

Value DescribeMetrics() {
  Value::Array described;
  for (const MetricRow& row : Metrics()) {
    Value value = DescribeRow(row.info);
    const bool maximizes = row.direction == MetricDirection::kMaximize;
    value.Set("direction", maximizes ? "maximize" : "minimize");
    value.Set("of", DescribeTasks(row.tasks));
    value.Set("running", row.running);
    described.push_back(std::move(value));
  }
  return described;
}

// To a user L-BFGS is an optimizer like the others.
Value::Array DescribeOptimizers() {
  Value::Array described;
  for (const OptimizerRow& row : OptimizersFor(SelectedInstructionSet())) {
    described.push_back(DescribeRow(row.info));
  }
  described.push_back(DescribeRow(LbfgsInfo()));
  return described;
}

}  // namespace

Value Describe() {
  Value::Object tables;
  tables.emplace_back("activations", DescribeActivations());
  tables.emplace_back("losses", DescribeLosses());
  tables.emplace_back("optimizers", DescribeOptimizers());
  tables.emplace_back("schedules", DescribeRows(Schedules()));
  tables.emplace_back("initializers", DescribeInitializers());
  tables.emplace_back("metrics", DescribeMetrics());
  tables.emplace_back("layers", DescribeLayerTypes());
  return tables;
}

Value Info() {
  Value::Array available;
  for (const InstructionSet set : AvailableInstructionSets()) {
    available.emplace_back(InstructionSetName(set));
  }
  Value::Object info;
  info.emplace_back("version", LAYERWISE_VERSION);
  info.emplace_back("instructionSet", InstructionSetName(SelectedInstructionSet()));
  info.emplace_back("availableInstructionSets", std::move(available));
  info.emplace_back("threads", DefaultThreads());
  return info;
}

}  // namespace layerwise
