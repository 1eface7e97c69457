// Whole training runs: against the naive network step by step, the same bits with any number of
// threads, stopping, divergence.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "native/kernels/optimizers.h"
#include "native/network/network.h"
#include "native/training/evaluation.h"
#include "native/training/run.h"
#include "test/native/plan/support.h"

namespace layerwise::testing {
namespace {

bool SameBits(const std::vector<float>& a, const std::vector<float>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](float x, float y) {
    return std::bit_cast<uint32_t>(x) == std::bit_cast<uint32_t>(y);
  });
}

Value With(Value options, const std::string& name, Value value) {
  options.Set(name, std::move(value));
  return options;
}

Value Sgd(double rate) { return Value::Object{{"type", "sgd"}, {"learningRate", rate}}; }

std::vector<Value> Optimizers() {
  return {Sgd(0.1),
          Value::Object{{"type", "sgd"}, {"learningRate", 0.05}, {"momentum", 0.9}},
          Value::Object{{"type", "sgd"},
                        {"learningRate", 0.05},
                        {"momentum", 0.9},
                        {"nesterov", true},
                        {"weightDecay", 0.01}},
          Value::Object{{"type", "adam"}, {"learningRate", 0.01}, {"weightDecay", 0.01}},
          Value::Object{{"type", "adamW"}, {"learningRate", 0.01}, {"beta1", 0.8}},
          Value::Object{{"type", "adagrad"}, {"learningRate", 0.05}, {"initialAccumulator", 0.1}},
          Value::Object{{"type", "rmsprop"}, {"momentum", 0.5}, {"centered", true}}};
}

RecordedHistory Train(const std::shared_ptr<Network>& network, const std::shared_ptr<Dataset>& data,
                      const Value& options) {
  Run run(network, data, nullptr, options);
  RecordingSink sink;
  return Execute(run, sink);
}

// ---- Against the naive network ----

// The naive network trained by the naive optimizer over the rows in order.
class NaiveTraining {
 public:
  NaiveTraining(const Network& network, const Value& optimizer)
      : network_(TwinOf(network)), optimizer_(FunctionOf(optimizer)) {}

  // Returns the mean loss of the epoch, each batch's before its step.
  double Epoch(const std::string& loss, const reference::Matrix& inputs,
               const reference::Matrix& targets, int64_t batch_size) {
    double sum = 0;
    for (int64_t at = 0; at < inputs.rows; at += batch_size) {
      const int64_t rows = std::min(batch_size, inputs.rows - at);
      const reference::Matrix x = Rows(inputs, at, rows);
      const reference::Matrix t = Rows(targets, at, rows);
      sum += static_cast<double>(rows) * reference::MeanLoss(network_, LossTwin(loss), x, t);
      Step(reference::Gradients(network_, LossTwin(loss), x, t));
    }
    return sum / static_cast<double>(inputs.rows);
  }

  const reference::Network& network() const { return network_; }

 private:
  static reference::Function FunctionOf(const Value& optimizer) {
    const ValueReader reader(optimizer, "optimizer");
    const auto table = OptimizersFor(SelectedInstructionSet());
    const Choice choice = ReadChoice(reader, table);
    return {table[choice.row].info.name, choice.parameters};
  }

  static reference::Matrix Rows(const reference::Matrix& m, int64_t from, int64_t rows) {
    reference::Matrix part(rows, m.columns);
    std::copy_n(m.values.begin() + from * m.columns, rows * m.columns, part.values.begin());
    return part;
  }

  void Step(const std::vector<reference::LayerGradients>& gradients) {
    ++step_;
    size_t index = 0;
    const auto update = [&](std::vector<double>& values, const std::vector<double>& by) {
      for (size_t i = 0; i < by.size(); ++i, ++index) {
        if (index == states_.size()) states_.push_back(reference::StartOf(optimizer_));
        values[i] = reference::Update(optimizer_, step_, values[i], by[i], states_[index]);
      }
    };
    for (size_t l = 0; l < network_.layers.size(); ++l) {
      update(network_.layers[l].weights.values, gradients[l].weights.values);
      update(network_.layers[l].bias, gradients[l].bias);
    }
  }

