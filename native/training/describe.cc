#include "native/training/describe.h"

#include <span>
#include <string>
#include <utility>

#include "native/core/processors.h"
#include "native/core/thread_pool.h"
#include "native/kernels/activations.h"
#include "native/kernels/choice.h"
#include "native/kernels/instruction_set.h"
#include "native/kernels/losses.h"
#include "native/kernels/optimizers.h"
#include "native/layers/activation.h"
#include "native/layers/initializers.h"
#include "native/network/spec.h"
#include "native/plan/metrics.h"
#include "native/plan/objective.h"
#include "native/training/evaluation.h"
#include "native/training/gradient_check.h"
#include "native/training/lbfgs.h"
#include "native/training/learning_rate_finder.h"
#include "native/training/schedules.h"
#include "native/training/training_options.h"

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

Value DescribeNames(std::span<const char* const> names) {
  Value::Array described;
  for (const char* name : names) described.emplace_back(name);
  return described;
}

// The names of the options of each call.
Value DescribeOptions() {
  return Value::Object{
      {"fit", DescribeNames(OptionNames<TrainingOptions>())},
      {"trainer", DescribeNames(OptionNames<ManualOptions>())},
      {"evaluate", DescribeNames(OptionNames<EvaluationOptions>())},
      {"checkGradients", DescribeNames(OptionNames<GradientCheckOptions>())},
      {"testLearningRates", DescribeNames(kLearningRateFinderOptions)},
      {"output", DescribeNames(kOutputOptions)},
  };
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

#if defined(__clang__) || defined(__GNUC__)
std::string VersionText(int major, int minor, int patch) {
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}
#endif

// What made this binary: "gcc 12.2.0".
std::string Compiler() {
#if defined(__clang__)
  return "clang " + VersionText(__clang_major__, __clang_minor__, __clang_patchlevel__);
#elif defined(__GNUC__)
  return "gcc " + VersionText(__GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#elif defined(_MSC_FULL_VER)
  return "msvc " + std::to_string(_MSC_FULL_VER);
#else
  return "unknown";
#endif
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
  tables.emplace_back("options", DescribeOptions());
  tables.emplace_back("limits", Value::Object{{"threads", kMaxThreads}});
  return tables;
}

Value Info() {
  Value::Array available;
  for (const InstructionSet set : AvailableInstructionSets()) {
    available.emplace_back(InstructionSetName(set));
  }
  return Value::Object{
      {"version", LAYERWISE_VERSION},
      {"instructionSet", InstructionSetName(SelectedInstructionSet())},
      {"availableInstructionSets", std::move(available)},
      {"threads", DefaultThreads()},
      {"processors", AvailableProcessors()},
      {"compiler", Compiler()},
  };
}

}  // namespace layerwise
