// The losses of a batch: targets and weights of the rows in memory of its own, the loss of each
// output and of each row, and the gradient where the backward pass begins.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "native/core/arena.h"
#include "native/layers/step.h"
#include "native/plan/memory_plan.h"
#include "native/plan/plan_options.h"
#include "native/plan/program.h"

namespace layerwise {

class LossPass {
 public:
  // Program and options outlive it.
  LossPass(const NetworkSpec& spec, const Program& program, const PlanOptions& options);

  void Reserve(ArenaLayout& layout);
  // `penalties`: the steps that add to the loss.
  void Bind(const Arena& arena, const MemoryPlan& memory, std::vector<const Step*> penalties);

  void Compute(const StepContext& context, bool with_gradient);

  const MatrixView& targets(size_t output) const { return outputs_[output].targets; }
  int32_t* classes(size_t output) const { return outputs_[output].classes; }
  float* weights() const { return weights_; }
  float* weights(size_t output) const { return outputs_[output].weights; }
  const double* row_losses() const { return row_losses_; }
  const double* row_losses(size_t output) const { return outputs_[output].row_losses; }

 private:
  struct Output {
    const ValueBuffer* value = nullptr;
    MatrixView targets{};
    int32_t* classes = nullptr;
    float* weights = nullptr;
    double* row_losses = nullptr;
    Slot<float> targets_slot{};
    Slot<int32_t> classes_slot{};
    Slot<float> weights_slot{};
    Slot<double> row_losses_slot{};
  };

  TargetKind TargetsOf(size_t output) const {
    return options_.targets[options_.targets.size() == 1 ? 0 : output];
  }
  void ReserveOutput(ArenaLayout& layout, size_t output);
  void BindOutput(const Arena& arena, const MemoryPlan& memory, size_t output);
  void ComputeCustom(const StepContext& context, bool with_gradient);
  void ComputeRows(const StepContext& context, int64_t first_row, int64_t rows, bool with_gradient);
  void ComputeOutput(const StepContext& context, size_t output, int64_t first_row, int64_t rows,
                     bool with_gradient);
  void AddOutputs(int64_t first_row, int64_t rows);

  const NetworkSpec& spec_;
  const Program& program_;
  const PlanOptions& options_;
  std::vector<Output> outputs_;
  std::vector<const Step*> penalties_;
  Slot<float> weights_slot_;
  Slot<double> row_losses_slot_;
  float* weights_ = nullptr;
  double* row_losses_ = nullptr;
};

}  // namespace layerwise