  reference::Network network_;
  reference::Function optimizer_;
  std::vector<reference::OptimizerState> states_;
  int64_t step_ = 0;
};

TEST(TrainingFollowsTheNaiveNetwork) {
  constexpr int64_t kRows = 23;  // batches of 10, 10 and 3
  for (const Value& optimizer : Optimizers()) {
    for (const bool normalised : {false, true}) {
      Value::Array layers = {Dense(17, "tanh"), Dense(9, "sigmoid"), Dense(4, "softmax")};
      if (normalised) layers.insert(layers.begin() + 1, BatchNormalisation());
      auto network = std::make_shared<Network>(Spec(5, layers));
      const std::shared_ptr<Dataset> data = RandomData(kRows, 5, "classes", 4, 1);
      const std::span<const float> inputs(data->float_inputs(), kRows * 5);
      const std::vector<int32_t> classes(data->class_targets(), data->class_targets() + kRows);
      NaiveTraining naive(*network, optimizer);
      constexpr int64_t kEpochs = 4;
      const RecordedHistory history =
          Train(network, data,
                With(RunOptions(kEpochs, 10, optimizer, "crossEntropy"), "shuffle", false));
      for (int64_t epoch = 0; epoch < kEpochs; ++epoch) {
        const double loss = naive.Epoch("crossEntropy", ToMatrix(inputs, kRows, 5),
                                        reference::OneHot(classes, 4), 10);
        EXPECT_NEAR(history.epochs.at(static_cast<size_t>(epoch)).training.loss, loss, 1e-5)
            << optimizer.Describe();
      }
      const reference::Network trained = TwinOf(*network);
      for (size_t l = 0; l < trained.layers.size(); ++l) {
        const std::vector<double>& weights = trained.layers[l].weights.values;
        for (size_t i = 0; i < weights.size(); ++i) {
          EXPECT_NEAR(weights[i], naive.network().layers[l].weights.values[i], 1e-4)
              << optimizer.Describe() << ", layer " << l;
        }
      }
    }
  }
}

TEST(PredictionsUseTheRunningStatisticsOfTraining) {
  auto network = std::make_shared<Network>(
      Spec(6, {Dense(8, "linear"), BatchNormalisation(), Activation("tanh"), Dense(1, "linear")}));
  const std::shared_ptr<Dataset> data = RandomData(40, 6, "matrix", 1, 2);
  Train(network, data, RunOptions(3, 16, "adam", "meanSquaredError"));
  const std::vector<float> means = ParameterValues(*network, "1.running_mean");
  EXPECT_TRUE(std::any_of(means.begin(), means.end(), [](float x) { return x != 0.0f; }));
  const Value options = Value::Object{{"loss", "meanSquaredError"}, {"threads", 1}};
  Evaluation evaluation(network, data, options);
  const double loss = evaluation.Execute(std::atomic<bool>(false)).loss;
  const double exact = reference::MeanLoss(
      TwinOf(*network), LossTwin("meanSquaredError"), ToMatrix({data->float_inputs(), 240}, 40, 6),
      ToMatrix({data->float_targets(), 40}, 40, 1), reference::Mode::kPrediction);
  EXPECT_NEAR(loss, exact, 1e-6);
}

// ---- Threads ----

// A network large enough for every kind of step to be shared among threads.
struct LargeCase {
  const char* name;
  Value spec;
  std::function<std::shared_ptr<Dataset>()> data;
  std::string loss;
  int64_t batch_size;
  double split;
};

std::shared_ptr<Dataset> RandomBytes(int64_t rows, int64_t columns) {
  auto data = std::make_shared<Dataset>(Value(Value::Object{{"rows", rows},
                                                            {"columns", columns},
                                                            {"inputType", "uint8"},
                                                            {"scale", 1.0 / 255.0},
                                                            {"target", "input"}}));
  Generator random(5);
  std::vector<uint8_t> bytes(static_cast<size_t>(rows * columns));
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random.Integer(0, 255));
  data->WriteInputs(0, std::span<const uint8_t>(bytes));
  return data;
}

