// A network compiled for a purpose: the list of steps, and one arena for everything they need.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "native/core/arena.h"
#include "native/core/thread_pool.h"
#include "native/layers/step.h"
#include "native/network/parameters.h"
#include "native/plan/batch_memory.h"
#include "native/plan/loss_pass.h"
#include "native/plan/memory_plan.h"
#include "native/plan/plan_layers.h"
#include "native/plan/plan_options.h"
#include "native/plan/program.h"
#include "native/plan/trained_parameters.h"

namespace layerwise {

class NextRows;

class ExecutionPlan {
 public:
  // Lowers the layers to steps and reserves memory, without allocating it. The spec, the layout and
  // the objective must outlive the plan.
  ExecutionPlan(const NetworkSpec& spec, const ParameterLayout& layout, const PlanOptions& options);
  ~ExecutionPlan();
  ExecutionPlan(const ExecutionPlan&) = delete;
  ExecutionPlan& operator=(const ExecutionPlan&) = delete;

  const PlanOptions& options() const { return options_; }
  // Whether nothing that it does for a row of a batch depends on the others, so that a batch may
  // pass it in blocks, whose gradients are added up.
  bool TakesRowsApart() const;
  size_t bytes() const { return arena_layout_.bytes() + trained_.state_bytes(); }
  // Throws kMemory.
  void Allocate();

  // What follows needs the memory.

  // Rows, outputs, targets and losses of a batch.
  BatchMemory& batch() { return batch_; }
  const BatchMemory& batch() const { return batch_; }
  // Training plans hold their own parameters, as optimizers change them in place.
  TrainedParameters& trained() { return trained_; }
  const TrainedParameters& trained() const { return trained_; }
  const PlanLayers& layers() const { return layers_; }

  // Fetches a part of the rows before each step of a training pass; returns how many parts that
  // makes in both directions. The rows must stay; null for none.
  int64_t FetchMeanwhile(NextRows* rows);

  // Brings what is derived from the parameters up to date.
  void Prepare(ThreadPool& pool, const float* parameters);
  void Forward(ThreadPool& pool, const float* parameters, int64_t rows);
  // The same with the plan's own parameters, as training does it: batch normalisation uses the
  // statistics of the batch and updates the running ones. Random numbers follow from the pass, in
  // the backward pass as well.
  void ForwardTraining(ThreadPool& pool, int64_t rows, const TrainingPass& pass);
  // Losses of each row from the outputs and targets; with_gradient starts the backward pass.
  void Loss(ThreadPool& pool, int64_t rows, bool with_gradient);
  // Hands the gradients to a sink of trained(), as soon as they are known: one updates the
  // parameters, the other keeps the gradients.
  void Backward(ThreadPool& pool, int64_t rows, const GradientSink& sink);
  // Updates the parameters with the gradients that were kept.
  void Update(ThreadPool& pool, const StepConstants& constants, const GradientClipping& clipping);

 private:
  void MakeSteps();
  bool RereadsValues() const;
  StepContext Context(ThreadPool& pool, const float* parameters, int64_t rows) const;
  void RunForward(const StepContext& context);
  void Constrain(ThreadPool& pool);

  const ParameterLayout& layout_;
  const PlanOptions options_;
  const double worthwhile_operations_;
  const StepKernels kernels_;
  const Program program_;
  MemoryPlan memory_;
  std::vector<std::unique_ptr<Step>> steps_;  // one for each stage
  std::vector<Step*> bounded_;                // those that keep parameters within bounds
  LossPass loss_;
  TrainedParameters trained_;
  BatchMemory batch_;
  PlanLayers layers_;
  TrainingPass training_;
  NextRows* next_rows_ = nullptr;

  ArenaLayout arena_layout_;
  SharedSlots shared_;
  Arena arena_;
  float* scratch_ = nullptr;
};

}  // namespace layerwise
