// A step of a compiled plan: one piece of the forward pass with its backward pass.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "native/core/thread_pool.h"
#include "native/kernels/gemm.h"
#include "native/kernels/optimizers.h"
#include "native/layers/parameter_layout.h"
#include "native/layers/step_kernels.h"
#include "native/layers/step_memory.h"
#include "native/layers/touched_rows.h"
#include "native/layers/value_buffer.h"

namespace layerwise {

// What an optimizer needs to know for one step.
struct StepConstants {
  StepConstants() = default;
  // The same for all parameters.
  explicit StepConstants(const OptimizerConstants& constants) : all(constants) {}

  OptimizerConstants all;
  // Where blocks of parameters are treated in different ways: which of them each is, and what they
  // are. Both outlive the step.
  std::span<const size_t> group_of_block{};
  std::span<const OptimizerConstants> of_groups{};
};

// What becomes of a gradient: the optimizer's update at once, or storage for whoever wants to look
// at it or to add several up.
class GradientSink {
 public:
  GradientSink() = default;
  GradientSink(const ParameterLayout& layout, const OptimizerRow& optimizer, float* parameters,
               float* const* states)
      : layout_(&layout), optimizer_(&optimizer), parameters_(parameters), states_(states) {}
  // `touched`: which rows of tables have gradients among those that are stored.
  GradientSink(float* stored, TouchedRows* touched) : stored_(stored), touched_(touched) {}

  // Before each pass: what the optimizer needs, or what becomes of stored gradients, which are
  // multiplied by the share and may be added to those that are there.
  void set_constants(const StepConstants& constants) { constants_ = constants; }
  void set_storing(float share, bool adds) {
    share_ = share;
    adds_ = adds;
  }
  bool updates() const { return optimizer_ != nullptr; }

  // The memory that Take will touch for parameters from `offset` on, so that it can be fetched
  // before.
  void Announce(int64_t offset, const float* (&streams)[kMaxUpcoming]) const;
  // The gradient of `count` parameters of one block from `offset` on; whole vectors.
  void Take(int64_t offset, int64_t count, const float* gradient) const;
  // The gradient of a row of a table. The rows that none is given for stay as they are, and so do
  // those that it is zero for: their states too, whatever the optimizer would make of a zero.
  void TakeRow(const ParameterBlock& table, int64_t row, const float* gradient) const;
  // The optimizer's update of them.
  void Update(int64_t offset, int64_t count, const float* gradient,
              const StepConstants& constants) const;
  void UpdateRow(const ParameterBlock& table, int64_t row, const float* gradient,
                 const StepConstants& constants) const;

 private:
  void Store(int64_t offset, int64_t count, const float* gradient) const;
  const OptimizerConstants& ConstantsFor(int64_t offset, const StepConstants& constants) const;

  const ParameterLayout* layout_ = nullptr;
  const OptimizerRow* optimizer_ = nullptr;
  StepConstants constants_;
  float* parameters_ = nullptr;
  float* const* states_ = nullptr;
  float* stored_ = nullptr;
  TouchedRows* touched_ = nullptr;
  float share_ = 1;
  bool adds_ = false;
};

// Tells apart the batches of a training, for steps that draw random numbers.
struct TrainingPass {
  uint32_t seed = 0;
  uint64_t step = 0;  // batches before this one
};

struct StepContext {
  ThreadPool& pool;
  int64_t rows;             // of this batch
  const float* parameters;  // of the whole network
  // The same parameters where a training pass may update running statistics; null when predicting.
  float* running_statistics;
  const TrainingPass* training;  // null when predicting
  const GradientSink* sink;      // backward only
  float* scratch;                // scratch_size floats for each thread
  int64_t scratch_size;
  const float* row_weights;  // how much each row counts in the loss; null where all count the same
  double worthwhile_operations;  // what several threads pay for

  double WeightOf(int64_t row) const {
    return row_weights == nullptr ? 1.0 : static_cast<double>(row_weights[row]);
  }
  float* Scratch(int thread) const {
    return scratch == nullptr ? nullptr : scratch + thread * scratch_size;
  }

  // Runs fn(task, thread) over the tasks, on this thread alone where the work does not pay for
  // more.
  template <typename F>
  void Parallel(int64_t tasks, double operations, F&& fn) const {
    if (operations >= worthwhile_operations) {
      pool.Run(tasks, fn);
    } else {
      for (int64_t task = 0; task < tasks; ++task) fn(task, 0);
    }
  }
};

class Step;

// A normalisation with running statistics that a dense step takes into its weights.
struct NormToFold {
  size_t layer;
  double epsilon;
};

// Where a step stands in a plan, and all that it is made of. What it refers to outlives the step;
// the buffers have their memory when the step is bound.
struct StepSite {
  size_t layer;
  const ParameterLayout& layout;
  const ValueBuffer& input;
  const ValueBuffer& output;
  const StepKernels& kernels;
  int64_t batch_rows;  // the most of a batch
  bool trains;         // whether there is a backward pass
  bool has_loss;       // whether losses are computed
  bool input_has_gradient;
  Step* previous;  // the one before it, or null
  Step* owner;     // of tied weights, where the plan has it; else null
  std::optional<NormToFold> folded_norm;
};

class Step {
 public:
  virtual ~Step() = default;

  // Reserves memory of the step's own. By then all steps of the plan have been made.
  virtual void Reserve(StepReservation& /*memory*/) {}
  // Looks up what was reserved, in the order of the steps.
  virtual void Bind(const StepMemory& /*memory*/) {}

  // Whether the step adds to the loss, and whether it reads values of the batch again for that.
  virtual bool HasPenalty() const { return false; }
  virtual bool PenalisesValues() const { return false; }
  // Whether what becomes of a row depends on nothing but the row and the parameters, and gradients
  // are sums over the rows: a batch may then go through it in blocks.
  virtual bool TakesRowsApart() const { return false; }
  // Whether it keeps parameters within bounds.
  virtual bool HasBounds() const { return false; }

  // Called once the memory exists and whenever the parameters were replaced from outside.
  virtual void Prepare(const StepContext&) {}
  // From the input's values to the output's.
  virtual void Forward(const StepContext& context) = 0;
  // From the output's gradient to the input's (if it has one), then the parameters' into the sink.
  virtual void Backward(const StepContext& context) = 0;
  // Brings parameters back within their bounds after an update. Called only where HasBounds().
  virtual void Constrain(const StepContext& /*context*/, float* /*parameters*/) {}
  // Adds what the step itself costs to the losses of some rows, after Forward; what it costs for
  // the sake of a row counts as much as the row. Called only where HasPenalty().
  virtual void AddPenalty(const StepContext& /*context*/, int64_t /*first_row*/, int64_t /*rows*/,
                          double* /*row_losses*/) const {}
  // What the step costs for all rows that Forward predicts from now on, and not for each: asked
  // for at their end, so that it does not depend on how they are cut into batches.
  virtual void BeginEvaluation() {}
  virtual double EndEvaluation() { return 0; }
};

}  // namespace layerwise