std::vector<LargeCase> LargeCases() {
  return {
      {"classifier", Spec(300, {Dense(150, "relu"), Dense(100, "tanh"), Dense(10, "softmax")}),
       [] { return RandomData(290, 300, "classes", 10, 3); }, "crossEntropy", 128, 0},
      {"autoencoder", Spec(350, {Dense(70, "relu"), Dense(33, "linear"), Dense(350, "sigmoid")}),
       [] { return RandomBytes(450, 350); }, "binaryCrossEntropy", 200, 0.1},
      {"regressor",
       Spec(120, {Dense(170, "linear"), BatchNormalisation(), Activation("leakyRelu"),
                  Dense(370, "softmax"), Activation("tanh"), Dense(3, "linear")}),
       [] { return RandomData(600, 120, "matrix", 3, 4); }, "meanSquaredError", 256, 0.2},
      {"partly frozen",
       Spec(120, {Dense(170, "linear"), BatchNormalisation(true, false, true), Activation("relu"),
                  Frozen(Dense(290, "tanh")), BatchNormalisation(false, true, false),
                  Dense(3, "linear")}),
       [] { return RandomData(600, 120, "matrix", 3, 4); }, "meanSquaredError", 256, 0.2},
  };
}

struct Outcome {
  std::vector<float> parameters;
  std::vector<EpochEvent> epochs;
  int threads = 0;
};

Outcome TrainWithThreads(const LargeCase& one, const Value& optimizer, int threads,
                         const char* precision = "float32") {
  auto network = std::make_shared<Network>(one.spec);
  Value options = RunOptions(2, one.batch_size, optimizer, one.loss);
  options.Set("threads", threads);
  options.Set("precision", precision);
  options.Set("seed", 9);
  options.Set("metrics", Value::Array{Value("meanAbsoluteError")});
  if (one.split > 0) options.Set("validation", Value::Object{{"split", one.split}});
  const RecordedHistory history = Train(network, one.data(), options);
  return {AllParameters(*network), history.epochs, history.threads};
}

TEST(TheSameSeedGivesTheSameBitsWithAnyNumberOfThreads) {
  const std::vector<Value> optimizers = Optimizers();
  size_t turn = 0;
  for (const LargeCase& one : LargeCases()) {
    for (const char* precision : {"float32", "bf16"}) {
      const Value& optimizer = optimizers[turn++ % optimizers.size()];
      const Outcome expected = TrainWithThreads(one, optimizer, 1, precision);
      EXPECT_EQ(expected.threads, 1);
      for (int threads = 2; threads <= 4; ++threads) {
        const Outcome actual = TrainWithThreads(one, optimizer, threads, precision);
        EXPECT_EQ(actual.threads, threads);
        EXPECT_TRUE(SameBits(actual.parameters, expected.parameters))
            << one.name << " in " << precision << " with " << threads << " threads";
        ASSERT_EQ(actual.epochs.size(), expected.epochs.size());
        for (size_t e = 0; e < actual.epochs.size(); ++e) {
          const EpochEvent& a = actual.epochs[e];
          const EpochEvent& b = expected.epochs[e];
          EXPECT_EQ(a.training.loss, b.training.loss) << one.name;
          EXPECT_EQ(a.training.metrics.at(0), b.training.metrics.at(0)) << one.name;
          EXPECT_EQ(a.has_validation, one.split > 0) << one.name;
          EXPECT_EQ(a.validation.loss, b.validation.loss) << one.name;
        }
      }
    }
  }
}

TEST(TwoNetworksTrainAtTheSameTimeAsTheyDoAlone) {
  const LargeCase one = LargeCases()[0];
  const Outcome alone = TrainWithThreads(one, "adam", 2);
  Outcome first;
  Outcome second;
  std::thread other([&] { first = TrainWithThreads(one, "adam", 2); });
  second = TrainWithThreads(one, "adam", 2);
  other.join();
  EXPECT_TRUE(SameBits(first.parameters, alone.parameters));
  EXPECT_TRUE(SameBits(second.parameters, alone.parameters));
}

