// Training by L-BFGS: an epoch is one iteration, over all rows as often as its line search asks.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "native/core/thread_pool.h"
#include "native/data/batches.h"
#include "native/data/dataset.h"
#include "native/network/parameters.h"
#include "native/plan/batch_loader.h"
#include "native/plan/execution_plan.h"
#include "native/training/lbfgs.h"
#include "native/training/meter.h"

namespace layerwise {

class FullBatchTraining {
 public:
  // Called after each batch of the first pass of an epoch.
  using BatchListener = std::function<void(int64_t batch, int64_t rows)>;

  // `settings` in the order of LbfgsInfo(). The plan keeps gradients; all of it outlives this.
  FullBatchTraining(const std::vector<double>& settings, const ParameterLayout& layout,
                    ExecutionPlan& plan, ThreadPool& pool, const Dataset& data, RowSelection rows,
                    const Batches& batches, uint32_t seed,
                    std::span<const ClassWeights> class_weights);

  // The meter measures the parameters that the epoch begins with. When stopped, these stay.
  Lbfgs::Outcome Epoch(Meter& meter, const BatchListener& on_batch, const std::atomic<bool>& stop);

 private:
  // Loss and gradient of the plan's parameters over all rows; nothing when stopped.
  std::optional<double> Pass(Meter& meter, const BatchListener* on_batch,
                             const std::atomic<bool>& stop);
  // Between the trainable parameters and one vector.
  void Gather(const float* from, Lbfgs::Vector& to) const;
  void MoveTo(const Lbfgs::Vector& point);

  Lbfgs lbfgs_;
  const ParameterLayout& layout_;
  ExecutionPlan& plan_;
  ThreadPool& pool_;
  const Dataset& data_;
  const RowSelection rows_;
  const Batches batches_;
  const uint32_t seed_;
  const std::span<const ClassWeights> class_weights_;
  Lbfgs::Vector point_;
  Lbfgs::Vector gradient_;
};

}  // namespace layerwise
