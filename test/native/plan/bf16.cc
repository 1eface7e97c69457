// Plans that multiply in bfloat16, against the naive network in double precision: once with the
// same rounding of every product's factors, which shows what is rounded and what is not, and once
// without, which shows what the rounding costs.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "native/plan/execution_plan.h"
#include "native/plan/objective.h"
#include "native/plan/predictor.h"
#include "native/training/evaluation.h"
#include "test/native/plan/support.h"

namespace layerwise::testing {
namespace {

// Eight significant bits: a factor is off by at most this share of itself.
constexpr double kRounding = 0x1p-8;

// Distances in the norm, relative to the norm of the exact values. The rounded network has the same
// factors but for the few that single precision leaves on the other side of a tie: about one in a
// thousand, each off by one unit in the last place.
constexpr double kAgainstRounded = 0.5 * kRounding;
// Every product rounds two factors, and a gradient passes through the products forward and
// backward; the errors are random and mostly cancel. Not for rectifiers: a rounding may carry an
// input across the kink.
double BoundAgainstExact(const NetworkSpec& spec) {
  double products = 0;
  for (const auto& layer : spec.layers) {
    if (dynamic_cast<const DenseLayer*>(layer.get()) != nullptr) products += 2;
  }
  return products * kRounding;
}

bool IsSmooth(const NetworkSpec& spec) {
  return std::ranges::none_of(spec.layers, [](const auto& layer) {
    const std::string name = ActivationOf(*layer).info.name;
    return name == "relu" || name == "leakyRelu";
  });
}

double Norm(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value * value;
  return std::sqrt(sum);
}

double Distance(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(sum);
}

reference::Network Rounding(reference::Network network) {
  network.round = &RoundToBfloat16;
  return network;
}

std::vector<double> ToDoubles(std::span<const float> values) {
  return {values.begin(), values.end()};
}

// ---- Gradients ----

struct Problem {
  Value spec;
  std::string loss;
  int64_t rows;
  TargetKind targets = TargetKind::kMatrix;
};

std::string DescribeProblem(const Problem& problem) {
  return Describe(problem.spec) + ", " + problem.loss + ", " + std::to_string(problem.rows) +
         " rows";
}

// One batch of random rows for a problem.
struct Batch {
  Batch(const Problem& problem, int64_t inputs_size, int64_t outputs_size, uint64_t seed)
      : inputs(problem.rows, inputs_size), targets(problem.rows, outputs_size) {
    Generator random(seed);
    for (double& x : inputs.values) x = static_cast<double>(random.Float(-1.5, 1.5));
    if (problem.targets == TargetKind::kMatrix) {
      for (double& t : targets.values) t = static_cast<double>(random.Float(0, 1));
      return;
    }
    for (int64_t i = 0; i < problem.rows; ++i) {
      classes.push_back(static_cast<int32_t>(random.Integer(0, outputs_size - 1)));
    }
    targets = reference::OneHot(classes, outputs_size);
  }

  reference::Matrix inputs;
  reference::Matrix targets;
  std::vector<int32_t> classes;
};

void CopyTo(const reference::Matrix& from, const MatrixView& to) {
  for (int64_t i = 0; i < from.rows; ++i) {
    for (int64_t j = 0; j < from.columns; ++j) to.Row(i)[j] = static_cast<float>(from.At(i, j));
  }
}

// A plan in bfloat16 that keeps the gradients of a batch, with random parameters.
class GradientPlan {
 public:
  GradientPlan(const Problem& problem, int64_t plan_rows, int threads)
      : network_(problem.spec),
        objective_options_(Value::Object{{"loss", problem.loss}}),
        objective_(ReadObjective(ValueReader(objective_options_, "options"), network_.spec())),
        pool_(threads),
        plan_(network_.spec(), network_.layout(), Options(problem, plan_rows, threads)) {
    plan_.Allocate();
    Generator random(1);
    Randomise(network_.layout(), random, plan_.trained().values());
    plan_.Prepare(pool_, plan_.trained().values());
    // Rows beyond the batch must not matter.
    for (int64_t i = 0; i < plan_rows; ++i) {
      std::fill_n(plan_.batch().inputs().Row(i), network_.input_size(),
                  std::numeric_limits<float>::quiet_NaN());
    }
  }

