// A network at work: a plan compiled for a purpose, the threads that run it, the memory that it
// needs, and the parameters that it works on. Runs, L-BFGS, the learning-rate finder, the loop by
// hand, gradient checks, inspections and evaluations differ only in what they do with one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "native/core/thread_pool.h"
#include "native/data/class_weights.h"
#include "native/data/dataset.h"
#include "native/data/read_ahead.h"
#include "native/data/row_selection.h"
#include "native/network/network.h"
#include "native/plan/execution_plan.h"

namespace layerwise {

class Session {
 public:
  // Compiles the plan. That is cheap enough for the caller's thread: memory is taken by Allocate.
  Session(std::shared_ptr<const Network> network, const PlanOptions& options);

  const Network& network() const { return *network_; }
  const std::shared_ptr<const Network>& shared_network() const { return network_; }
  const NetworkSpec& spec() const { return network_->spec(); }
  const ParameterLayout& layout() const { return network_->layout(); }
  ExecutionPlan& plan() { return plan_; }
  const ExecutionPlan& plan() const { return plan_; }
  // Native memory of the plan.
  size_t bytes() const { return plan_.bytes(); }

  // Takes the memory, and the threads: those of another session where they are given. Throws
  // kMemory.
  void Allocate(std::shared_ptr<ThreadPool> threads = nullptr);

  // What follows needs the memory.

  ThreadPool& pool() { return *pool_; }
  const std::shared_ptr<ThreadPool>& threads() const { return pool_; }

  // Takes the newest parameters of the network; returns their version. A plan that trains gets a
  // copy, as its optimizer changes them in place.
  uint64_t LoadNewest();
  // Copies parameters into a plan that trains.
  void Load(const float* parameters);
  // What passes compute with.
  const float* parameters() const;
  // Brings what the plan derives from the parameters up to date, after they were changed by hand.
  void Prepare() { plan_.Prepare(*pool_, parameters()); }

  // The rows of a batch, which are read from their files where the data lies in some.
  ReadAhead::Staged Stage(const Dataset& data, const RowSelection& rows);
  // Loads rows of the data as the batch. Data that lies in a file has to outlive the session, which
  // reads what comes next meanwhile; and it is loaded by one thread at a time.
  void LoadRows(const Dataset& data, const RowSelection& rows,
                std::span<const ClassWeights> class_weights = {});
  // A training pass over rows of the data: loads them, and computes losses and what a backward pass
  // needs.
  void Pass(const Dataset& data, const RowSelection& rows,
            std::span<const ClassWeights> class_weights, const TrainingPass& pass);
  // The same over the rows that are loaded.
  void Pass(int64_t rows, const TrainingPass& pass, bool with_gradient);
  // The backward pass, which updates the parameters as soon as their gradients are known.
  void Learn(int64_t rows, const StepConstants& constants) {
    plan_.Backward(*pool_, rows, plan_.trained().Updating(constants));
  }
  // The backward pass, whose gradients then lie in the plan: times a share, added to those that lie
  // there already or in their place.
  void KeepGradients(int64_t rows, double share = 1, bool adds = false) {
    plan_.Backward(*pool_, rows, plan_.trained().Keeping(static_cast<float>(share), adds));
  }

 private:
  const std::shared_ptr<const Network> network_;
  const int thread_count_;
  ExecutionPlan plan_;
  std::shared_ptr<ThreadPool> pool_;
  std::unique_ptr<ReadAhead> read_ahead_;     // null unless data lies in a file
  std::shared_ptr<const Parameters> newest_;  // null where the plan has a copy of its own
};

}  // namespace layerwise
