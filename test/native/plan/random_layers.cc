// Layers that draw random numbers or add to the loss: what they give, what they cost, and the
// gradients through them, with the random numbers held still.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "native/core/random.h"
#include "native/plan/execution_plan.h"
#include "native/plan/objective.h"
#include "test/native/plan/differences.h"
#include "test/native/plan/support.h"

namespace layerwise::testing {
namespace {

using differences::CheckGradients;
using differences::kInputs;
using differences::kRows;
using differences::Trial;

constexpr int64_t kCode = 3;
constexpr double kWeight = 0.3;

Value Sampling(double weight) {
  return Value::Object{{"type", "gaussianSampling"}, {"klWeight", weight}};
}

Value Variational(double weight = kWeight) {
  return Spec(kInputs, {Dense(4, "tanh"), Dense(2 * kCode, "linear"), Sampling(weight),
                        Dense(kInputs, "linear")});
}

TEST(GradientsThroughGaussianSampling) { CheckGradients(Variational()); }

Value Layer(const std::string& type, Value::Object parameters) {
  Value layer = std::move(parameters);
  layer.Set("type", type);
  return layer;
}

// The layer between others, so that its gradient goes on.
Value Between(const Value& layer) {
  return Spec(kInputs, {Dense(6, "sigmoid"), layer, Dense(4, "tanh"), Dense(kInputs, "linear")});
}

TEST(GradientsThroughNoise) {
  CheckGradients(Between(Layer("maskingNoise", {{"rate", 0.4}})));
  CheckGradients(Between(Layer("gaussianNoise", {{"standardDeviation", 0.5}})));
  CheckGradients(
      Between(Layer("saltAndPepperNoise", {{"rate", 0.4}, {"low", -0.5}, {"high", 0.75}})));
  CheckGradients(Between(Layer("swapNoise", {{"rate", 0.4}})));
  CheckGradients(Between(Layer("dropout", {{"rate", 0.4}})));
  CheckGradients(Between(Layer("alphaDropout", {{"rate", 0.2}})));
}

TEST(GradientsThroughActivityPenalties) {
  CheckGradients(Between(Layer("activityPenalty", {{"l1", 0.3}})));
  CheckGradients(Between(Layer("activityPenalty", {{"klWeight", 0.2}, {"klTarget", 0.1}})));
  CheckGradients(Between(Layer("activityPenalty", {{"l1", 0.1}, {"klWeight", 0.2}})));
}

// What a layer makes of a matrix of 1, 2, 3, ... while training, and what when predicting.
struct Passes {
  std::vector<float> training;
  std::vector<float> predicting;
};

constexpr int64_t kManyRows = 200;
constexpr int64_t kManyColumns = 50;

Passes PassThrough(const Value& layer) {
  const Network network(Spec(kManyColumns, {layer}));
  PlanOptions options;
  options.to = 1;
  options.batch_rows = kManyRows;
  options.gradients = true;
  ExecutionPlan plan(network.spec(), network.layout(), options);
  plan.Allocate();
  ThreadPool pool(2);
  for (int64_t i = 0; i < kManyRows; ++i) {
    for (int64_t j = 0; j < kManyColumns; ++j) {
      plan.batch().inputs().Row(i)[j] = static_cast<float>(i * kManyColumns + j + 1);
    }
  }
  const auto outputs = [&] {
    std::vector<float> values;
    for (int64_t i = 0; i < kManyRows; ++i) {
      values.insert(values.end(), plan.batch().outputs().Row(i),
                    plan.batch().outputs().Row(i) + kManyColumns);
    }
    return values;
  };
  Passes passes;
  plan.ForwardTraining(pool, kManyRows, {.seed = 1, .step = 3});
  passes.training = outputs();
  plan.Forward(pool, plan.trained().values(), kManyRows);
  passes.predicting = outputs();
  return passes;
}

// Checks that predicting changes nothing; gives the share of the values for which is_right.
template <typename F>
double ShareOf(const Value& layer, F&& is_right) {
  const Passes passes = PassThrough(layer);
  int64_t right = 0;
  for (size_t i = 0; i < passes.training.size(); ++i) {
    EXPECT_EQ(passes.predicting[i], static_cast<float>(i + 1));
    right += is_right(static_cast<int64_t>(i), passes.training[i]) ? 1 : 0;
  }
  return static_cast<double>(right) / static_cast<double>(passes.training.size());
}

float Original(int64_t i) { return static_cast<float>(i + 1); }

TEST(NoiseReplacesItsShareOfTheValues) {
  constexpr double kTolerance = 0.02;  // four deviations of a share of ten thousand
  const auto unchanged = [](int64_t i, float y) { return y == Original(i); };
  const auto is = [](float value) { return [value](int64_t, float y) { return y == value; }; };
  const Value masking = Layer("maskingNoise", {{"rate", 0.25}});
  EXPECT_NEAR(ShareOf(masking, unchanged), 0.75, kTolerance);
  EXPECT_NEAR(ShareOf(masking, is(0.0f)), 0.25, kTolerance);
  const Value pepper = Layer("saltAndPepperNoise", {{"rate", 0.4}, {"low", -1}, {"high", -2}});
  EXPECT_NEAR(ShareOf(pepper, unchanged), 0.6, kTolerance);
  EXPECT_NEAR(ShareOf(pepper, is(-1.0f)), 0.2, kTolerance);
  EXPECT_NEAR(ShareOf(pepper, is(-2.0f)), 0.2, kTolerance);
  EXPECT_EQ(ShareOf(Layer("maskingNoise", {{"rate", 0.0}}), unchanged), 1.0);
  EXPECT_EQ(ShareOf(Layer("maskingNoise", {{"rate", 1.0}}), is(0.0f)), 1.0);
}

TEST(DropoutScalesWhatItKeeps) {
  const Value layer = Layer("dropout", {{"rate", 0.2}});
  EXPECT_NEAR(ShareOf(layer, [](int64_t, float y) { return y == 0; }), 0.2, 0.02);
  const auto scaled = [](int64_t i, float y) { return std::fabs(y / Original(i) - 1.25f) < 1e-6f; };
  EXPECT_NEAR(ShareOf(layer, scaled), 0.8, 0.02);
}

TEST(AlphaDropoutKeepsMeanAndVariance) {
  constexpr double kRate = 0.2;
  constexpr double kSaturated = -1.7580993408473766;
  const Passes passes = PassThrough(Layer("alphaDropout", {{"rate", kRate}}));
  const double dropped =
      static_cast<double>(*std::min_element(passes.training.begin(), passes.training.end()));
  // The scale and the shift of what is kept, from two kept values.
  std::vector<size_t> kept;
  for (size_t i = 0; i < passes.training.size(); ++i) {
    if (static_cast<double>(passes.training[i]) != dropped) kept.push_back(i);
  }
  const auto count = static_cast<double>(passes.training.size());
  EXPECT_NEAR(static_cast<double>(kept.size()) / count, 1.0 - kRate, 0.02);
  const size_t low = kept.front();
  const size_t high = kept.back();
  const double a =
      (static_cast<double>(passes.training[high]) - static_cast<double>(passes.training[low])) /
      static_cast<double>(high - low);
  const double b = static_cast<double>(passes.training[low]) - a * static_cast<double>(low + 1);
  EXPECT_NEAR(dropped, a * kSaturated + b, 1e-3);
  // What becomes of a mean of 0 and a variance of 1.
  EXPECT_NEAR((1.0 - kRate) * b + kRate * dropped, 0.0, 1e-3);
  EXPECT_NEAR((1.0 - kRate) * (a * a + b * b) + kRate * dropped * dropped, 1.0, 1e-3);
}

TEST(NoiseFollowsFromTheNumberOfTheBatch) {
  const Value spec = Between(Layer("dropout", {{"rate", 0.5}}));
  EXPECT_EQ(Trial(spec).Loss(false), Trial(spec).Loss(false));
}

TEST(SwapNoiseTakesValuesOfTheSameColumn) {
  const Value swap = Layer("swapNoise", {{"rate", 0.5}});
  EXPECT_EQ(ShareOf(swap,
                    [](int64_t i, float y) {
                      return (static_cast<int64_t>(y) - 1) % kManyColumns == i % kManyColumns;
                    }),
            1.0);
  // Few of the swapped ones happen to come from their own row.
  EXPECT_NEAR(ShareOf(swap, [](int64_t i, float y) { return y != Original(i); }), 0.5, 0.025);
}

TEST(GaussianNoiseHasItsDeviation) {
  const Passes passes = PassThrough(Layer("gaussianNoise", {{"standardDeviation", 2.0}}));
  double sum = 0;
  double squares = 0;
  for (size_t i = 0; i < passes.training.size(); ++i) {
    const double noise = static_cast<double>(passes.training[i]) - static_cast<double>(i + 1);
    sum += noise;
    squares += noise * noise;
  }
  const auto count = static_cast<double>(passes.training.size());
  EXPECT_NEAR(sum / count, 0.0, 0.08);
  EXPECT_NEAR(std::sqrt(squares / count), 2.0, 0.06);
}

TEST(ActivityPenaltiesAddToTheLoss) {
  const auto loss_of = [](Value::Object parameters) {
    Trial trial(Between(Layer("activityPenalty", std::move(parameters))));
    return trial.Loss(false);
  };
  // The values that are penalised, by the naive twin of the layer before.
  Trial trial(Between(Layer("activityPenalty", {})));
  const NetworkSpec before = ReadNetworkSpec(Spec(kInputs, {Dense(6, "sigmoid")}));
  const reference::Network twin =
      TwinOf(before, trial.network_.layout(), trial.plan_.trained().values());
  reference::Matrix inputs(kRows, kInputs);
  for (int64_t i = 0; i < kRows; ++i) {
    for (int64_t j = 0; j < kInputs; ++j) {
      inputs.At(i, j) = static_cast<double>(trial.plan_.batch().inputs().Row(i)[j]);
    }
  }
  const reference::Matrix h = reference::Forward(twin, inputs).outputs;
  double sum = 0;
  double divergence = 0;
  for (int64_t j = 0; j < h.columns; ++j) {
    double mean = 0;
    for (int64_t i = 0; i < kRows; ++i) mean += h.At(i, j) / static_cast<double>(kRows);
    sum += mean;
    divergence += 0.1 * std::log(0.1 / mean) + 0.9 * std::log(0.9 / (1.0 - mean));
  }
  const double bare = trial.Loss(false);
  EXPECT_NEAR(loss_of({{"l1", 0.5}}) - bare, 0.5 * sum, 1e-5);
  EXPECT_NEAR(loss_of({{"klWeight", 2.0}, {"klTarget", 0.1}}) - bare, 2.0 * divergence, 1e-5);
}

TEST(GaussianSamplingAddsItsDivergenceToTheLoss) {
  Trial with(Variational());
  Trial without(Variational(0));
  const double total = with.Loss(false);
  const double reconstruction = without.Loss(false);
  // The code's distributions: the layers before the sampling, by their naive twins.
  const NetworkSpec encoder =
      ReadNetworkSpec(Spec(kInputs, {Dense(4, "tanh"), Dense(2 * kCode, "linear")}));
  const reference::Network twin =
      TwinOf(encoder, with.network_.layout(), with.plan_.trained().values());
  double divergence = 0;
  reference::Matrix inputs(kRows, kInputs);
  for (int64_t i = 0; i < kRows; ++i) {
    for (int64_t j = 0; j < kInputs; ++j) {
      inputs.At(i, j) = static_cast<double>(with.plan_.batch().inputs().Row(i)[j]);
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

// Values that a penalty is measured on must not have been overwritten by the layers behind.
TEST(EvaluationsMeasurePenaltiesOnValues) {
  const Value spec =
      Spec(kInputs,
           {Dense(6, "sigmoid"), Layer("activityPenalty", {{"l1", 0.5}, {"klWeight", 0.2}}),
            Dense(7, "silu"), BatchNormalisation(), Dense(4, "tanh"), Dense(kInputs, "linear")});
  auto network = std::make_shared<Network>(spec);
  const std::shared_ptr<Dataset> data = RandomData(kRows, kInputs, "input", 0, 3);
  const auto loss_with = [&](Value options) {
    Evaluation evaluation(network, data, WithMembers(std::move(options), {{"threads", 1}}));
    return evaluation.Execute(std::atomic<bool>(false)).loss;
  };
  const double loss = loss_with(Value::Object{{"loss", "meanSquaredError"}});
  const reference::Matrix inputs =
      ToMatrix({data->float_inputs(), kRows * kInputs}, kRows, kInputs);
  const reference::Network encoder = TwinOf(ReadNetworkSpec(Spec(kInputs, {Dense(6, "sigmoid")})),
                                            network->layout(), network->Snapshot()->data());
  const reference::Matrix h = reference::Forward(encoder, inputs).outputs;
  double penalty = 0;
  for (int64_t j = 0; j < h.columns; ++j) {
    double mean = 0;
    for (int64_t i = 0; i < kRows; ++i) mean += h.At(i, j) / static_cast<double>(kRows);
    penalty += 0.5 * mean;
    penalty += 0.2 * (0.05 * std::log(0.05 / mean) + 0.95 * std::log(0.95 / (1.0 - mean)));
  }
  // The same network without the penalty.
  const Value bare = Spec(kInputs, {Dense(6, "sigmoid"), Dense(7, "silu"), BatchNormalisation(),
                                    Dense(4, "tanh"), Dense(kInputs, "linear")});
  auto without = std::make_shared<Network>(bare);
  for (const char* name : {"0.weight", "3.weight", "6.weight", "8.weight"}) {
    const std::string own = name[0] == '0' ? name : std::to_string(name[0] - '0' - 1) + ".weight";
    without->WriteParameter(own, ParameterValues(*network, name));
  }
  Evaluation evaluation(without, data, Value::Object{{"loss", "meanSquaredError"}, {"threads", 1}});
  EXPECT_NEAR(loss, evaluation.Execute(std::atomic<bool>(false)).loss + penalty, 1e-5);
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
      plan.batch().inputs().Row(i)[j] = static_cast<float>(10 * i + j);
      plan.batch().inputs().Row(i)[kWide + j] = 2.0f * std::log(0.5f);  // a deviation of a half
    }
  }
  plan.ForwardTraining(pool, 3, {.seed = 7, .step = 2});
  const RandomStream stream(7, StreamPurpose::kNoise, 0);
  for (int64_t i = 0; i < 3; ++i) {
    for (int64_t j = 0; j < kWide; ++j) {
      const auto index = (uint64_t{2} << 32) + static_cast<uint64_t>(i * kWide + j);
      const float expected = static_cast<float>(10 * i + j) + 0.5f * stream.Normal(index);
      EXPECT_TRUE(std::fabs(plan.batch().outputs().Row(i)[j] - expected) < 1e-5f);
    }
  }
  plan.Forward(pool, plan.trained().values(), 3);
  EXPECT_EQ(plan.batch().outputs().Row(2)[1], 21.0f);  // the mean, when predicting
}

TEST(GaussianSamplingNeedsPairsOfColumns) {
  const Value spec = Spec(3, {Sampling(1)});
  EXPECT_THROWS(ReadNetworkSpec(spec), "layers[0]: expected an even number of columns");
}

}  // namespace
}  // namespace layerwise::testing
