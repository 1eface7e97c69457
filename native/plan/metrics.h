// Metrics: one row each. A metric accumulates over the rows of an epoch or of a data set: it
// begins, adds batch after batch, and finishes with one number.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "native/core/arena.h"
#include "native/core/state_archive.h"
#include "native/core/thread_pool.h"
#include "native/kernels/row_info.h"
#include "native/layers/value_buffer.h"

namespace layerwise {

// What the outputs and targets of a row are to a metric.
enum class MetricTask : unsigned {
  kOneOfSeveral = 1,  // the largest of several outputs is the answer
  kYesOrNo = 2,       // one output, yes above 0.5
  kLabels = 4,        // several of these, each for itself
  kNumbers = 8,
};

// A set of them.
using MetricTasks = unsigned;
constexpr MetricTasks operator|(MetricTask a, MetricTask b) {
  return static_cast<unsigned>(a) | static_cast<unsigned>(b);
}
constexpr MetricTasks operator|(MetricTasks set, MetricTask task) {
  return set | static_cast<unsigned>(task);
}
constexpr bool Contains(MetricTasks set, MetricTask task) {
  return (set & static_cast<unsigned>(task)) != 0;
}

// A row with what the network made of it.
struct MetricInput {
  const float* outputs;  // (columns)
  const float* targets;  // (columns), or null when the target is a class
  int32_t target_class;
  int64_t columns;
  // Outputs are independent yes-or-no answers (sigmoid) rather than one choice out of several.
  bool independent_outputs;

  float Target(int64_t column) const {
    if (targets != nullptr) return targets[column];
    return column == target_class ? 1.0f : 0.0f;
  }
  // The class that the outputs answer (of equal ones the first), and that of the targets; 0 or 1
  // where there is one output.
  int64_t Answer() const;
  int64_t Truth() const;
};

// A batch of such rows.
struct MeasuredBatch {
  ThreadPool& pool;
  int64_t rows = 0;
  MatrixView outputs{};
  MatrixView targets{};              // absent where they are classes
  const int32_t* classes = nullptr;  // (rows)
  const float* weights = nullptr;    // (rows); null: all 1
  bool independent_outputs = false;

  MetricInput Row(int64_t row) const;
  double Weight(int64_t row) const {
    return weights == nullptr ? 1.0 : static_cast<double>(weights[row]);
  }
};

// What a metric has to know before it reserves its memory.
struct MetricShape {
  MetricTask task = MetricTask::kNumbers;
  int64_t columns = 0;     // of the outputs
  int64_t rows = 0;        // that it sees at most before it finishes
  int64_t batch_rows = 0;  // at a time

  int64_t classes() const { return task == MetricTask::kYesOrNo ? 2 : columns; }
};

// The state of a metric. Its memory is reserved when it is made, and bound before it begins.
class MetricAccumulator {
 public:
  virtual ~MetricAccumulator() = default;
  virtual void Bind(const Arena& arena) = 0;
  virtual void Begin() = 0;
  // The result may not depend on the threads of the pool.
  virtual void Add(const MeasuredBatch& batch) = 0;
  virtual double Finish() = 0;
  // What was added since Begin; before Finish.
  virtual void Visit(StateArchive& archive) = 0;
};

enum class MetricDirection { kMinimize, kMaximize };
// The rows that a metric cannot do without.
enum class MetricNeeds { kNothing, kPositives, kBothLabels, kTwoRows };

struct MetricRow {
  RowInfo info;
  MetricDirection direction = MetricDirection::kMinimize;
  MetricTasks tasks = 0;
  bool of_probabilities = false;  // wants outputs that are such
  bool running = true;            // whether it can be told at any time, and not only at the end
  MetricNeeds needs = MetricNeeds::kNothing;
  // `parameters` in the order of info.parameters; they outlive the accumulator.
  std::unique_ptr<MetricAccumulator> (*make)(const MetricShape& shape, const double* parameters,
                                             ArenaLayout& layout) = nullptr;

  // The class that it is of alone, by its parameter of that name; -1: of all.
  int64_t ClassOf(const double* parameters) const;
};

std::span<const MetricRow> Metrics();

}  // namespace layerwise
