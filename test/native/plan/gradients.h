// A numerical gradient check of a whole network: the gradients of a compiled plan are compared with
// those of the naive network in double precision, and both with central differences.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "native/plan/execution_plan.h"
#include "native/plan/objective.h"
#include "test/native/plan/support.h"

namespace layerwise::testing::gradients {

// Differences in the norm over a parameter, relative to the norm of its gradient; where that is
// small beside the whole gradient, relative to kSmall times the whole.
inline constexpr double kAgainstAnalytic = 1e-5;
inline constexpr double kAgainstNumeric = 1e-4;
inline constexpr double kSmall = 1e-2;
// A gradient below this share of the whole is zero but for rounding, as that of a bias whose effect
// a batch normalisation takes away. What cancels in it may be larger than the gradient itself.
inline constexpr double kCancelled = 1e-6;

// Rectifiers bend at zero, others elsewhere: inputs must stay this far away from there, farther
// than rounding or a difference quotient moves them.
inline constexpr double kFarFromKinks = 5e-5;
inline constexpr double kDifference = 1e-6;

// Elements of a parameter that are differentiated numerically.
inline constexpr int64_t kElements = 12;

struct Problem {
  Value spec;
  std::string loss;
  int64_t rows = 5;
  int64_t spare_rows = 0;  // of the plan, beyond this batch
  TargetKind targets = TargetKind::kMatrix;
  double allowance = 1;  // a factor on the bounds
  Precision precision = Precision::kFloat32;
  int threads = 1;
  bool numerically = true;  // whether central differences are taken too: not of large networks
};

inline std::string DescribeProblem(const Problem& problem) {
  return Describe(problem.spec) + ", " + problem.loss + ", " + std::to_string(problem.rows) +
         " rows";
}

// The parameters of a layer in the naive network that a block stands for.
inline std::vector<double>& TwinBlock(std::vector<reference::Layer>& layers,
                                      const ParameterBlock& block) {
  reference::Layer& layer = layers[block.layer];
  for (reference::Table& table : layer.tables) {
    if (block.is_table() && table.first_row == block.first_row) return table.vectors.values;
  }
  const bool is_weight =
      block.role == ParameterRole::kWeights || block.role == ParameterRole::kScale;
  return is_weight ? layer.weights.values : layer.bias;
}

inline const std::vector<double>& TwinGradient(
    const std::vector<reference::LayerGradients>& gradients,
    const std::vector<reference::Layer>& layers, const ParameterBlock& block) {
  const reference::LayerGradients& layer = gradients[block.layer];
  for (size_t t = 0; t < layer.tables.size(); ++t) {
    const bool is_it = layers[block.layer].tables[t].first_row == block.first_row;
    if (block.is_table() && is_it) return layer.tables[t].values;
  }
  const bool is_weight =
      block.role == ParameterRole::kWeights || block.role == ParameterRole::kScale;
  return is_weight ? layer.weights.values : layer.bias;
}

inline double Norm(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value * value;
  return std::sqrt(sum);
}

inline double Distance(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(sum);
}

// One problem with its plan, its random numbers and its twin.
class Check {
 public:
  Check(const Problem& problem, uint64_t seed)
      : problem_(problem),
        network_(problem.spec),
        objective_(ReadObjective(
            ValueReader(objective_options_ = Value::Object{{"loss", problem.loss}}, "options"),
            network_.spec())),
        pool_(problem.threads),
        plan_(network_.spec(), network_.layout(), Options()) {
    plan_.Allocate();
    Generator random(seed);
    FillInputs(random);
    FillTargets(random);
    Randomise(network_.layout(), random, plan_.trained().values());
    plan_.Prepare(pool_, plan_.trained().values());
    twin_ = TwinOf(network_.spec(), network_.layout(), plan_.trained().values());
  }

  // The least distance of an activation's input from a kink. Exact hits do not count: they come
  // from an activation of that value before this one, and stay there.
  double DistanceFromKinks() const {
    return reference::DistanceFromKinks(twin_, reference::Forward(twin_, inputs_));
  }

  void Run() {
    plan_.ForwardTraining(pool_, problem_.rows, {});
    plan_.Loss(pool_, problem_.rows, true);
    plan_.Backward(pool_, problem_.rows, plan_.trained().Keeping(1.0f, false));
    CheckLoss();
    const std::vector<reference::LayerGradients> exact =
        reference::Gradients(twin_, LossTwin(problem_.loss), inputs_, target_values_);
    double all = 0;
    for (const ParameterBlock& block : network_.layout().blocks()) {
      if (!block.trainable()) continue;
      all = std::max(all, Norm(TwinGradient(exact, twin_.layers, block)));
    }
    for (const ParameterBlock& block : network_.layout().blocks()) {
      if (!block.trainable()) continue;
      CheckBlock(block, TwinGradient(exact, twin_.layers, block), all);
    }
  }

 private:
  PlanOptions Options() const {
    PlanOptions options;
    options.to = network_.spec().layers.size();
    options.batch_rows = problem_.rows + problem_.spare_rows;
    options.objective = &objective_;
    options.targets = {problem_.targets};
    options.gradients = true;
    options.precision = problem_.precision;
    options.threads = problem_.threads;
    return options;
  }

