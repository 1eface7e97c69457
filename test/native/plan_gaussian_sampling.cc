// The code of a variational autoencoder: what it gives, what it costs, and its gradient.
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "native/core/random.h"
#include "native/plan/execution_plan.h"
#include "native/plan/objective.h"
#include "test/native/plan_support.h"

namespace layerwise::testing {
namespace {

constexpr int64_t kRows = 7;
constexpr int64_t kInputs = 5;
constexpr int64_t kCode = 3;
constexpr double kWeight = 0.3;

Value Sampling(double weight) {
  return Value::Object{{"type", "gaussianSampling"}, {"klWeight", weight}};
}

Value Variational(double weight = kWeight) {
  return Spec(kInputs, {Dense(4, "tanh"), Dense(2 * kCode, "linear"), Sampling(weight),
                        Dense(kInputs, "linear")});
}

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
    for (int64_t i = 0; i < kRows; ++i) random.Fill(plan_.inputs().Row(i), kInputs, -1, 1);
    Randomise(network_.layout(), random, plan_.parameters());
  }

  double Loss(bool with_gradient) {
    plan_.Prepare(pool_, plan_.parameters());
    plan_.StartBatch({.seed = 5, .step = 9});
    plan_.ForwardTraining(pool_, kRows);
    plan_.Loss(pool_, kRows, with_gradient);
    if (with_gradient) plan_.Backward(pool_, kRows, {});
    double sum = 0;
    for (int64_t i = 0; i < kRows; ++i) sum += plan_.row_losses()[i];
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
    options.targets = TargetKind::kInput;
    options.gradients = true;
    return options;
  }
};

TEST(GradientsThroughGaussianSampling) {
  Trial trial(Variational());
  trial.Loss(true);
  const int64_t size = trial.network_.layout().size();
  const std::vector<float> gradients(trial.plan_.gradients(), trial.plan_.gradients() + size);
  constexpr float kStep = 1e-2f;
  double difference = 0;
  double norm = 0;
  for (const ParameterBlock& block : trial.network_.layout().blocks()) {
    for (int64_t at = block.offset; at < block.offset + block.panels.size(); ++at) {
      float& parameter = trial.plan_.parameters()[at];
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
  EXPECT_TRUE(norm > 1e-3);
  EXPECT_TRUE(std::sqrt(difference / norm) < 1e-3) << std::sqrt(difference / norm);
}

TEST(GaussianSamplingAddsItsDivergenceToTheLoss) {
  Trial with(Variational());
  Trial without(Variational(0));
  const double total = with.Loss(false);
  const double reconstruction = without.Loss(false);
  // The code's distributions: the layers before the sampling, by their naive twins.
  const NetworkSpec encoder =
      ReadNetworkSpec(Spec(kInputs, {Dense(4, "tanh"), Dense(2 * kCode, "linear")}));
  const reference::Network twin = TwinOf(encoder, with.network_.layout(), with.plan_.parameters());
  double divergence = 0;
  reference::Matrix inputs(kRows, kInputs);
  for (int64_t i = 0; i < kRows; ++i) {
    for (int64_t j = 0; j < kInputs; ++j) {
      inputs.At(i, j) = static_cast<double>(with.plan_.inputs().Row(i)[j]);
    }
  }
  const reference::Matrix code = reference::Forward(twin, inputs).outputs;
  for (int64_t i = 0; i < kRows; ++i) {
    for (int64_t j = 0; j < kCode; ++j) {
      const double mean = code.At(i, j);
      const double log_variance = code.At(i, kCode + j);
      divergence += 0.5 * (mean * mean + std::exp(log_variance) - 1.0 - log_variance);
    }
  }
  const double expected = kWeight * divergence / static_cast<double>(kRows);
  EXPECT_TRUE(std::fabs(total - reconstruction - expected) < 1e-5)
      << total - reconstruction << " " << expected;
}

TEST(GaussianSamplingDrawsFromTheStreamOfItsLayer) {
  constexpr int64_t kWide = 4;
  const Network network(Spec(2 * kWide, {Sampling(1)}));
  PlanOptions options;
  options.to = 1;
  options.batch_rows = 3;
  options.gradients = true;
  ExecutionPlan plan(network.spec(), network.layout(), options);
  plan.Allocate();
  ThreadPool pool(1);
  for (int64_t i = 0; i < 3; ++i) {
    for (int64_t j = 0; j < kWide; ++j) {
      plan.inputs().Row(i)[j] = static_cast<float>(10 * i + j);
      plan.inputs().Row(i)[kWide + j] = 2.0f * std::log(0.5f);  // a deviation of a half
    }
  }
  plan.StartBatch({.seed = 7, .step = 2});
  plan.ForwardTraining(pool, 3);
  const RandomStream stream(7, StreamPurpose::kNoise, 0);
  for (int64_t i = 0; i < 3; ++i) {
    for (int64_t j = 0; j < kWide; ++j) {
      const auto index = (uint64_t{2} << 32) + static_cast<uint64_t>(i * kWide + j);
      const float expected = static_cast<float>(10 * i + j) + 0.5f * stream.Normal(index);
      EXPECT_TRUE(std::fabs(plan.outputs().Row(i)[j] - expected) < 1e-5f);
    }
  }
  plan.Forward(pool, plan.parameters(), 3);
  EXPECT_EQ(plan.outputs().Row(2)[1], 21.0f);  // the mean, when predicting
}

TEST(GaussianSamplingNeedsPairsOfColumns) {
  const Value spec = Spec(3, {Sampling(1)});
  EXPECT_THROWS(ReadNetworkSpec(spec), "layers[0]: expected an even number of columns");
}

}  // namespace
}  // namespace layerwise::testing