  void Compute(const Batch& batch) {
    CopyTo(batch.inputs, plan_.batch().inputs());
    if (plan_.batch().classes() != nullptr) {
      std::copy(batch.classes.begin(), batch.classes.end(), plan_.batch().classes());
    } else {
      CopyTo(batch.targets, plan_.batch().targets());
    }
    plan_.ForwardTraining(pool_, batch.inputs.rows, {});
    plan_.Loss(pool_, batch.inputs.rows, true);
    plan_.Backward(pool_, batch.inputs.rows, plan_.trained().Keeping(1.0f, false));
  }

  const Network& network() const { return network_; }
  reference::Network Twin() const {
    return TwinOf(network_.spec(), network_.layout(), plan_.trained().values());
  }
  std::vector<double> Gradient(const ParameterBlock& block) const {
    return ReadAsDoubles(block, plan_.trained().gradients());
  }
  // All gradients as they are.
  std::vector<float> Gradients() const {
    return {plan_.trained().gradients(), plan_.trained().gradients() + network_.layout().size()};
  }

 private:
  PlanOptions Options(const Problem& problem, int64_t plan_rows, int threads) const {
    PlanOptions options;
    options.to = network_.spec().layers.size();
    options.batch_rows = plan_rows;
    options.threads = threads;
    options.objective = &objective_;
    options.targets = {problem.targets};
    options.gradients = true;
    options.precision = Precision::kBf16;
    return options;
  }