  void FillInputs(Generator& random) {
    const int64_t columns = network_.input_size();
    inputs_ = reference::Matrix(problem_.rows, columns);
    const bool are_shares = problem_.targets == TargetKind::kInput;
    for (int64_t i = 0; i < problem_.rows; ++i) {
      float* row = plan_.batch().inputs().Row(i);
      for (int64_t j = 0; j < columns; ++j) {
        row[j] = random.Float(are_shares ? 0 : -1.5, are_shares ? 1 : 1.5);
      }
      DrawIndices(network_.spec(), random, row);
      for (int64_t j = 0; j < columns; ++j) inputs_.At(i, j) = static_cast<double>(row[j]);
    }
    // Rows beyond the batch, as an earlier batch leaves them, must not matter.
    for (int64_t i = problem_.rows; i < problem_.rows + problem_.spare_rows; ++i) {
      std::fill_n(plan_.batch().inputs().Row(i), columns, std::numeric_limits<float>::quiet_NaN());
    }
  }

  void FillTargets(Generator& random) {
    const int64_t columns = network_.output_size();
    if (problem_.targets == TargetKind::kInput) {
      target_values_ = inputs_;
      return;
    }
    if (problem_.targets == TargetKind::kClasses) {
      std::vector<int32_t> classes;
      for (int64_t i = 0; i < problem_.rows; ++i) {
        classes.push_back(static_cast<int32_t>(random.Integer(0, columns - 1)));
        plan_.batch().classes()[i] = classes.back();
      }
      target_values_ = reference::OneHot(classes, columns);
      return;
    }
    target_values_ = reference::Matrix(problem_.rows, columns);
    const bool is_hinge = problem_.loss == "hinge";
    for (int64_t i = 0; i < problem_.rows; ++i) {
      for (int64_t j = 0; j < columns; ++j) {
        // What lies between its two targets says nothing to a hinge.
        const float t = is_hinge ? static_cast<float>(random.Integer(0, 1)) : random.Float(0, 1);
        plan_.batch().targets().Row(i)[j] = t;
        target_values_.At(i, j) = static_cast<double>(t);
      }
    }
  }

  double TwinLoss() const {
    return reference::MeanLoss(twin_, LossTwin(problem_.loss), inputs_, target_values_);
  }

  void CheckLoss() const {
    double sum = 0;
    for (int64_t i = 0; i < problem_.rows; ++i) sum += plan_.batch().row_losses()[i];
    const double exact = TwinLoss();
    EXPECT_NEAR(sum / static_cast<double>(problem_.rows), exact,
                2e-6 * problem_.allowance * (1.0 + std::fabs(exact)))
        << DescribeProblem(problem_);
  }

  void CheckBlock(const ParameterBlock& block, const std::vector<double>& exact, double all) {
    const bool is_cancelled = Norm(exact) <= kCancelled * all;
    const double size =
        problem_.allowance * std::max({Norm(exact), (is_cancelled ? 10.0 : kSmall) * all, 1e-5});
    const std::vector<double> actual = ReadAsDoubles(block, plan_.trained().gradients());
    EXPECT_LE(Distance(actual, exact), kAgainstAnalytic * size)
        << block.name << " of " << DescribeProblem(problem_);
    if (!problem_.numerically) return;

    std::vector<double>& values = TwinBlock(twin_.layers, block);
    const int64_t count = static_cast<int64_t>(values.size());
    const int64_t step = std::max<int64_t>(1, count / kElements);
    std::vector<double> some_actual;
    std::vector<double> some_numeric;
    for (int64_t i = count - 1; i >= 0; i -= step) {
      some_actual.push_back(actual[static_cast<size_t>(i)]);
      some_numeric.push_back(DifferenceQuotient(values[static_cast<size_t>(i)]));
    }
    EXPECT_LE(Distance(some_actual, some_numeric), kAgainstNumeric * size)
        << block.name << " of " << DescribeProblem(problem_) << ", numerically";
  }

  double DifferenceQuotient(double& value) const {
    const double kept = value;
    value = kept + kDifference;
    const double above = TwinLoss();
    value = kept - kDifference;
    const double below = TwinLoss();
    value = kept;
    return (above - below) / (2.0 * kDifference);
  }

  Problem problem_;
  Network network_;
  Value objective_options_;
  Objective objective_;
  ThreadPool pool_;
  ExecutionPlan plan_;
  reference::Network twin_;
  reference::Matrix inputs_;
  reference::Matrix target_values_;
};

inline void CheckGradients(const Problem& problem) {
  constexpr uint64_t kAttempts = 200;
  for (uint64_t seed = 1; seed <= kAttempts; ++seed) {
    Check check(problem, seed);
    if (check.DistanceFromKinks() < kFarFromKinks) continue;
    check.Run();
    return;
  }
  EXPECT_TRUE(false) << "no inputs far from kinks for " << DescribeProblem(problem);
}

}  // namespace layerwise::testing::gradients
