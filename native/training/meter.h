// Sums of losses, and the metrics, over the rows of an epoch or of a data set.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "native/core/arena.h"
#include "native/core/state_archive.h"
#include "native/core/thread_pool.h"
#include "native/data/dataset.h"
#include "native/plan/batch_loader.h"
#include "native/plan/execution_plan.h"
#include "native/plan/metrics.h"
#include "native/plan/objective.h"

namespace layerwise {

struct EvaluationResult {
  double loss = 0;
  // They stand in the order of the outputs and their options; NaN where one is not known yet.
  std::vector<double> metrics;
  std::vector<double> output_losses;  // of a network with heads, without their weights
};

// Adds in double precision and in the order of the rows, so that nothing depends on the threads.
class Meter {
 public:
  Meter() = default;  // measures losses alone
  // Measures at most `rows` rows of the data, in batches of at most `batch_rows`. The objective
  // outlives it.
  Meter(const Objective& objective, const Dataset& data, int64_t rows, int64_t batch_rows);

  size_t bytes() const { return layout_.bytes(); }
  // Has to come before the first Reset; throws kMemory.
  void Allocate();

  void Reset();
  // Adds the batch of the plan, after its loss. Metrics count each row by its weight in the data,
  // but not by that of its class: such weights are for learning.
  void Add(const ExecutionPlan& plan, ThreadPool& pool, const Dataset& data,
           const RowSelection& batch);

  // What Add does for losses and for metrics, one by one, where the losses are summed elsewhere, in
  // the same way: the sum of all so far.
  void SetLosses(double loss_sum, int64_t rows) {
    loss_sum_ = loss_sum;
    rows_ = rows;
  }
  bool has_metrics() const { return has_metrics_; }
  void Measure(const ExecutionPlan& plan, ThreadPool& pool, const Dataset& data,
               const RowSelection& batch);

  // Adds what the rows cost together, and not each, to the mean of their losses.
  void AddToMean(double loss) { added_ += loss; }

  // What the rows so far give.
  EvaluationResult Running();
  // What all the rows give: nothing may be added after it.
  EvaluationResult Finish();

  // What was added since the last Reset; before Finish.
  void Visit(StateArchive& archive);

  int64_t rows() const { return rows_; }
  double loss_sum() const { return loss_sum_; }

 private:
  struct Metric {
    std::unique_ptr<MetricAccumulator> accumulator;
    bool running;
  };
  struct Output {
    bool is_independent = false;  // answers yes or no, each for itself
    std::vector<Metric> metrics;
    double loss_sum = 0;
  };

  double Mean(double sum) const;
  // Has the metrics that are known before the end, or all of them.
  EvaluationResult Result(bool is_end);

  double loss_sum_ = 0;
  double added_ = 0;  // to the mean
  int64_t rows_ = 0;
  bool has_heads_ = false;
  bool has_metrics_ = false;
  std::vector<Output> outputs_;
  ArenaLayout layout_;
  Arena arena_;
  Slot<float> weights_slot_;
};

}  // namespace layerwise
