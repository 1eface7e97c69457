// A batch in the memory of a plan, from its rows to their losses: what is written before a pass and
// read after it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <numeric>

#include "native/plan/loss_pass.h"
#include "native/plan/memory_plan.h"
#include "native/plan/plan_options.h"
#include "native/plan/program.h"

namespace layerwise {

class BatchMemory {
 public:
  // All of them outlive it.
  BatchMemory(const NetworkSpec& spec, const Program& program, const PlanOptions& options,
              MemoryPlan& memory, const LossPass& loss)
      : spec_(spec), program_(program), options_(options), memory_(memory), loss_(loss) {}

  // Rows of the batch go here before a forward pass.
  const MatrixView& inputs() const { return memory_.value(0).output; }
  // Whether a forward pass can as well read rows that follow each other in memory without padding.
  bool ReadsRowsAnywhere() const;
  // From now on forward passes read such rows; null for inputs() again.
  void ReadRowsFrom(const float* rows) { memory_.ReadRowsFrom(rows); }
  // With PlanOptions::input_gradient, after a backward pass.
  const MatrixView& input_gradient() const { return memory_.value(0).gradient; }

  size_t output_count() const { return program_.outputs.size(); }
  const MatrixView& outputs(size_t output = 0) const { return OutputValue(output).output; }
  // All outputs beside each other, (rows, columns of all).
  void CopyOutputs(int64_t rows, float* to) const;
  // Takes the gradient by the outputs, beside each other as above, where no loss gives it.
  void SetOutputGradient(int64_t rows, const float* gradient);

  const MatrixView& targets(size_t output = 0) const { return loss_.targets(output); }
  int32_t* classes(size_t output = 0) const { return loss_.classes(output); }
  float* weights() const { return loss_.weights(); }
  // Those of the rows times those of their classes; of the only output they are the same.
  float* weights(size_t output) const { return loss_.weights(output); }

  const double* row_losses() const { return loss_.row_losses(); }
  // Of one output, without its weight and without what layers add.
  const double* row_losses(size_t output) const { return loss_.row_losses(output); }
  // Of the first rows, in their order.
  double MeanLoss(int64_t rows) const {
    return std::accumulate(row_losses(), row_losses() + rows, 0.0) / static_cast<double>(rows);
  }

 private:
  const ValueBuffer& OutputValue(size_t output) const {
    return memory_.value(program_.outputs[output]);
  }

  const NetworkSpec& spec_;
  const Program& program_;
  const PlanOptions& options_;
  MemoryPlan& memory_;
  const LossPass& loss_;
};

}  // namespace layerwise
