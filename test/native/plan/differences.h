// The gradients of a plan against differences of its own loss, with its random numbers held still:
// for layers that have no naive twin.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "native/plan/execution_plan.h"
#include "native/plan/objective.h"
#include "test/native/plan/support.h"

namespace layerwise::testing::differences {

inline constexpr int64_t kRows = 7;
inline constexpr int64_t kInputs = 5;

// A plan with random inputs and parameters, which keeps its gradients.
class Trial {
 public:
  explicit Trial(const Value& spec)
      : network_(spec),
        objective_options_(Value::Object{{"loss", "meanSquaredError"}}),
        objective_(ReadObjective(ValueReader(objective_options_, "options"), network_.spec())),
        pool_(1),
        plan_(network_.spec(), network_.layout(), Options()) {
    plan_.Allocate();
    Generator random(3);
    for (int64_t i = 0; i < kRows; ++i) {
      random.Fill(plan_.batch().inputs().Row(i), kInputs, -1, 1);
      DrawIndices(network_.spec(), random, plan_.batch().inputs().Row(i));
    }
    Randomise(network_.layout(), random, plan_.trained().values());
  }

  double Loss(bool with_gradient) {
    plan_.Prepare(pool_, plan_.trained().values());
    plan_.ForwardTraining(pool_, kRows, {.seed = 5, .step = 9});
    plan_.Loss(pool_, kRows, with_gradient);
    if (with_gradient) plan_.Backward(pool_, kRows, plan_.trained().Keeping(1.0f, false));
    double sum = 0;
    for (int64_t i = 0; i < kRows; ++i) sum += plan_.batch().row_losses()[i];
    return sum / static_cast<double>(kRows);
  }

  Network network_;
  Value objective_options_;
  Objective objective_;
  ThreadPool pool_;
  ExecutionPlan plan_;

 private:
  PlanOptions Options() const {
    PlanOptions options;
    options.to = network_.spec().layers.size();
    options.batch_rows = kRows;
    options.objective = &objective_;
    options.targets = {TargetKind::kInput};
    options.gradients = true;
    return options;
  }
};

inline void CheckGradients(const Value& spec) {
  Trial trial(spec);
  trial.Loss(true);
  const int64_t size = trial.network_.layout().size();
  const std::vector<float> gradients(trial.plan_.trained().gradients(),
                                     trial.plan_.trained().gradients() + size);
  constexpr float kStep = 1e-2f;
  double difference = 0;
  double norm = 0;
  for (const ParameterBlock& block : trial.network_.layout().blocks()) {
    for (int64_t at = block.offset; at < block.offset + block.panels.size(); ++at) {
      float& parameter = trial.plan_.trained().values()[at];
      const float kept = parameter;
      if (kept == 0.0f) continue;  // padding
      parameter = kept + kStep;
      const double above = trial.Loss(false);
      parameter = kept - kStep;
      const double below = trial.Loss(false);
      parameter = kept;
      const double numeric = (above - below) / (2.0 * static_cast<double>(kStep));
      const double exact = static_cast<double>(gradients[static_cast<size_t>(at)]);
      difference += (numeric - exact) * (numeric - exact);
      norm += exact * exact;
    }
  }
  EXPECT_GT(norm, 1e-3) << Describe(spec);
  EXPECT_LT(std::sqrt(difference / norm), 2e-3) << Describe(spec);
}

}  // namespace layerwise::testing::differences