// ---- Order of the rows ----

TEST(ShufflingDependsOnTheSeed) {
  const auto train = [](int64_t seed, bool shuffle) {
    auto network = std::make_shared<Network>(Spec(4, {Dense(3, "tanh"), Dense(1, "linear")}));
    Value options = RunOptions(2, 5, Sgd(0.1), "meanSquaredError");
    options.Set("seed", seed);
    options.Set("shuffle", shuffle);
    Train(network, RandomData(33, 4, "matrix", 1, 6), options);
    return AllParameters(*network);
  };
  EXPECT_TRUE(SameBits(train(1, true), train(1, true)));
  EXPECT_FALSE(SameBits(train(1, true), train(2, true)));
  EXPECT_FALSE(SameBits(train(1, true), train(1, false)));
  EXPECT_TRUE(SameBits(train(1, false), train(2, false)));
}

TEST(AnEpochTakesEveryRowOnce) {
  // The mean loss at a learning rate of zero is that of all rows, in whatever order.
  for (const bool shuffle : {false, true}) {
    for (const int64_t batch_size : {1, 7, 33}) {
      auto network = std::make_shared<Network>(Spec(4, {Dense(3, "tanh"), Dense(1, "linear")}));
      const std::shared_ptr<Dataset> data = RandomData(33, 4, "matrix", 1, 7);
      Value options = RunOptions(2, batch_size, Sgd(0), "meanSquaredError");
      options.Set("shuffle", shuffle);
      const RecordedHistory history = Train(network, data, options);
      const double exact = reference::MeanLoss(TwinOf(*network), LossTwin("meanSquaredError"),
                                               ToMatrix({data->float_inputs(), 33 * 4}, 33, 4),
                                               ToMatrix({data->float_targets(), 33}, 33, 1));
      for (const EpochEvent& epoch : history.epochs) {
        EXPECT_NEAR(epoch.training.loss, exact, 1e-6) << batch_size;
      }
    }
  }
}

TEST(RowsForValidationAreNotTrainedOn) {
  // The validation loss of a network that does not learn, weighted with that of training, is the
  // loss of all rows.
  auto network = std::make_shared<Network>(Spec(4, {Dense(3, "tanh"), Dense(1, "linear")}));
  const std::shared_ptr<Dataset> data = RandomData(40, 4, "matrix", 1, 8);
  Value options = RunOptions(1, 7, Sgd(0), "meanSquaredError");
  options.Set("validation", Value::Object{{"split", 0.25}});
  const RecordedHistory history = Train(network, data, options);
  const double exact = reference::MeanLoss(TwinOf(*network), LossTwin("meanSquaredError"),
                                           ToMatrix({data->float_inputs(), 160}, 40, 4),
                                           ToMatrix({data->float_targets(), 40}, 40, 1));
  ASSERT_EQ(history.epochs.size(), 1U);
  const EpochEvent& epoch = history.epochs[0];
  EXPECT_TRUE(epoch.has_validation);
  EXPECT_NEAR((30.0 * epoch.training.loss + 10.0 * epoch.validation.loss) / 40.0, exact, 1e-6);
}

TEST(ValidationDataIsEvaluatedAfterEveryEpoch) {
  auto network = std::make_shared<Network>(Spec(4, {Dense(3, "tanh"), Dense(2, "softmax")}));
  const std::shared_ptr<Dataset> data = RandomData(20, 4, "classes", 2, 9);
  const std::shared_ptr<Dataset> held_out = RandomData(13, 4, "classes", 2, 10);
  Value options = RunOptions(3, 8, "adam", "crossEntropy");
  options.Set("metrics", Value::Array{Value("accuracy")});
  Run run(network, data, held_out, options);
  RecordingSink sink;
  const RecordedHistory history = Execute(run, sink);
  const Value evaluation_options = Value::Object{
      {"loss", "crossEntropy"}, {"metrics", Value::Array{Value("accuracy")}}, {"threads", 1}};
  Evaluation evaluation(network, held_out, evaluation_options);
  const EvaluationResult result = evaluation.Execute(std::atomic<bool>(false));
  ASSERT_EQ(history.epochs.size(), 3U);
  EXPECT_EQ(history.epochs[2].validation.loss, result.loss);
  EXPECT_EQ(history.epochs[2].validation.metrics.at(0), result.metrics.at(0));
  EXPECT_EQ(sink.epochs.size(), 3U);
}

