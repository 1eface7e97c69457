// Looks into a training now and then: runs a sample of its rows through a plan that keeps what
// every layer computes. Costs nothing where nobody asks for it, and the training itself stays as it
// is.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "native/core/thread_pool.h"
#include "native/core/value.h"
#include "native/network/network.h"
#include "native/training/events.h"
#include "native/training/run_data.h"
#include "native/training/session.h"

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
  // The plan is as that of the training but for what inspecting changes. The data outlives this.
  Inspection(const StatisticsOptions& options, std::shared_ptr<const Network> network,
             const RunData& data, const PlanOptions& plan, uint32_t seed);

  size_t bytes() const;
  // Draws the sample from the rows to train on. It works with the threads of the training.
  void Allocate(std::shared_ptr<ThreadPool> threads);

  // Whether to look after an update, counted from 1 over the whole run.
  bool IsDueAfter(int64_t epoch, int64_t update, bool ends_epoch) const;
  // Has to be called before that update.
  void KeepParameters(const float* parameters);
  // Has to be called after it.
  StatisticsEvent Inspect(const float* parameters, int64_t epoch, int64_t update);

 private:
  const StatisticsOptions options_;
  const RunData& data_;
  const int64_t rows_;
  const uint32_t seed_;
  Session session_;
  std::vector<uint32_t> sample_;
  std::unique_ptr<Parameters> before_;
};

}  // namespace layerwise
