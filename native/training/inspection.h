// Looks into a training now and then: runs a sample of its rows through a plan that keeps what
// every layer computes. Costs nothing where nobody asks for it, and the training itself stays as it
// is.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "native/core/thread_pool.h"
#include "native/core/value.h"
#include "native/data/dataset.h"
#include "native/network/network.h"
#include "native/plan/batch_loader.h"
#include "native/plan/execution_plan.h"
#include "native/plan/objective.h"
#include "native/training/events.h"

namespace layerwise {

struct StatisticsOptions {
  int64_t every_epochs = 0;   // 0: not by epochs
  int64_t every_updates = 0;  // 0: not by updates
  int64_t rows = 0;           // of the sample, or fewer if there are fewer

  bool enabled() const { return every_epochs > 0 || every_updates > 0; }
};

// Reads the option statistics: { everyEpochs } or { everyUpdates }, and rows.
StatisticsOptions ReadStatisticsOptions(const ValueReader& options);

class Inspection {
 public:
  // The plan is as that of the training but for what inspecting changes. What is referred to must
  // outlive this.
  Inspection(const StatisticsOptions& options, const Network& network, const Dataset& data,
             const PlanOptions& plan, int64_t training_rows, uint32_t seed);

  size_t bytes() const;
  // Draws the sample from these rows, which are as many as was said.
  void Allocate(const RowSelection& training_rows);

  // Whether to look after an update, counted from 1 over the whole run.
  bool IsDueAfter(int64_t epoch, int64_t update, bool ends_epoch) const;
  // Before that update.
  void KeepParameters(const float* parameters);
  // After it.
  StatisticsEvent Inspect(ThreadPool& pool, const float* parameters,
                          std::span<const ClassWeights> class_weights, int64_t epoch,
                          int64_t update);

 private:
  const StatisticsOptions options_;
  const Network& network_;
  const Dataset& data_;
  const int64_t rows_;
  const uint32_t seed_;
  ExecutionPlan plan_;
  std::vector<uint32_t> sample_;
  std::unique_ptr<Parameters> before_;
};

}  // namespace layerwise