// ---- Events, stopping, divergence ----

// Stops its run after so many batches.
class StoppingSink : public RecordingSink {
 public:
  StoppingSink(Run& run, size_t batches) : run_(run), batches_(batches) {}
  void OnProgress(const ProgressEvent& event) override {
    RecordingSink::OnProgress(event);
    if (progress.size() == batches_) run_.Stop();
  }

 private:
  Run& run_;
  size_t batches_;
};

TEST(ProgressIsReportedInOrder) {
  auto network = std::make_shared<Network>(Spec(4, {Dense(1, "linear")}));
  Value options = RunOptions(2, 5, Sgd(0.1), "meanSquaredError");
  options.Set("progressIntervalMs", 0);
  Run run(network, RandomData(23, 4, "matrix", 1, 11), nullptr, options);
  RecordingSink sink;
  run.Execute(sink);
  // The last batch of an epoch is reported by the epoch.
  ASSERT_EQ(sink.progress.size(), 8U);
  for (size_t i = 0; i < 8; ++i) {
    EXPECT_EQ(sink.progress[i].epoch, i / 4 + 1);
    EXPECT_EQ(sink.progress[i].batch, i % 4 + 1);
    EXPECT_EQ(sink.progress[i].batches, 5);
    EXPECT_TRUE(std::isfinite(sink.progress[i].training.loss));
  }
  ASSERT_EQ(sink.epochs.size(), 2U);
  EXPECT_EQ(sink.epochs[1].epoch, 2);
  EXPECT_EQ(sink.epochs[1].epochs, 2);
}

TEST(AStoppedRunKeepsWhatItHasLearned) {
  const std::shared_ptr<Dataset> data = RandomData(40, 4, "matrix", 1, 12);
  auto stopped = std::make_shared<Network>(Spec(4, {Dense(3, "tanh"), Dense(1, "linear")}));
  Value options = RunOptions(5, 10, Sgd(0.1), "meanSquaredError");
  options.Set("progressIntervalMs", 0);
  options.Set("shuffle", false);
  Run run(stopped, data, nullptr, options);
  StoppingSink sink(run, 4);  // three batches of the first epoch, one of the second
  const RecordedHistory history = Execute(run, sink);
  EXPECT_TRUE(history.stopped);
  EXPECT_EQ(history.epochs.size(), 1U);
  EXPECT_EQ(sink.epochs.size(), 1U);

  // One epoch over all rows, then one over the ten of the first batch.
  auto expected = std::make_shared<Network>(Spec(4, {Dense(3, "tanh"), Dense(1, "linear")}));
  Train(expected, data, With(RunOptions(1, 10, Sgd(0.1), "meanSquaredError"), "shuffle", false));
  auto first_rows = std::make_shared<Dataset>(Value(Value::Object{{"rows", 10},
                                                                  {"columns", 4},
                                                                  {"inputType", "float32"},
                                                                  {"target", "matrix"},
                                                                  {"targetColumns", 1}}));
  first_rows->WriteInputs(0, std::span<const float>(data->float_inputs(), 40));
  first_rows->WriteTargets(0, std::span<const float>(data->float_targets(), 10));
  Train(expected, first_rows,
        With(RunOptions(1, 10, Sgd(0.1), "meanSquaredError"), "shuffle", false));
  EXPECT_TRUE(SameBits(AllParameters(*stopped), AllParameters(*expected)));
}