  Network network_;
  Value objective_options_;
  Objective objective_;
  ThreadPool pool_;
  ExecutionPlan plan_;
};

const std::vector<double>& TwinGradient(const std::vector<reference::LayerGradients>& gradients,
                                        const ParameterBlock& block) {
  const reference::LayerGradients& layer = gradients[block.layer];
  const bool is_weight =
      block.role == ParameterRole::kWeights || block.role == ParameterRole::kScale;
  return is_weight ? layer.weights.values : layer.bias;
}

void CheckGradients(const Problem& problem) {
  constexpr int64_t kSpareRows = 2;
  GradientPlan plan(problem, problem.rows + kSpareRows, 1);
  const Batch batch(problem, plan.network().input_size(), plan.network().output_size(), 2);
  const reference::Network twin = plan.Twin();
  plan.Compute(batch);
  const std::vector<reference::LayerGradients> rounded =
      reference::Gradients(Rounding(twin), LossTwin(problem.loss), batch.inputs, batch.targets);
  const std::vector<reference::LayerGradients> exact =
      reference::Gradients(twin, LossTwin(problem.loss), batch.inputs, batch.targets);

  double all = 0;
  for (const ParameterBlock& block : plan.network().layout().blocks()) {
    if (block.trainable()) all = std::max(all, Norm(TwinGradient(exact, block)));
  }
  for (const ParameterBlock& block : plan.network().layout().blocks()) {
    if (!block.trainable()) continue;
    const std::vector<double> actual = plan.Gradient(block);
    // A gradient that is small beside the others is what remains where larger terms cancel.
    const double size = std::max(Norm(TwinGradient(exact, block)), 0.25 * all);
    EXPECT_LE(Distance(actual, TwinGradient(rounded, block)), kAgainstRounded * size)
        << block.name << " of " << DescribeProblem(problem) << ", rounded";
    if (!IsSmooth(plan.network().spec())) continue;
    EXPECT_LE(Distance(actual, TwinGradient(exact, block)),
              BoundAgainstExact(plan.network().spec()) * size)
        << block.name << " of " << DescribeProblem(problem) << ", exact";
  }
}

TEST(Bfloat16GradientsOfEveryWidthAndBatch) {
  constexpr int64_t kWidths[] = {1, 2, 7, 15, 16, 17, 31, 33, 48, 65, 97};
  constexpr size_t kCount = std::size(kWidths);
  for (size_t i = 0; i < kCount; ++i) {
    for (const int64_t rows : {1, 2, 5, 33}) {
      const bool bias = (i + static_cast<size_t>(rows)) % 3 != 0;
      const auto width = [&](size_t shift) { return kWidths[(i + shift) % kCount]; };
      CheckGradients(
          {Spec(width(0), {Dense(width(3), "tanh", bias), Dense(width(5), "sigmoid", bias),
                           Dense(width(8), "softmax", bias)}),
           "crossEntropy", rows, TargetKind::kClasses});
      CheckGradients({Spec(width(2), {Dense(width(6), "relu", !bias), Dense(width(1), "leakyRelu"),
                                      Dense(width(4), "linear", bias)}),
                      "meanSquaredError", rows});
    }
  }
}

// Steps that copy or work on rows stand before, between and behind the dense ones.
std::vector<Value::Array> MixedNetworks() {
  return {
      {Activation("tanh"), Dense(9, "linear"), Dense(3, "linear")},
      {Activation("softmax"), Dense(9, "relu"), Dense(3, "linear")},
      {Activation("tanh"), Activation("sigmoid"), Dense(7, "tanh"), Dense(3, "linear")},
      {Dense(9, "linear"), Activation("tanh"), Activation("sigmoid"), Dense(3, "linear")},
      {Dense(9, "softmax"), Activation("tanh"), Dense(5, "linear")},
      {Dense(9, "tanh"), Activation("softmax"), Dense(5, "linear")},
      {Dense(9, "tanh"), Activation("softmax"), Activation("softmax"), Dense(5, "tanh")},
      {Dense(9, "tanh"), Dense(5, "linear"), Activation("tanh"), Activation("tanh")},
      {Dense(9, "tanh"), Dense(5, "sigmoid"), Activation("softmax")},
      {Dense(9, "linear"), Activation("linear"), Dense(5, "tanh", false)},
  };
}

std::vector<Value::Array> NormalisedNetworks() {
  return {
      {Dense(17, "linear"), BatchNormalisation(), Activation("relu"), Dense(3, "linear")},
      {Dense(17, "tanh"), BatchNormalisation(), Dense(3, "linear")},
      {BatchNormalisation(), Dense(17, "sigmoid"), Dense(3, "linear")},
      {Dense(67, "linear", false), BatchNormalisation(), Activation("tanh"), Dense(71, "linear"),
       BatchNormalisation(), Activation("sigmoid"), Dense(3, "linear")},
      {Dense(17, "tanh"), Activation("softmax"), BatchNormalisation(), Dense(5, "linear")},
  };
}

TEST(Bfloat16GradientsOfActivationsAsLayers) {
  for (const Value::Array& layers : MixedNetworks()) {
    for (const int64_t rows : {5, 32}) {
      CheckGradients({Spec(7, layers), "meanSquaredError", rows});
    }
  }
}

TEST(Bfloat16GradientsOfBatchNormalisation) {
  for (const Value::Array& layers : NormalisedNetworks()) {
    for (const int64_t rows : {31, 64}) {
      CheckGradients({Spec(7, layers), "meanSquaredError", rows});
    }
  }
}

Problem LargeProblem(int64_t rows) {
  return {Spec(131, {Dense(97, "relu"), Dense(161, "linear", false), BatchNormalisation(),
                     Activation("tanh"), Activation("softmax"), Dense(35, "softmax")}),
          "crossEntropy", rows, TargetKind::kClasses};
}

TEST(Bfloat16GradientsHaveTheSameBitsWithAnyNumberOfThreads) {
  for (const int64_t rows : {129, 200}) {
    const Problem problem = LargeProblem(rows);
    const Batch batch(problem, 131, 35, 3);
    GradientPlan alone(problem, rows, 1);
    alone.Compute(batch);
    for (const int threads : {2, 3, 4}) {
      GradientPlan together(problem, rows, threads);
      together.Compute(batch);
      EXPECT_TRUE(std::ranges::equal(together.Gradients(), alone.Gradients(), SameBits))
          << rows << " rows, " << threads << " threads";
    }
  }
}

// What a full batch leaves behind the last row of a partial one must not matter.
TEST(Bfloat16GradientsOfAPartialBatchAreThoseOfABatchOfItsOwn) {
  constexpr int64_t kRows = 40;
  for (const int64_t rows : {1, 2, 3, 16, 17, 39}) {
    const Problem full = LargeProblem(kRows);
    const Problem partial = LargeProblem(rows);
    const Batch last(partial, 131, 35, 4);
    GradientPlan after(full, kRows, 1);
    after.Compute(Batch(full, 131, 35, 5));
    after.Compute(last);
    GradientPlan fresh(partial, rows, 1);
    fresh.Compute(last);
    EXPECT_TRUE(std::ranges::equal(after.Gradients(), fresh.Gradients(), SameBits))
        << rows << " rows";
  }
}

// ---- Training ----

constexpr int64_t kTrainingRows = 57;  // of five odd columns; batches of 20, 20 and 17

std::shared_ptr<Network> TrainingNetwork() {
  return std::make_shared<Network>(
      Spec(5, {Dense(19, "relu"), Dense(33, "linear"), BatchNormalisation(), Activation("tanh"),
               Dense(3, "softmax")}));
}

Value TrainingOptions(const char* precision) {
  const Value::Object optimizer{{"type", "sgd"}, {"learningRate", 0.1}};
  Value options = RunOptions(10, 20, optimizer, "crossEntropy");
  options.Set("precision", precision);
  return options;
}

RecordedHistory Train(const std::shared_ptr<Network>& network, const std::shared_ptr<Dataset>& data,
                      const char* precision) {
  Run run(network, data, nullptr, TrainingOptions(precision));
  RecordingSink sink;
  return Execute(run, sink);
}

TEST(TrainingInBfloat16FollowsSinglePrecisionButHasItsOwnBits) {
  const std::shared_ptr<Dataset> data = RandomData(kTrainingRows, 5, "classes", 3, 6);
  const auto single = TrainingNetwork();
  const auto half = TrainingNetwork();
  const RecordedHistory expected = Train(single, data, "float32");
  const RecordedHistory actual = Train(half, data, "bf16");
  EXPECT_FALSE(AllParameters(*single) == AllParameters(*half));
  EXPECT_LT(actual.epochs.back().training.loss, 0.9 * actual.epochs.front().training.loss);
  for (size_t epoch = 0; epoch < expected.epochs.size(); ++epoch) {
    const double loss = expected.epochs[epoch].training.loss;
    EXPECT_NEAR(actual.epochs[epoch].training.loss, loss, 0.02 * loss) << "epoch " << epoch;
  }
}

TEST(TrainingInBfloat16KeepsThePaddingOfParametersAtZero) {
  const auto network = TrainingNetwork();
  Train(network, RandomData(kTrainingRows, 5, "classes", 3, 7), "bf16");
  std::vector<float> all = AllParameters(*network);
  for (const ParameterBlock& block : network->layout().blocks()) {
    const std::vector<float> nothing(static_cast<size_t>(BlockSize(block)));
    WriteBlock(block, nothing, all.data());
  }
  EXPECT_TRUE(std::ranges::all_of(all, [](float x) { return x == 0; }));
}

// ---- Prediction and evaluation ----

reference::Network RangeOf(reference::Network network, size_t from, size_t to) {
  const auto first = network.layers.begin();
  network.layers = {first + static_cast<std::ptrdiff_t>(from),
                    first + static_cast<std::ptrdiff_t>(to)};
  return network;
}

std::vector<float> Predict(Predictor& predictor, const reference::Matrix& inputs) {
  const std::vector<float> values = ToFloats(inputs.values);
  std::vector<float> outputs(static_cast<size_t>(inputs.rows * predictor.output_size()));
  predictor.Predict(values, inputs.rows, outputs);
  return outputs;
}

reference::Matrix RandomInputs(int64_t rows, int64_t columns, uint64_t seed) {
  Generator random(seed);
  reference::Matrix inputs(rows, columns);
  for (double& x : inputs.values) x = static_cast<double>(random.Float(-1.5, 1.5));
  return inputs;
}

TEST(Bfloat16PredictionsEqualTheRoundedNetworkInEveryRangeOfLayers) {
  std::vector<Value::Array> networks = MixedNetworks();
  for (const Value::Array& layers : NormalisedNetworks()) networks.push_back(layers);
  for (const Value::Array& layers : networks) {
    const Value spec = Spec(7, layers);
    const std::shared_ptr<Network> network = RandomNetwork(spec);
    for (size_t from = 0; from < layers.size(); ++from) {
      for (size_t to = from + 1; to <= layers.size(); ++to) {
        Predictor predictor(network, static_cast<int64_t>(from), static_cast<int64_t>(to), 1,
                            Precision::kBf16);
        const reference::Network twin = RangeOf(TwinOf(*network), from, to);
        const reference::Matrix inputs = RandomInputs(9, predictor.input_size(), 9);
        const std::vector<double> actual = ToDoubles(Predict(predictor, inputs));
        constexpr reference::Mode kMode = reference::Mode::kPrediction;
        const reference::Matrix rounded = reference::Forward(Rounding(twin), inputs, kMode).outputs;
        const reference::Matrix exact = reference::Forward(twin, inputs, kMode).outputs;
        const double size = Norm(exact.values);
        EXPECT_LE(Distance(actual, rounded.values), kAgainstRounded * size)
            << Describe(spec) << ", layers " << from << " to " << to << ", rounded";
        EXPECT_LE(Distance(actual, exact.values), BoundAgainstExact(network->spec()) * size + 1e-6)
            << Describe(spec) << ", layers " << from << " to " << to << ", exact";
      }
    }
  }
}

double Evaluate(Evaluation& evaluation) {
  return evaluation.Execute(std::atomic<bool>(false)).loss;
}

Evaluation EvaluationOf(const std::shared_ptr<Network>& network,
                        const std::shared_ptr<Dataset>& data) {
  return {network, data,
          Value::Object{{"loss", "crossEntropy"},
                        {"metrics", Value::Array{}},
                        {"batchSize", 13},
                        {"threads", 2},
                        {"precision", "bf16"}}};
}

TEST(Bfloat16EvaluationEqualsTheRoundedNetwork) {
  const std::shared_ptr<Network> network = TrainingNetwork();
  const std::shared_ptr<Dataset> data = RandomData(kTrainingRows, 5, "classes", 3, 10);
  const reference::Matrix inputs =
      ToMatrix({data->float_inputs(), kTrainingRows * 5}, kTrainingRows, 5);
  const std::vector<int32_t> classes(data->class_targets(), data->class_targets() + kTrainingRows);
  const double loss =
      reference::MeanLoss(Rounding(TwinOf(*network)), LossTwin("crossEntropy"), inputs,
                          reference::OneHot(classes, 3), reference::Mode::kPrediction);
  Evaluation evaluation = EvaluationOf(network, data);
  EXPECT_NEAR(Evaluate(evaluation), loss, 1e-4);
}

// The converted weights belong to one version of the parameters.
TEST(Bfloat16PredictionsAndEvaluationsFollowTheParametersOfARun) {
  const std::shared_ptr<Network> network = TrainingNetwork();
  const std::shared_ptr<Dataset> data = RandomData(kTrainingRows, 5, "classes", 3, 11);
  const auto layers = static_cast<int64_t>(network->spec().layers.size());
  const reference::Matrix inputs = RandomInputs(20, 5, 12);
  Predictor predictor(network, 0, layers, 1, Precision::kBf16);
  Evaluation evaluation = EvaluationOf(network, data);
  std::vector<float> outputs = Predict(predictor, inputs);
  double loss = Evaluate(evaluation);
  for (int turn = 0; turn < 3; ++turn) {
    Train(network, data, turn == 1 ? "float32" : "bf16");
    Predictor fresh(network, 0, layers, 1, Precision::kBf16);
    const std::vector<float> expected = Predict(fresh, inputs);
    EXPECT_FALSE(expected == outputs) << "run " << turn;
    outputs = Predict(predictor, inputs);
    EXPECT_TRUE(expected == outputs) << "run " << turn;
    Evaluation fresh_evaluation = EvaluationOf(network, data);
    const double expected_loss = Evaluate(fresh_evaluation);
    EXPECT_LT(expected_loss, loss) << "run " << turn;
    loss = Evaluate(evaluation);
    EXPECT_EQ(loss, expected_loss) << "run " << turn;
  }
}

}  // namespace
}  // namespace layerwise::testing
