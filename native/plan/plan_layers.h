// What is asked of the layers of a plan beside its passes: what they made of the batch, and what
// they cost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "native/layers/step.h"
#include "native/plan/memory_plan.h"
#include "native/plan/program.h"

namespace layerwise {

// What a layer made of the current batch, and the gradient of the loss by what it computes before
// its activation; absent where nobody needs that.
struct InspectedLayer {
  const ValueBuffer* value = nullptr;
  MatrixView gradient;
};

class PlanLayers {
 public:
  // All of them outlive it; a step for each stage of the program.
  PlanLayers(const NetworkSpec& spec, const Program& program, const MemoryPlan& memory,
             const std::vector<std::unique_ptr<Step>>& steps)
      : spec_(spec), program_(program), memory_(memory), steps_(steps) {}

  // Of a plan that inspects, after a training pass.
  InspectedLayer Inspected(size_t layer) const;

  // The path of the first layer whose output holds a NaN or an infinity for the current batch;
  // empty when there is none.
  std::string FirstNonFinite(int64_t rows) const;

  // Around the forward passes of an evaluation, whose rows may come in any number of batches.
  void BeginEvaluation() const;
  // What layers add to the mean loss for all these rows, beside the losses of each.
  double EndEvaluation() const;

 private:
  const NetworkSpec& spec_;
  const Program& program_;
  const MemoryPlan& memory_;
  const std::vector<std::unique_ptr<Step>>& steps_;
};

}  // namespace layerwise
