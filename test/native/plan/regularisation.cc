// Penalties on weights and bounds of their norms: gradients, losses, and whole runs against the
// naive network.
#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "native/network/network.h"
#include "native/training/run.h"
#include "test/native/plan/gradients.h"
#include "test/native/plan/support.h"

namespace layerwise::testing {
namespace {

// 0 for no bound.
double MaxNormOf(const Layer& layer) {
  const WeightRules* rules = layer.weight_rules();
  return rules == nullptr ? 0 : rules->max_norm;
}

using gradients::CheckGradients;
using gradients::Problem;

Value Penalty(double l1, double l2) { return Value::Object{{"l1", l1}, {"l2", l2}}; }

// A layer that is penalised in every way.
Value Penalised(const Value& layer) {
  return WithMembers(
      layer, {{"kernelPenalty", Penalty(0.02, 0.03)}, {"biasPenalty", Penalty(0.05, 0.01)}});
}

Value Bounded(const Value& layer, double max_norm) {
  return WithMembers(layer, {{"maxNorm", max_norm}});
}

TEST(GradientsOfPenaltiesOnWeights) {
  const std::vector<Value::Array> networks = {
      {Penalised(Dense(9, "tanh")), Dense(3, "linear")},
      {Dense(9, "tanh"), Penalised(Dense(17, "sigmoid")), Penalised(Dense(3, "linear"))},
      {Penalised(Dense(70, "tanh", false)), BatchNormalisation(), Dense(3, "linear")},
      {Penalised(Maxout(7, 3)), Dense(3, "linear")},
      {WithMembers(Dense(33, "tanh"), {{"kernelPenalty", Penalty(0.1, 0)}}), Dense(3, "linear")},
      {WithMembers(Dense(33, "tanh"), {{"biasPenalty", Penalty(0, 0.1)}}), Dense(3, "linear")},
  };
  for (const Value::Array& layers : networks) {
    for (const int64_t inputs : {5, 97}) {
      Problem problem{Spec(inputs, layers), "meanSquaredError"};
      problem.spare_rows = 2;
      CheckGradients(problem);
      problem.precision = Precision::kBf16;
      problem.allowance = 2000;  // what rounding costs the gradient of the loss
      CheckGradients(problem);
    }
  }
}

// ---- Runs ----

constexpr int64_t kRows = 23;    // batches of 10, 10 and 3
constexpr int64_t kInputs = 70;  // more than one range of inputs
constexpr double kRate = 0.3;

Value Options(int64_t epochs, int threads = 1) {
  Value options = RunOptions(epochs, 10, Value::Object{{"type", "sgd"}, {"learningRate", kRate}},
                             "meanSquaredError");
  options.Set("shuffle", false);
  options.Set("threads", threads);
  return options;
}

struct Outcome {
  std::shared_ptr<Network> network;
  RecordedHistory history;
};

Outcome Train(const Value& spec, const Value& options) {
  Outcome outcome{std::make_shared<Network>(spec), {}};
  Run run(outcome.network, RandomData(kRows, kInputs, "matrix", 3, 1), nullptr, options);
  RecordingSink sink;
  outcome.history = Execute(run, sink);
  return outcome;
}

double NormOfUnit(const reference::Matrix& weights, int64_t unit) {
  double sum = 0;
  for (int64_t k = 0; k < weights.columns; ++k) sum += weights.At(unit, k) * weights.At(unit, k);
  return std::sqrt(sum);
}

// Of a layer of the naive network; 0 for no bound.
void BringWithin(double max_norm, reference::Layer& layer) {
  if (max_norm == 0) return;
  for (int64_t unit = 0; unit < layer.weights.rows; ++unit) {
    const double share = std::min(1.0, max_norm / NormOfUnit(layer.weights, unit));
    for (int64_t k = 0; k < layer.weights.columns; ++k) layer.weights.At(unit, k) *= share;
  }
}

// The naive network trained by gradient descent; gives the mean loss of each epoch.
std::vector<double> TrainNaively(reference::Network& twin, const NetworkSpec& spec,
                                 int64_t epochs) {
  const std::shared_ptr<Dataset> data = RandomData(kRows, kInputs, "matrix", 3, 1);
  std::vector<double> losses(static_cast<size_t>(epochs), 0.0);
  for (double& loss : losses) {
    for (int64_t at = 0; at < kRows; at += 10) {
      const int64_t rows = std::min<int64_t>(10, kRows - at);
      const reference::Matrix x =
          ToMatrix({data->float_inputs() + at * kInputs, static_cast<size_t>(rows * kInputs)}, rows,
                   kInputs);
      const reference::Matrix t =
          ToMatrix({data->float_targets() + at * 3, static_cast<size_t>(rows * 3)}, rows, 3);
      const reference::Function squared = LossTwin("meanSquaredError");
      loss += static_cast<double>(rows) / kRows * reference::MeanLoss(twin, squared, x, t);
      const std::vector<reference::LayerGradients> gradients =
          reference::Gradients(twin, squared, x, t);
      for (size_t l = 0; l < twin.layers.size(); ++l) {
        reference::Layer& layer = twin.layers[l];
        for (size_t i = 0; i < layer.weights.values.size(); ++i) {
          layer.weights.values[i] -= kRate * gradients[l].weights.values[i];
        }
        for (size_t j = 0; j < layer.bias.size(); ++j) {
          layer.bias[j] -= kRate * gradients[l].bias[j];
        }
        BringWithin(MaxNormOf(*spec.layers[l]), layer);
      }
    }
  }
  return losses;
}

Value RegularisedSpec() {
  return Spec(kInputs, {Bounded(Penalised(Dense(40, "tanh")), 0.9), Penalised(Dense(17, "sigmoid")),
                        Bounded(Dense(3, "linear"), 0.5)});
}

TEST(RegularisedTrainingFollowsTheNaiveNetwork) {
  constexpr int64_t kEpochs = 4;
  for (const bool deferred : {false, true}) {
    Value options = Options(kEpochs);
    // A bound that is never reached: only the way of the update changes.
    if (deferred) options.Set("gradientClipping", Value::Object{{"norm", 1e6}});
    const Outcome trained = Train(RegularisedSpec(), options);
    const Network fresh(RegularisedSpec());
    reference::Network twin = TwinOf(fresh);
    const std::vector<double> losses = TrainNaively(twin, fresh.spec(), kEpochs);
    for (size_t epoch = 0; epoch < losses.size(); ++epoch) {
      EXPECT_NEAR(trained.history.epochs.at(epoch).training.loss, losses[epoch], 1e-5);
    }
    const reference::Network actual = TwinOf(*trained.network);
    for (size_t l = 0; l < twin.layers.size(); ++l) {
      for (size_t i = 0; i < twin.layers[l].weights.values.size(); ++i) {
        EXPECT_NEAR(actual.layers[l].weights.values[i], twin.layers[l].weights.values[i], 1e-5);
      }
    }
  }
}

TEST(WeightsStayWithinTheirBounds) {
  for (const char* precision : {"float32", "bf16"}) {
    Value options = Options(3);
    options.Set("precision", precision);
    const Value spec =
        Spec(kInputs, {Bounded(Dense(40, "tanh"), 0.4), Bounded(Dense(3, "linear"), 0.2)});
    const Outcome trained = Train(spec, options);
    const reference::Network twin = TwinOf(*trained.network);
    for (size_t l = 0; l < twin.layers.size(); ++l) {
      const double bound = MaxNormOf(*trained.network->spec().layers[l]);
      double longest = 0;
      for (int64_t unit = 0; unit < twin.layers[l].weights.rows; ++unit) {
        longest = std::max(longest, NormOfUnit(twin.layers[l].weights, unit));
      }
      // Some units come up to it, but for rounding none beyond.
      EXPECT_NEAR(longest, bound, 1e-5) << precision << ", layer " << l;
    }
  }
}

TEST(RegularisedTrainingGivesTheSameBitsWithAnyNumberOfThreads) {
  const Value spec = Spec(300, {Bounded(Penalised(Dense(150, "relu")), 1.2),
                                Bounded(Penalised(Maxout(60, 2)), 0.8), Dense(3, "linear")});
  const std::shared_ptr<Dataset> data = RandomData(300, 300, "matrix", 3, 4);
  for (const char* precision : {"float32", "bf16"}) {
    std::vector<float> expected;
    double loss = 0;
    for (int threads = 1; threads <= 3; ++threads) {
      auto network = std::make_shared<Network>(spec);
      Value options = RunOptions(2, 128, "adam", "meanSquaredError");
      options.Set("threads", threads);
      options.Set("precision", precision);
      Run run(network, data, nullptr, options);
      RecordingSink sink;
      const RecordedHistory history = Execute(run, sink);
      const std::vector<float> actual = AllParameters(*network);
      if (threads == 1) {
        expected = actual;
        loss = history.epochs.back().training.loss;
      }
      EXPECT_EQ(history.epochs.back().training.loss, loss) << precision;
      EXPECT_TRUE(std::equal(actual.begin(), actual.end(), expected.begin(),
                             [](float a, float b) { return SameBits(a, b); }))
          << precision << " with " << threads << " threads";
    }
  }
}

TEST(EvaluationsHavePenaltiesInTheirLoss) {
  auto network = std::make_shared<Network>(RegularisedSpec());
  const std::shared_ptr<Dataset> data = RandomData(kRows, kInputs, "matrix", 3, 1);
  const Value options = Value::Object{{"loss", "meanSquaredError"}, {"batchSize", 10}};
  Evaluation evaluation(network, data, options);
  const double loss = evaluation.Execute(std::atomic<bool>(false)).loss;
  const double exact =
      reference::MeanLoss(TwinOf(*network), LossTwin("meanSquaredError"),
                          ToMatrix({data->float_inputs(), kRows * kInputs}, kRows, kInputs),
                          ToMatrix({data->float_targets(), kRows * 3}, kRows, 3));
  EXPECT_NEAR(loss, exact, 1e-5);
}

TEST(FrozenWeightsAreNeitherPenalisedNorBounded) {
  const Value free = Bounded(Penalised(Dense(4, "tanh")), 0.01);
  const Value frozen = WithMembers(free, {{"frozen", true}});
  const auto train = [](const Value& layer) {
    return Train(Spec(kInputs, {layer, Dense(3, "linear")}), Options(1));
  };
  const Outcome outcome = train(frozen);
  const Outcome bare = train(WithMembers(Dense(4, "tanh"), {{"frozen", true}}));
  EXPECT_EQ(outcome.history.epochs[0].training.loss, bare.history.epochs[0].training.loss);
  EXPECT_TRUE(AllParameters(*outcome.network) == AllParameters(*bare.network));
  EXPECT_GT(train(free).history.epochs[0].training.loss, bare.history.epochs[0].training.loss);
}

TEST(LbfgsTakesPenaltiesButNoBounds) {
  const Value options = RunOptions(3, kRows, "lbfgs", "meanSquaredError");
  const Value spec = Spec(kInputs, {Penalised(Dense(4, "tanh")), Dense(3, "linear")});
  const RecordedHistory history = Train(spec, options).history;
  EXPECT_LT(history.epochs.back().training.loss, history.epochs.front().training.loss);
  EXPECT_THROWS(Train(RegularisedSpec(), options), "layers[0]");
}

TEST(WrongRegularisationIsRefusedWithItsPath) {
  const auto refuses = [](const char* member, Value value, const char* path) {
    for (const Value& layer : {Dense(3, "relu"), Maxout(3, 2)}) {
      const Value spec = Spec(4, {WithMembers(layer, {{member, value}})});
      EXPECT_THROWS(ReadNetworkSpec(spec), path);
    }
  };
  refuses("kernelPenalty", 0.1, "layers[0].kernelPenalty");
  refuses("kernelPenalty", Penalty(-1, 0), "layers[0].kernelPenalty.l1");
  refuses("kernelPenalty", Value::Object{{"l3", 1}}, "layers[0].kernelPenalty.l3");
  refuses("biasPenalty", Penalty(0, -1), "layers[0].biasPenalty.l2");
  refuses("maxNorm", 0, "layers[0].maxNorm");
  refuses("maxNorm", -2, "layers[0].maxNorm");
  refuses("maxNorm", "large", "layers[0].maxNorm");
}

}  // namespace
}  // namespace layerwise::testing
