// What a run can do around the forward and the backward pass: gradient accumulation and clipping,
// weight decay for some, averaged weights, early stopping.
#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "native/kernels/optimizers.h"
#include "native/network/network.h"
#include "native/training/evaluation.h"
#include "native/training/run.h"
#include "native/training/schedules.h"
#include "test/native/plan/support.h"

namespace layerwise::testing {
namespace {

constexpr const char* kLoss = "meanSquaredError";

Value Sgd(double rate, double decay = 0) {
  return Value::Object{{"type", "sgd"}, {"learningRate", rate}, {"weightDecay", decay}};
}

Value SmallSpec() { return Spec(5, {Dense(9, "tanh"), Dense(2, "linear")}); }

struct Outcome {
  std::shared_ptr<Network> network;
  RecordedHistory history;
};

Outcome TrainSpec(const Value& spec, const std::shared_ptr<Dataset>& data, const Value& options) {
  Outcome outcome{std::make_shared<Network>(spec), {}};
  Run run(outcome.network, data, nullptr, options);
  RecordingSink sink;
  outcome.history = Execute(run, sink);
  return outcome;
}

Value Options(int64_t epochs, int64_t batch_size, const Value& optimizer,
              std::initializer_list<Value::Member> more = {}) {
  Value options = RunOptions(epochs, batch_size, optimizer, kLoss);
  options.Set("shuffle", false);
  for (const Value::Member& member : more) options.Set(member.first, member.second);
  return options;
}

double LargestDifference(const std::vector<float>& a, const std::vector<float>& b) {
  EXPECT_EQ(a.size(), b.size());
  double largest = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    largest = std::fmax(largest, static_cast<double>(std::fabs(a[i] - b[i])));
  }
  return largest;
}

// The parameters before and after one step of plain gradient descent with rate 1: their difference
// is the gradient as it was used.
std::vector<double> UsedGradient(const std::shared_ptr<Dataset>& data, int64_t rows,
                                 std::initializer_list<Value::Member> more) {
  const std::vector<float> before = AllParameters(*std::make_shared<Network>(SmallSpec()));
  const Outcome outcome = TrainSpec(SmallSpec(), data, Options(1, rows, Sgd(1), more));
  const std::vector<float> after = AllParameters(*outcome.network);
  std::vector<double> gradient;
  for (size_t i = 0; i < before.size(); ++i) {
    gradient.push_back(static_cast<double>(before[i]) - static_cast<double>(after[i]));
  }
  return gradient;
}

double NormOf(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value * value;
  return std::sqrt(sum);
}

TEST(AccumulatedBatchesMakeTheUpdateOfALargeBatch) {
  // 23 rows: an epoch ends with an update of five rows, in batches of three and two.
  const std::shared_ptr<Dataset> data = RandomData(23, 5, "matrix", 2, 1);
  for (const Value& optimizer : {Sgd(0.1), Value("adam"), Value("rmsprop")}) {
    const Outcome large = TrainSpec(SmallSpec(), data, Options(3, 9, optimizer));
    const Outcome small =
        TrainSpec(SmallSpec(), data, Options(3, 3, optimizer, {{"accumulateBatches", 3}}));
    EXPECT_LT(LargestDifference(AllParameters(*large.network), AllParameters(*small.network)), 2e-5)
        << optimizer.Describe();
    EXPECT_NEAR(large.history.epochs[2].training.loss, small.history.epochs[2].training.loss, 1e-5);
  }
}

TEST(AnUnreachedBoundChangesNothingButTheOrderOfSteps) {
  const std::shared_ptr<Dataset> data = RandomData(40, 5, "matrix", 2, 2);
  const Value bounds = Value::Object{{"norm", 1e6}, {"value", 1e6}};
  for (const bool normalised : {false, true}) {
    Value::Array layers = {Dense(9, "tanh"), Dense(2, "linear")};
    if (normalised) layers.insert(layers.begin() + 1, BatchNormalisation());
    for (const char* precision : {"float32", "bf16"}) {
      const Value spec = Spec(5, layers);
      const Outcome plain =
          TrainSpec(spec, data, Options(3, 8, "adam", {{"precision", precision}}));
      const Outcome bounded = TrainSpec(
          spec, data,
          Options(3, 8, "adam", {{"precision", precision}, {"gradientClipping", bounds}}));
      EXPECT_EQ(LargestDifference(AllParameters(*plain.network), AllParameters(*bounded.network)),
                0.0)
          << precision;
    }
  }
}

TEST(GradientsAreClippedToANorm) {
  const std::shared_ptr<Dataset> data = RandomData(12, 5, "matrix", 2, 3);
  const std::vector<double> whole = UsedGradient(data, 12, {});
  const double norm = NormOf(whole);
  const std::vector<double> clipped =
      UsedGradient(data, 12, {{"gradientClipping", Value::Object{{"norm", norm / 4}}}});
  EXPECT_NEAR(NormOf(clipped), norm / 4, 1e-5);
  for (size_t i = 0; i < whole.size(); ++i) EXPECT_NEAR(clipped[i], whole[i] / 4, 1e-6);
}

TEST(GradientsAreClippedToAValue) {
  const std::shared_ptr<Dataset> data = RandomData(12, 5, "matrix", 2, 4);
  const std::vector<double> whole = UsedGradient(data, 12, {});
  constexpr double kBound = 0.05;
  const std::vector<double> clipped =
      UsedGradient(data, 12, {{"gradientClipping", Value::Object{{"value", kBound}}}});
  int beyond = 0;
  for (size_t i = 0; i < whole.size(); ++i) {
    beyond += std::fabs(whole[i]) > kBound ? 1 : 0;
    EXPECT_NEAR(clipped[i], std::fmax(-kBound, std::fmin(kBound, whole[i])), 1e-6);
  }
  EXPECT_GT(beyond, 0);
}

TEST(WeightDecaySparesBiasesOnRequest) {
  // Inputs and targets of zero and a linear layer without bias gradients: only the decay moves.
  auto data = std::make_shared<Dataset>(Value(Value::Object{{"rows", 4},
                                                            {"columns", 3},
                                                            {"inputType", "float32"},
                                                            {"target", "matrix"},
                                                            {"targetColumns", 2}}));
  data->WriteInputs(0, std::span<const float>(std::vector<float>(12, 0.0f)));
  data->WriteTargets(0, std::span<const float>(std::vector<float>(8, 0.5f)));
  for (const char* type : {"sgd", "adamW"}) {
    const Value optimizer =
        Value::Object{{"type", type}, {"learningRate", 0.1}, {"weightDecay", 0.5}};
    for (const Value& clipping : {Value(), Value(Value::Object{{"norm", 1e6}})}) {
      for (const bool decays : {true, false}) {
        auto network = std::make_shared<Network>(Spec(3, {Dense(2, "linear")}));
        network->WriteParameter("0.weight", std::vector<float>(6, 1.0f));
        network->WriteParameter("0.bias", std::vector<float>(2, 0.5f));
        Run run(
            network, data, nullptr,
            Options(1, 4, optimizer, {{"decayBiases", decays}, {"gradientClipping", clipping}}));
        RecordingSink sink;
        run.Execute(sink);
        EXPECT_NEAR(ParameterValues(*network, "0.weight")[0], 0.95, 1e-6) << type;
        EXPECT_NEAR(ParameterValues(*network, "0.bias")[0], decays ? 0.475 : 0.5, 1e-6) << type;
      }
    }
  }
}

TEST(AveragedWeightsFollowTheirFormula) {
  // One update an epoch: a run of n epochs shows the weights after n updates.
  const std::shared_ptr<Dataset> data = RandomData(12, 5, "matrix", 2, 5);
  constexpr double kDecay = 0.7;
  const Value averaging = Value::Object{{"decay", kDecay}};
  std::vector<double> expected;
  for (int64_t epochs = 1; epochs <= 5; ++epochs) {
    const std::vector<float> weights =
        AllParameters(*TrainSpec(SmallSpec(), data, Options(epochs, 12, Sgd(0.5))).network);
    if (epochs == 1) expected.assign(weights.begin(), weights.end());
    for (size_t i = 0; i < weights.size(); ++i) {
      expected[i] = kDecay * expected[i] + (1 - kDecay) * static_cast<double>(weights[i]);
    }
    const Outcome averaged =
        TrainSpec(SmallSpec(), data, Options(epochs, 12, Sgd(0.5), {{"averaging", averaging}}));
    const std::vector<float> actual = AllParameters(*averaged.network);
    for (size_t i = 0; i < actual.size(); ++i) EXPECT_NEAR(actual[i], expected[i], 1e-6);
  }
}

TEST(TheValidationMeasuresTheAveragedWeights) {
  const std::shared_ptr<Dataset> data = RandomData(30, 5, "matrix", 2, 6);
  const std::shared_ptr<Dataset> held_out = RandomData(17, 5, "matrix", 2, 7);
  for (const char* precision : {"float32", "bf16"}) {
    auto network = std::make_shared<Network>(SmallSpec());
    Run run(network, data, held_out,
            Options(3, 8, Sgd(0.2),
                    {{"averaging", Value::Object{{"decay", 0.9}}}, {"precision", precision}}));
    RecordingSink sink;
    const RecordedHistory history = Execute(run, sink);
    const Value options = Value::Object{{"loss", kLoss}, {"threads", 1}, {"precision", precision}};
    const double loss = Evaluation(network, held_out, options).Execute(false).loss;
    EXPECT_NEAR(history.epochs.back().validation.loss, loss, 1e-7) << precision;
  }
}

TEST(TheLoopGivesTheSameBitsWithAnyNumberOfThreads) {
  const Value spec = Spec(300, {Dense(150, "relu"), BatchNormalisation(), Dense(40, "linear")});
  const std::shared_ptr<Dataset> data = RandomData(290, 300, "matrix", 40, 8);
  std::vector<float> expected;
  for (int threads = 1; threads <= 4; ++threads) {
    const Outcome outcome =
        TrainSpec(spec, data,
                  Options(2, 64, "adam",
                          {{"threads", threads},
                           {"accumulateBatches", 2},
                           {"gradientClipping", Value::Object{{"norm", 0.1}}},
                           {"averaging", Value::Object{{"decay", 0.9}}},
                           {"schedule", Value::Object{{"type", "cosine"}, {"warmupEpochs", 1}}}}));
    const std::vector<float> actual = AllParameters(*outcome.network);
    if (threads == 1) expected = actual;
    EXPECT_EQ(LargestDifference(actual, expected), 0.0) << threads << " threads";
  }
}

TEST(EarlyStoppingEndsTheRunAndRestoresTheBestEpoch) {
  // A rate that overshoots: the loss falls, then grows.
  const std::shared_ptr<Dataset> data = RandomData(20, 5, "matrix", 2, 9);
  const std::shared_ptr<Dataset> held_out = RandomData(20, 5, "matrix", 2, 10);
  const auto train = [&](int64_t epochs, const Value& stopping) {
    Outcome outcome{std::make_shared<Network>(SmallSpec()), {}};
    Run run(outcome.network, data, held_out,
            Options(epochs, 20, Sgd(0.1), {{"earlyStopping", stopping}}));
    RecordingSink sink;
    outcome.history = Execute(run, sink);
    return outcome;
  };
  const Outcome stopped = train(5000, Value::Object{{"patience", 3}});
  EXPECT_TRUE(stopped.history.stopped_early);
  EXPECT_FALSE(stopped.history.stopped);
  const int64_t best = stopped.history.best_epoch;
  EXPECT_EQ(static_cast<int64_t>(stopped.history.epochs.size()), best + 3);
  for (const EpochEvent& epoch : stopped.history.epochs) {
    const EpochEvent& of_best = stopped.history.epochs[static_cast<size_t>(best - 1)];
    EXPECT_TRUE(epoch.validation.loss >= of_best.validation.loss);
  }
  const auto parameters_after = [&](int64_t epochs) {
    return AllParameters(*train(epochs, Value()).network);
  };
  EXPECT_EQ(LargestDifference(AllParameters(*stopped.network), parameters_after(best)), 0.0);
  const Outcome last = train(5000, Value::Object{{"patience", 3}, {"restoreBest", false}});
  EXPECT_EQ(LargestDifference(AllParameters(*last.network), parameters_after(best + 3)), 0.0);
}

TEST(EarlyStoppingWantsProgressOfMinDelta) {
  const std::shared_ptr<Dataset> data = RandomData(20, 5, "matrix", 2, 11);
  const Value stopping = Value::Object{{"patience", 2}, {"minDelta", 1000.0}, {"monitor", "loss"}};
  const Outcome outcome =
      TrainSpec(SmallSpec(), data, Options(50, 20, Sgd(0.01), {{"earlyStopping", stopping}}));
  EXPECT_EQ(outcome.history.epochs.size(), 3U);
  EXPECT_EQ(outcome.history.best_epoch, 1);
}

TEST(SchedulesStayFiniteAndWithinTheirBounds) {
  for (size_t row = 0; row < Schedules().size(); ++row) {
    const RowInfo& info = Schedules()[row].info;
    for (const int64_t epochs : {1, 2, 7}) {
      for (const int64_t steps : {1, 3}) {
        for (const double warmup : {0.0, 0.5, 1.0, 20.0}) {
          Choice choice{row, DefaultParameters(info)};
          choice.parameters[choice.parameters.size() - 2] = warmup;
          const LearningRate rate(choice, 0.1, epochs, steps);
          for (int64_t step = 0; step < epochs * steps; ++step) {
            EXPECT_TRUE(rate.At(step) >= 0 && rate.At(step) <= 0.1 + 1e-12)
                << info.name << " " << rate.At(step);
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace layerwise::testing
