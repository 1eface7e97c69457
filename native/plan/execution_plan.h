// A network compiled for a purpose: the list of steps, and one arena for everything they need.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "native/core/arena.h"
#include "native/core/thread_pool.h"
#include "native/layers/step.h"
#include "native/network/parameters.h"
#include "native/plan/loss_pass.h"
#include "native/plan/memory_plan.h"
#include "native/plan/plan_options.h"
#include "native/plan/program.h"
#include "native/plan/trained_parameters.h"

namespace layerwise {

class NextRows;

// What a layer made of the current batch, and the gradient of the loss by what it computes before
// its activation; absent where nobody needs that.
struct InspectedLayer {
  const ValueBuffer* value = nullptr;
  MatrixView gradient;
};

class ExecutionPlan {
 public:
  // Lowers the layers to steps and reserves memory, without allocating it. The spec, the layout and
  // the objective must outlive the plan.
  ExecutionPlan(const NetworkSpec& spec, const ParameterLayout& layout, const PlanOptions& options);
  ~ExecutionPlan();
  ExecutionPlan(const ExecutionPlan&) = delete;
  ExecutionPlan& operator=(const ExecutionPlan&) = delete;

  size_t bytes() const { return arena_layout_.bytes(); }
  // Throws kMemory.
  void Allocate();

  // What follows needs the memory.

  // Fetches a part of the rows before each step of a training pass; FetchParts() of them in both
  // directions. The rows must stay; null for none.
  void FetchMeanwhile(NextRows* rows) { next_rows_ = rows; }
  int64_t FetchParts() const { return 2 * static_cast<int64_t>(steps_.size()); }

  // Rows of the batch go here before Forward.
  const MatrixView& inputs() const { return memory_.value(0).output; }
  // Whether Forward can as well read rows that follow each other in memory without padding.
  bool ReadsRowsAnywhere() const;
  // From now on Forward reads such rows; null for inputs() again.
  void ReadRowsFrom(const float* rows) { memory_.ReadRowsFrom(rows); }
  size_t output_count() const { return program_.outputs.size(); }
  const MatrixView& outputs(size_t output = 0) const { return OutputValue(output).output; }
  // All outputs beside each other, (rows, columns of all).
  void CopyOutputs(int64_t rows, float* to) const;
  const MatrixView& targets(size_t output = 0) const { return loss_.targets(output); }
  int32_t* classes(size_t output = 0) const { return loss_.classes(output); }
  float* weights() const { return loss_.weights(); }
  // Those of the rows times those of their classes; of the only output they are the same.
  float* weights(size_t output) const { return loss_.weights(output); }

  // Training plans hold their own parameters, as optimizers change them in place.
  float* parameters() const { return parameters_.values(); }
  const float* gradients() const { return parameters_.gradients(); }

  // Takes the gradient by the outputs, beside each other as above, where no loss gives it.
  void SetOutputGradient(int64_t rows, const float* gradient);
  // With PlanOptions::input_gradient, after a backward pass.
  const MatrixView& input_gradient() const { return memory_.value(0).gradient; }

  // Sets the states of the optimizer to what they are before the first step; `settings` in the
  // order of its row.
  void StartOptimizer(const double* settings) { parameters_.StartOptimizer(settings); }

  // Brings what is derived from the parameters up to date.
  void Prepare(ThreadPool& pool, const float* parameters);
  void Forward(ThreadPool& pool, const float* parameters, int64_t rows);
  // Which batch of a training comes next: what random numbers follow from.
  void StartBatch(const TrainingPass& pass) { training_ = pass; }
  // The same with the plan's own parameters, as training does it: batch normalisation uses the
  // statistics of the batch and updates the running ones.
  void ForwardTraining(ThreadPool& pool, int64_t rows);
  // Losses of each row from the outputs and targets; with_gradient starts the backward pass.
  void Loss(ThreadPool& pool, int64_t rows, bool with_gradient);
  // With an optimizer: updates the parameters as soon as their gradients are known.
  void Backward(ThreadPool& pool, int64_t rows, const StepConstants& constants);
  // Keeps the gradients, times a share, or adds them to those that are kept.
  void KeepGradients(ThreadPool& pool, int64_t rows, float share, bool adds);
  // Updates the parameters with the gradients that were kept.
  void Update(ThreadPool& pool, const StepConstants& constants, const GradientClipping& clipping);

  // Around the forward passes of an evaluation, whose rows may come in any number of batches.
  void BeginEvaluation();
  // What layers add to the mean loss for all these rows, beside what Loss gives for each.
  double EndEvaluation();

  const double* row_losses() const { return loss_.row_losses(); }
  // Of the first rows, in their order.
  double MeanLoss(int64_t rows) const {
    return std::accumulate(row_losses(), row_losses() + rows, 0.0) / static_cast<double>(rows);
  }
  // Of one output, without its weight and without what layers add.
  const double* row_losses(size_t output) const { return loss_.row_losses(output); }

  // Of a plan that inspects, after a training pass.
  InspectedLayer Inspected(size_t layer) const;

  // The path of the first layer whose output holds a NaN or an infinity for the current batch;
  // empty when there is none.
  std::string FirstNonFiniteLayer(int64_t rows) const;

 private:
  void MakeSteps();
  bool RereadsValues() const;
  const ValueBuffer& OutputValue(size_t output) const {
    return memory_.value(program_.outputs[output]);
  }
  StepContext Context(ThreadPool& pool, const float* parameters, int64_t rows) const;
  void RunForward(const StepContext& context);
  void RunBackward(ThreadPool& pool, int64_t rows, const GradientSink& sink);
  void Constrain(ThreadPool& pool);

  const NetworkSpec& spec_;
  const ParameterLayout& layout_;
  const PlanOptions options_;
  const StepKernels kernels_;
  const Program program_;
  MemoryPlan memory_;
  std::vector<std::unique_ptr<Step>> steps_;  // one for each stage
  std::vector<Step*> bounded_;                // those that keep parameters within bounds
  LossPass loss_;
  TrainedParameters parameters_;
  TrainingPass training_;
  NextRows* next_rows_ = nullptr;

  ArenaLayout arena_layout_;
  SharedSlots shared_;
  Arena arena_;
  float* scratch_ = nullptr;
};

}  // namespace layerwise