TEST(ARunStoppedBeforeItBeginsChangesNothing) {
  auto network = std::make_shared<Network>(Spec(4, {Dense(1, "linear")}));
  const std::vector<float> before = AllParameters(*network);
  Run run(network, RandomData(10, 4, "matrix", 1, 13), nullptr,
          RunOptions(3, 5, Sgd(0.1), "meanSquaredError"));
  run.Stop();
  RecordingSink sink;
  const RecordedHistory history = Execute(run, sink);
  EXPECT_TRUE(history.stopped);
  EXPECT_EQ(history.epochs.size(), 0U);
  EXPECT_TRUE(SameBits(AllParameters(*network), before));
}

TEST(StoppingFromAnotherThreadEndsARun) {
  auto network = std::make_shared<Network>(Spec(4, {Dense(8, "tanh"), Dense(1, "linear")}));
  // More epochs than anybody waits for.
  Run run(network, RandomData(64, 4, "matrix", 1, 14), nullptr,
          With(RunOptions(1000000000, 8, "adam", "meanSquaredError"), "threads", 2));
  class FirstEpoch : public RecordingSink {
   public:
    explicit FirstEpoch(Run& run) : run_(run) {}
    void OnEpoch(const EpochEvent& event) override {
      if (event.epoch == 1) stopper_ = std::thread([this] { run_.Stop(); });
    }
    void Join() { stopper_.join(); }

   private:
    Run& run_;
    std::thread stopper_;
  };
  FirstEpoch sink(run);
  const RecordedHistory history = Execute(run, sink);
  sink.Join();
  EXPECT_TRUE(history.stopped);
}

// Two rows of which each is a batch: the first step leaves weights that overflow with the second.
TEST(DivergenceNamesLayerEpochAndBatchAndChangesNothing) {
  auto network = std::make_shared<Network>(Spec(3, {Dense(4, "linear"), Dense(2, "linear")}));
  const std::vector<float> before = AllParameters(*network);
  const std::shared_ptr<Dataset> data = RandomData(4, 3, "matrix", 2, 15);
  Run run(network, data, nullptr, RunOptions(3, 1, Sgd(1e30), "meanSquaredError"));
  RecordingSink sink;
  ExpectDivergence([&] { run.Execute(sink); }, "layers[1]", "epoch 1, batch 2");
  EXPECT_TRUE(SameBits(AllParameters(*network), before));
}

TEST(DivergenceKeepsTheLastFinishedEpoch) {
  const std::shared_ptr<Dataset> data = RandomData(6, 3, "matrix", 2, 16);
  const auto options = [](int64_t epochs) {
    return With(RunOptions(epochs, 6, Sgd(1e15), "meanSquaredError"), "shuffle", false);
  };
  const Value spec = Spec(3, {Dense(4, "linear"), Dense(2, "linear")});
  auto diverged = std::make_shared<Network>(spec);
  {
    Run run(diverged, data, nullptr, options(50));
    RecordingSink sink;
    EXPECT_THROWS(run.Execute(sink), "Training diverged");
    ASSERT_TRUE(!sink.epochs.empty() && sink.epochs.size() < 10);
    auto expected = std::make_shared<Network>(spec);
    Train(expected, data, options(static_cast<int64_t>(sink.epochs.size())));
    EXPECT_TRUE(SameBits(AllParameters(*diverged), AllParameters(*expected)));
  }
  // The network is free again, and what it holds is finite.
  for (const float value : AllParameters(*diverged)) EXPECT_TRUE(std::isfinite(value));
  const Run next(diverged, data, nullptr, options(1));
}

TEST(ParametersThatOverflowInTheLastStepAreNotPublished) {
  auto network = std::make_shared<Network>(Spec(3, {Dense(2, "linear")}));
  const std::vector<float> before = AllParameters(*network);
  Run run(network, RandomData(4, 3, "matrix", 2, 17), nullptr,
          RunOptions(1, 4, Sgd(1e300), "meanSquaredError"));
  RecordingSink sink;
  EXPECT_THROWS(run.Execute(sink), "0.weight");
  EXPECT_TRUE(SameBits(AllParameters(*network), before));
}

}  // namespace
}  // namespace layerwise::testing
