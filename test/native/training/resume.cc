// Runs that go on from a state end with the same bits as those that were never interrupted.
#if defined(__linux__)
#include <sys/resource.h>
#include <unistd.h>
#endif

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdint>
#include <fstream>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "native/core/error.h"
#include "native/core/state_archive.h"
#include "native/network/network.h"
#include "native/training/run.h"
#include "test/native/plan/support.h"

namespace layerwise::testing {
namespace {

using SharedSnapshot = std::shared_ptr<const RunSnapshot>;

Value WithoutLoss(const Value& options) {
  Value::Object members = *options.object_if();
  std::erase_if(members, [](const Value::Member& member) { return member.first == "loss"; });
  return members;
}

// The mean squared error of a batch. Its gradient is multiplied by a factor.
double SquaredErrors(const LossBatch& batch, double factor = 1) {
  double sum = 0;
  const auto rows = static_cast<double>(batch.rows);
  for (int64_t i = 0; i < batch.rows; ++i) {
    if (batch.gradient) std::fill_n(batch.gradient.Row(i), batch.gradient.stride, 0.0f);
    for (int64_t j = 0; j < batch.outputs.columns; ++j) {
      const double error = static_cast<double>(batch.outputs.Row(i)[j]) -
                           static_cast<double>(batch.targets.Row(i)[j]);
      sum += error * error / rows;
      const double slope = factor * (2 * error / rows);
      if (batch.gradient) batch.gradient.Row(i)[j] = static_cast<float>(slope);
    }
  }
  return sum;
}

bool SameBits(double a, double b) {
  return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b);
}

std::shared_ptr<RunSnapshot> CopyOf(const RunSnapshot& snapshot) {
  auto copy = std::make_shared<RunSnapshot>();
  copy->position = snapshot.position;
  copy->updates = snapshot.updates;
  copy->complete = snapshot.complete;
  copy->weights = snapshot.weights;
  copy->state.Reserve(snapshot.state.arrays());
  for (const StateArray& array : snapshot.state.arrays()) {
    const std::shared_ptr<Arena>& memory = snapshot.state.memory();
    copy->state.Write(array, memory->At(Slot<std::byte>{array.offset, 0}));
  }
  return copy;
}

// Has a snapshot taken after every batch, and keeps copies of them.
class EverySnapshot : public RecordingSink {
 public:
  explicit EverySnapshot(Run& run) : run_(run) { run.Snapshot(); }
  void OnSnapshot(std::shared_ptr<const RunSnapshot> snapshot) override {
    snapshots.push_back(CopyOf(*snapshot));
    run_.ReleaseSnapshot();
    run_.Snapshot();
  }

 private:
  Run& run_;
};

// Stops its run after so many batches.
class StopAfter : public RecordingSink {
 public:
  StopAfter(Run& run, size_t batches) : run_(run), batches_(batches) {}
  void OnProgress(const ProgressEvent&) override {
    if (++seen_ == batches_) run_.Stop();
  }

 private:
  Run& run_;
  size_t batches_;
  size_t seen_ = 0;
};

struct Training {
  std::string name;
  Value spec;
  std::shared_ptr<Dataset> data;
  std::shared_ptr<Dataset> validation;  // null for none, or a share
  Value options;

  std::shared_ptr<Network> NewNetwork() const { return std::make_shared<Network>(spec); }
  Value OptionsWith(int threads) const {
    Value all = options;
    all.Set("threads", threads);
    all.Set("progressIntervalMs", 0);
    all.Set("snapshots", Value::Object{});
    return all;
  }
};

struct Ending {
  RecordedHistory history;
  std::vector<float> parameters;
};

Ending GoOn(const Training& training, SharedSnapshot from, int threads) {
  const std::shared_ptr<Network> network = training.NewNetwork();
  Run run(network, training.data, training.validation, training.OptionsWith(threads), nullptr,
          std::move(from));
  RecordingSink sink;
  RecordedHistory history = Execute(run, sink);
  return {std::move(history), AllParameters(*network)};
}

bool SameResult(const EvaluationResult& a, const EvaluationResult& b) {
  return SameBits(a.loss, b.loss) &&
         std::equal(a.metrics.begin(), a.metrics.end(), b.metrics.begin(), b.metrics.end(),
                    [](double x, double y) { return SameBits(x, y); }) &&
         std::equal(a.output_losses.begin(), a.output_losses.end(), b.output_losses.begin(),
                    b.output_losses.end(), [](double x, double y) { return SameBits(x, y); });
}

bool SameEpoch(const EpochEvent& a, const EpochEvent& b) {
  return a.epoch == b.epoch && SameBits(a.learning_rate, b.learning_rate) &&
         SameResult(a.training, b.training) && a.has_validation == b.has_validation &&
         SameResult(a.validation, b.validation);
}

bool SameState(const RunSnapshot& a, const RunSnapshot& b) {
  if (a.position.epoch != b.position.epoch || a.position.batch != b.position.batch) return false;
  if (a.updates != b.updates || a.complete != b.complete || a.weights != b.weights) return false;
  const std::vector<StateArray>& arrays = a.state.arrays();
  if (arrays.size() != b.state.arrays().size()) return false;
  for (const StateArray& array : arrays) {
    const StateArray* other = b.state.Find(array.name);
    if (other == nullptr || other->type != array.type || other->count != array.count) return false;
    if (array.name.find("seconds") != std::string::npos) continue;
    const size_t bytes = array.count * (array.type == NumberType::kFloat32 ? 4 : 8);
    const auto* x = a.state.memory()->At(Slot<std::byte>{array.offset, bytes});
    const auto* y = b.state.memory()->At(Slot<std::byte>{other->offset, bytes});
    if (!std::equal(x, x + bytes, y)) return false;
  }
  return true;
}

void ExpectSameEnding(const Ending& actual, const Ending& expected, int64_t epochs_before,
                      const std::string& what) {
  EXPECT_TRUE(std::equal(
      actual.parameters.begin(), actual.parameters.end(), expected.parameters.begin(),
      expected.parameters.end(),
      [](float a, float b) { return std::bit_cast<uint32_t>(a) == std::bit_cast<uint32_t>(b); }))
      << what << ": other parameters";
  const RecordedHistory& a = actual.history;
  const RecordedHistory& b = expected.history;
  EXPECT_EQ(a.best_epoch, b.best_epoch) << what;
  EXPECT_EQ(a.stopped_early, b.stopped_early) << what;
  EXPECT_EQ(a.converged, b.converged) << what;
  EXPECT_FALSE(a.stopped) << what;
  ASSERT_EQ(a.epochs.size() + static_cast<size_t>(epochs_before), b.epochs.size()) << what;
  for (size_t i = 0; i < a.epochs.size(); ++i) {
    EXPECT_TRUE(SameEpoch(a.epochs[i], b.epochs[static_cast<size_t>(epochs_before) + i]))
        << what << ": another epoch " << a.epochs[i].epoch;
  }
  EXPECT_TRUE(SameState(*a.state, *b.state)) << what << ": another state";
}

std::string At(const Training& training, const RunSnapshot& snapshot) {
  return training.name + ", from epoch " + std::to_string(snapshot.position.epoch) + ", batch " +
         std::to_string(snapshot.position.batch);
}

// Goes on from every k-th snapshot, and from the end; returns how it ends without interruption.
Ending ExpectExactResumes(const Training& training, size_t every) {
  const std::shared_ptr<Network> network = training.NewNetwork();
  Run run(network, training.data, training.validation, training.OptionsWith(1));
  EverySnapshot sink(run);
  RecordedHistory history = Execute(run, sink);
  const Ending whole{std::move(history), AllParameters(*network)};
  const Ending undisturbed = GoOn(training, nullptr, 1);
  ExpectSameEnding(undisturbed, whole, 0, training.name + ", without snapshots");
  std::vector<SharedSnapshot> cuts;
  for (size_t i = 0; i < sink.snapshots.size(); i += every) cuts.push_back(sink.snapshots[i]);
  cuts.push_back(whole.history.state);
  for (size_t i = 0; i < cuts.size(); ++i) {
    const Ending resumed = GoOn(training, cuts[i], i % 2 == 0 ? 1 : 3);
    ExpectSameEnding(resumed, whole, cuts[i]->position.epoch, At(training, *cuts[i]));
  }
  return whole;
}

// ---- Trainings ----

Value Metric(const char* type) { return Value::Object{{"type", type}}; }

Training Classifier() {
  Value options = RunOptions(3, 8, "adam", "crossEntropy");
  options.Set("metrics", Value::Array{Value("accuracy"), Value("f1"), Metric("rocAuc")});
  options.Set("seed", 5);
  return {"classifier",
          Spec(6, {Dense(9, "relu"), BatchNormalisation(), Value::Object{{"type", "dropout"}},
                   Dense(3, "softmax")}),
          RandomData(53, 6, "classes", 3, 1), nullptr, options};
}

Training Regressor() {
  Value options = RunOptions(3, 8, "adam", "meanSquaredError");
  options.Set("metrics", Value::Array{Value("r2"), Value("meanAbsoluteError")});
  return {"regressor", Spec(5, {Dense(7, "tanh"), Dense(2, "linear")}),
          RandomData(37, 5, "matrix", 2, 2), nullptr, options};
}

std::vector<Value> Optimizers() {
  return {Value::Object{{"type", "sgd"}, {"learningRate", 0.05}},
          Value::Object{{"type", "sgd"}, {"learningRate", 0.05}, {"momentum", 0.9}},
          Value("adam"),
          Value::Object{{"type", "adamW"}, {"learningRate", 0.01}},
          Value::Object{{"type", "adagrad"}, {"initialAccumulator", 0.1}},
          Value::Object{{"type", "rmsprop"}, {"momentum", 0.5}, {"centered", true}}};
}

std::vector<Value> Schedules() {
  return {Value("constant"),
          Value::Object{{"type", "step"}, {"epochs", 1}, {"factor", 0.5}},
          Value("exponential"),
          Value::Object{{"type", "cosine"}, {"warmupEpochs", 0.5}},
          Value::Object{{"type", "cosineRestarts"}, {"epochs", 1.5}, {"multiplier", 2}},
          Value("polynomial"),
          Value("oneCycle"),
          Value::Object{{"type", "reduceOnPlateau"},
                        {"patience", 0},
                        {"threshold", 0.5},
                        {"cooldown", 1},
                        {"factor", 0.5}}};
}

TEST(ARunGoesOnFromEveryBatch) {
  ExpectExactResumes(Classifier(), 1);
  ExpectExactResumes(Regressor(), 1);
}

TEST(EveryOptimizerGoesOn) {
  for (const Value& optimizer : Optimizers()) {
    Training training = Regressor();
    training.name += " by " + optimizer.Describe();
    training.options.Set("optimizer", optimizer);
    ExpectExactResumes(training, 4);
  }
}

TEST(EveryScheduleGoesOn) {
  for (const Value& schedule : Schedules()) {
    Training training = Regressor();
    training.name += " on " + schedule.Describe();
    training.options.Set("schedule", schedule);
    training.options.Set("epochs", 4);
    ExpectExactResumes(training, 3);
  }
}

TEST(AccumulatedGradientsGoOn) {
  Training training = Regressor();
  training.options.Set("accumulateBatches", 3);
  training.options.Set("gradientClipping", Value::Object{{"norm", 0.5}});
  ExpectExactResumes(training, 1);
}

// Batches that are taken in blocks of rows.
TEST(LargeBatchesGoOn) {
  Training training = Regressor();
  training.name = "large batches";
  training.data = RandomData(5000, 5, "matrix", 2, 2);
  training.options.Set("batchSize", 1100);
  training.options.Set("accumulateBatches", 2);
  ExpectExactResumes(training, 1);
}

// Two inputs that are indices, of 40 levels, of which a batch has few, and of 3.
Training Embedded() {
  Training training = Regressor();
  training.name = "embedded";
  training.spec =
      Spec(5, {WithMembers(Embedding({EmbeddedColumn(1, 40, 3), EmbeddedColumn(3, 3, 20)}),
                           {{"dropToUnknown", 0.1}, {"penalty", Value::Object{{"l2", 0.01}}}}),
               Dense(7, "tanh"), Dense(2, "linear")});
  std::vector<float> inputs(training.data->float_inputs(), training.data->float_inputs() + 37 * 5);
  Generator random(6);
  for (size_t row = 0; row < 37; ++row) {
    inputs[5 * row + 1] = static_cast<float>(random.Integer(0, 39));
    inputs[5 * row + 3] = static_cast<float>(random.Integer(0, 2));
  }
  training.data->WriteInputs(0, std::span<const float>(inputs));
  return training;
}

TEST(EmbeddingsGoOn) {
  for (const Value& optimizer : Optimizers()) {
    Training training = Embedded();
    training.name += " by " + optimizer.Describe();
    training.options.Set("optimizer", optimizer);
    ExpectExactResumes(training, 3);
    training.name += ", accumulating";
    training.options.Set("accumulateBatches", 3);
    training.options.Set("gradientClipping", Value::Object{{"norm", 0.5}});
    ExpectExactResumes(training, 1);
  }
}

TEST(AveragedWeightsGoOn) {
  for (const char* precision : {"float32", "bf16"}) {
    Training training = Classifier();
    training.name += std::string(" in ") + precision;
    training.options.Set("precision", precision);
    training.options.Set("averaging", Value::Object{{"decay", 0.7}});
    training.options.Set("validation", Value::Object{{"split", 0.25}});
    ExpectExactResumes(training, 2);
  }
}

TEST(EarlyStoppingGoesOn) {
  Training training = Regressor();
  training.options.Set("optimizer", Value::Object{{"type", "sgd"}, {"learningRate", 1.2}});
  training.options.Set("epochs", 30);
  training.options.Set("validation", Value::Object{{"split", 0.3}});
  training.options.Set("earlyStopping", Value::Object{{"patience", 3}});
  const Ending whole = ExpectExactResumes(training, 5);
  EXPECT_TRUE(whole.history.stopped_early);
  EXPECT_LT(whole.history.best_epoch, static_cast<int64_t>(whole.history.epochs.size()));
  EXPECT_EQ(whole.history.state->weights, "best");
}

TEST(LbfgsGoesOn) {
  Training training = Regressor();
  training.spec = Spec(5, {Dense(7, "tanh"), BatchNormalisation(), Dense(2, "linear")});
  training.options.Set("optimizer", Value::Object{{"type", "lbfgs"}, {"historySize", 3}});
  training.options.Set("epochs", 12);
  training.options.Set("validation", Value::Object{{"split", 0.2}});
  ExpectExactResumes(training, 1);
}

TEST(SeveralOutputsGoOn) {
  Training training = Regressor();
  training.spec =
      Spec(5, {Dense(6, "tanh"),
               Value::Object{{"type", "heads"},
                             {"heads", Value::Object{{"a", Value::Array{Dense(3, "softmax")}},
                                                     {"b", Value::Array{Dense(2, "linear")}}}}}});
  training.data = std::make_shared<Dataset>(Value(Value::Object{
      {"rows", 37},
      {"columns", 5},
      {"inputType", "float32"},
      {"targets", Value::Array{Value::Object{{"target", "classes"}, {"targetColumns", 3}},
                               Value::Object{{"target", "matrix"}, {"targetColumns", 2}}}}}));
  const std::shared_ptr<Dataset> classes = RandomData(37, 5, "classes", 3, 4);
  const std::shared_ptr<Dataset> numbers = RandomData(37, 5, "matrix", 2, 4);
  training.data->WriteInputs(0, std::span<const float>(classes->float_inputs(), 37 * 5));
  training.data->WriteTargets(0, std::span<const int32_t>(classes->class_targets(), 37), 0);
  training.data->WriteTargets(0, std::span<const float>(numbers->float_targets(), 74), 1);
  training.options = Value::Object{
      {"epochs", 3},
      {"batchSize", 8},
      {"optimizer", "adam"},
      {"outputs",
       Value::Object{{"a", Value::Object{{"loss", "crossEntropy"},
                                         {"metrics", Value::Array{Value("accuracy")}}}},
                     {"b", Value::Object{{"loss", "meanSquaredError"}, {"weight", 0.5}}}}}};
  ExpectExactResumes(training, 2);
}

TEST(RandomTrainingsGoOn) {
  Generator random(11);
  for (int round = 0; round < 40; ++round) {
    const auto pick = [&](const auto& from) {
      return from[static_cast<size_t>(random.Integer(0, static_cast<int64_t>(from.size()) - 1))];
    };
    const auto chance = [&] { return random.Integer(0, 2) == 0; };
    const std::vector<Value> hidden = {
        Dense(11, "relu"),
        Dense(4, "softmax"),
        BatchNormalisation(),
        BatchNormalisation(true, false, true),
        Value::Object{{"type", "layerNorm"}},
        Value::Object{{"type", "dropout"}, {"rate", 0.4}},
        Value::Object{{"type", "gaussianNoise"}},
        Prelu(false),
        Maxout(5, 2),
        Frozen(Dense(6, "tanh")),
        Residual({Dense(9, "tanh")}, true),
        WithMembers(Dense(8, "tanh"), {{"maxNorm", 0.7}}),
        WithMembers(Dense(8, "sigmoid"), {{"kernelPenalty", Value::Object{{"l1", 0.01}}}}),
        Value::Object{{"type", "activityPenalty"}, {"l1", 0.01}}};
    Value::Array layers{Dense(9, "tanh")};
    for (int64_t i = random.Integer(0, 3); i > 0; --i) layers.push_back(pick(hidden));
    layers.push_back(Dense(3, "softmax"));
    Training training = Classifier();
    training.spec = Spec(6, layers, round);
    training.name = "round " + std::to_string(round) + DescribeLayers(layers);
    training.options.Set("optimizer", pick(Optimizers()));
    training.options.Set("schedule", pick(Schedules()));
    training.options.Set("batchSize", random.Integer(2, 20));
    training.options.Set("seed", round);
    training.options.Set("shuffle", !chance());
    if (chance()) training.options.Set("accumulateBatches", random.Integer(2, 4));
    if (chance()) training.options.Set("gradientClipping", Value::Object{{"value", 0.1}});
    if (chance()) training.options.Set("averaging", Value::Object{{"decay", 0.9}});
    if (chance()) training.options.Set("precision", "bf16");
    if (chance()) training.options.Set("decayBiases", false);
    if (chance()) training.options.Set("statistics", Value::Object{{"everyUpdates", 2}});
    if (chance()) {
      training.options.Set("validation", Value::Object{{"split", 0.3}});
    } else if (chance()) {
      training.validation = RandomData(20, 6, "classes", 3, 9);
    }
    if (chance()) training.options.Set("earlyStopping", Value::Object{{"patience", 1}});
    ExpectExactResumes(training, 5);
  }
}

// ---- Stopping ----

TEST(ARunThatIsStoppedAgainAndAgainEndsTheSame) {
  Training training = Classifier();
  training.options.Set("validation", Value::Object{{"split", 0.2}});
  training.options.Set("earlyStopping", Value::Object{{"patience", 2}});
  const Ending whole = GoOn(training, nullptr, 1);
  for (const size_t batches : {1, 2, 3, 7}) {
    SharedSnapshot state;
    Ending last;
    std::vector<EpochEvent> epochs;
    for (int turn = 0; turn < 50 && (state == nullptr || !state->complete); ++turn) {
      const std::shared_ptr<Network> network = training.NewNetwork();
      const int64_t begin = state == nullptr ? 0 : state->position.epoch;
      Run run(network, training.data, nullptr, training.OptionsWith(1 + turn % 3), nullptr, state);
      StopAfter sink(run, batches);
      const RecordedHistory history = Execute(run, sink);
      EXPECT_EQ(history.stopped, !history.state->complete);
      state = history.state;
      // What was told after the state is told again.
      epochs.resize(static_cast<size_t>(begin));
      epochs.insert(epochs.end(), history.epochs.begin(), history.epochs.end());
      last = {history, AllParameters(*network)};
    }
    last.history.epochs = epochs;
    ExpectSameEnding(last, whole, 0, "stopped every " + std::to_string(batches) + " batches");
  }
}

TEST(AnIterationOfLbfgsThatIsStoppedIsDoneAgain) {
  Training training = Regressor();
  training.spec = Spec(5, {Dense(7, "tanh"), BatchNormalisation(), Dense(2, "linear")});
  training.options.Set("optimizer", "lbfgs");
  training.options.Set("epochs", 6);
  // Stops in the midst of passes over the rows, by a loss that is asked for each batch.
  class Stopping final : public CustomLoss {
   public:
    explicit Stopping(int calls) : calls_(calls) {}
    double Compute(const LossBatch& batch) override {
      if (--calls_ == 0 && run != nullptr) run->Stop();
      return SquaredErrors(batch);
    }
    Run* run = nullptr;

   private:
    int calls_;
  };
  training.options = WithoutLoss(training.options);
  const auto train = [&](int calls, SharedSnapshot from) {
    const std::shared_ptr<Network> network = training.NewNetwork();
    Stopping loss(calls);
    Run run(network, training.data, nullptr, training.OptionsWith(1), &loss, std::move(from));
    loss.run = &run;
    RecordingSink sink;
    RecordedHistory history = Execute(run, sink);
    return Ending{std::move(history), AllParameters(*network)};
  };
  const Ending undisturbed = train(-1, nullptr);
  for (const int calls : {1, 3, 8, 13, 17, 22, 30}) {
    const Ending stopped = train(calls, nullptr);
    if (!stopped.history.stopped) continue;
    EXPECT_EQ(stopped.history.state->position.batch, 0);
    ExpectSameEnding(train(-1, stopped.history.state), undisturbed,
                     stopped.history.state->position.epoch,
                     "stopped in call " + std::to_string(calls));
  }
}

TEST(AStateHasTheLastBatchAndNotTheBestWeights) {
  Training training = Regressor();
  training.options.Set("optimizer", Value::Object{{"type", "sgd"}, {"learningRate", 0.5}});
  training.options.Set("earlyStopping", Value::Object{{"patience", 100}});
  training.options.Set("epochs", 20);
  const std::shared_ptr<Network> network = training.NewNetwork();
  Run run(network, training.data, nullptr, training.OptionsWith(1));
  StopAfter sink(run, 43);
  const RecordedHistory history = Execute(run, sink);
  ASSERT_TRUE(history.stopped);
  const RunSnapshot& state = *history.state;
  EXPECT_EQ(state.weights, "parameters");
  // The last batch of an epoch is not among the 43.
  EXPECT_EQ(state.position.epoch * 4 + state.position.batch, 43);
  EXPECT_FALSE(state.complete);
}

// ---- Other numbers of epochs ----

TEST(AStateServesRunsOfMoreEpochs) {
  Training training = Regressor();
  training.options.Set("epochs", 5);
  const Ending whole = GoOn(training, nullptr, 1);
  training.options.Set("epochs", 2);
  const Ending shorter = GoOn(training, nullptr, 1);
  EXPECT_TRUE(shorter.history.state->complete);
  training.options.Set("epochs", 5);
  ExpectSameEnding(GoOn(training, shorter.history.state, 1), whole, 2, "2 epochs and 3 more");
}

TEST(ARunOfFewerEpochsThanItsStateEndsAtOnce) {
  Training training = Regressor();
  const Ending whole = GoOn(training, nullptr, 1);
  training.options.Set("epochs", 2);
  const Ending shorter = GoOn(training, whole.history.state, 1);
  EXPECT_EQ(shorter.history.epochs.size(), 0U);
  EXPECT_FALSE(shorter.history.stopped);
  EXPECT_TRUE(shorter.parameters == whole.parameters);
}

// ---- When snapshots are taken ----

class Releasing : public RecordingSink {
 public:
  explicit Releasing(Run& run) : run_(run) {}
  void OnSnapshot(std::shared_ptr<const RunSnapshot> snapshot) override {
    taken.push_back({snapshot->position.epoch, snapshot->position.batch});
    memory.push_back(snapshot->state.memory().get());
    run_.ReleaseSnapshot();
  }
  std::vector<std::pair<int64_t, int64_t>> taken;
  std::vector<const void*> memory;

 private:
  Run& run_;
};

std::unique_ptr<Releasing> TrainWithSnapshots(Value::Object options) {
  const Training training = Regressor();  // 5 batches in each of 3 epochs
  Value all = training.OptionsWith(1);
  all.Set("snapshots", std::move(options));
  Run run(training.NewNetwork(), training.data, nullptr, all);
  auto sink = std::make_unique<Releasing>(run);
  run.Execute(*sink);
  return sink;
}

TEST(SnapshotsAreTakenByEpochsAndByUpdates) {
  using Places = std::vector<std::pair<int64_t, int64_t>>;
  EXPECT_TRUE(TrainWithSnapshots({})->taken.empty());
  // The end has a state of its own.
  EXPECT_TRUE((TrainWithSnapshots({{"everyEpochs", 1}})->taken == Places{{1, 0}, {2, 0}}));
  const auto by_updates = TrainWithSnapshots({{"everyUpdates", 4}});
  EXPECT_TRUE((by_updates->taken == Places{{0, 4}, {1, 3}, {2, 2}}));
  const auto by_time = TrainWithSnapshots({{"everySeconds", 1e-9}});
  EXPECT_EQ(by_time->taken.size(), 14U);
  // All of them in the same memory, but for what has grown.
  EXPECT_TRUE(by_updates->memory[1] == by_updates->memory[2]);
}

#if defined(__linux__)

// While it lives, the process gets no large piece of memory.
class NoMoreMemory {
 public:
  NoMoreMemory() {
    getrlimit(RLIMIT_AS, &before_);
    size_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    rlimit now = before_;
    now.rlim_cur = pages * static_cast<size_t>(sysconf(_SC_PAGESIZE)) + (size_t{1} << 20);
    setrlimit(RLIMIT_AS, &now);
  }
  ~NoMoreMemory() { setrlimit(RLIMIT_AS, &before_); }
  NoMoreMemory(const NoMoreMemory&) = delete;
  NoMoreMemory& operator=(const NoMoreMemory&) = delete;

 private:
  rlimit before_ = {};
};

// Has no memory for the first snapshot, and for the state of the end.
class LosingSnapshots : public RecordingSink {
 public:
  LosingSnapshots(Run& run, int64_t last_epoch) : run_(run), last_epoch_(last_epoch) {}
  void OnProgress(const ProgressEvent& event) override {
    if (event.epoch == 1 && event.batch == 1) limit_.emplace();
  }
  void OnEpoch(const EpochEvent& event) override {
    RecordingSink::OnEpoch(event);
    if (event.epoch == last_epoch_) limit_.emplace();
  }
  void OnSnapshot(std::shared_ptr<const RunSnapshot>) override {
    // The end would take the memory of the last one.
    if (++taken < kSnapshots) run_.ReleaseSnapshot();
  }
  void OnLostSnapshot(const Error& error) override {
    limit_.reset();
    ++lost;
    EXPECT_TRUE(error.kind() == ErrorKind::kMemory);
  }
  void Lift() { limit_.reset(); }

  static constexpr int kSnapshots = 11;  // after the other updates but those that end an epoch
  int taken = 0;
  int lost = 0;

 private:
  Run& run_;
  const int64_t last_epoch_;
  std::optional<NoMoreMemory> limit_;
};

TEST(ARunGoesOnWithoutMemoryForItsSnapshots) {
  Training training = Regressor();  // 5 batches in each of 3 epochs
  // Large enough that its memory comes from the system, and goes back there.
  training.spec = Spec(5, {Dense(1500, "tanh"), Dense(1500, "tanh"), Dense(2, "linear")});
  Value options = training.OptionsWith(1);
  options.Set("snapshots", Value::Object{{"everyUpdates", 1}});
  const std::shared_ptr<Network> network = training.NewNetwork();
  Run run(network, training.data, nullptr, options);
  LosingSnapshots sink(run, 3);
  const RecordedHistory history = Execute(run, sink);
  sink.Lift();
  EXPECT_EQ(sink.lost, 1);
  EXPECT_EQ(sink.taken, LosingSnapshots::kSnapshots);
  EXPECT_EQ(history.epochs.size(), 3U);
  EXPECT_TRUE(history.state == nullptr);
  ASSERT_TRUE(history.lost_state.has_value());
}

#endif

TEST(ThereIsOneSnapshotAtATime) {
  const Training training = Regressor();
  Value options = training.OptionsWith(1);
  options.Set("snapshots", Value::Object{{"everyUpdates", 1}});
  Run run(training.NewNetwork(), training.data, nullptr, options);
  RecordingSink sink;  // which never gives the first one back
  const RunHistory history = run.Execute(sink);
  EXPECT_EQ(sink.snapshots.size(), 1U);
  EXPECT_EQ(sink.snapshots[0]->updates, 1);
  EXPECT_EQ(history.state->updates, 15);
}

TEST(ARunWithoutTheOptionHasNoState) {
  const Training training = Regressor();
  Run run(training.NewNetwork(), training.data, nullptr, training.options);
  RecordingSink sink;
  EXPECT_TRUE(run.Execute(sink).state == nullptr);
}

// ---- States that do not fit ----

// With another array in the place of one, or none.
SharedSnapshot With(const RunSnapshot& snapshot, const std::string& name, const StateArray* other,
                    double value) {
  auto changed = std::make_shared<RunSnapshot>();
  changed->position = snapshot.position;
  std::vector<StateArray> arrays;
  for (const StateArray& array : snapshot.state.arrays()) {
    if (array.name != name) arrays.push_back(array);
  }
  if (other != nullptr) arrays.push_back(*other);
  const std::vector<StateArray> from = arrays;
  changed->state.Reserve(arrays);
  for (size_t i = 0; i < from.size(); ++i) {
    const StateArray& to = changed->state.arrays()[i];
    if (from[i].name == name) {
      if (to.type == NumberType::kFloat32) {
        for (float& one : changed->state.Values<float>(to)) one = static_cast<float>(value);
      } else {
        for (double& one : changed->state.Values<double>(to)) one = value;
      }
    } else {
      changed->state.Write(to, snapshot.state.memory()->At(Slot<std::byte>{from[i].offset, 0}));
    }
  }
  return changed;
}

TEST(StatesThatDoNotFitAreErrors) {
  const Training training = Classifier();
  const std::shared_ptr<Network> network = training.NewNetwork();
  Run run(network, training.data, nullptr, training.OptionsWith(1));
  EverySnapshot sink(run);
  run.Execute(sink);
  const RunSnapshot& snapshot = *sink.snapshots.at(2);  // amid an epoch
  for (const StateArray& array : snapshot.state.arrays()) {
    const auto expect = [&](const StateArray* other, double value, const std::string& text) {
      EXPECT_THROWS(GoOn(training, With(snapshot, array.name, other, value), 1), text);
    };
    expect(nullptr, 0, "state." + array.name);
    StateArray other = array;
    ++other.count;
    expect(&other, 0, "state." + array.name);
    other = array;
    other.type = array.type == NumberType::kFloat32 ? NumberType::kFloat64 : NumberType::kFloat32;
    expect(&other, 0, "state." + array.name);
    other.name = "another";
    const auto more = With(snapshot, "another", &other, 0);
    EXPECT_THROWS(GoOn(training, more, 1), "state.another");
  }
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const char* name : {"lanes", "batches", "optimizer.steps", "converged", "meter.rows",
                           "meter.loss", "schedule.reductions", "meter.0.2.rows", "parameters"}) {
    const StateArray* array = snapshot.state.Find(name);
    ASSERT_TRUE(array != nullptr) << name;
    EXPECT_THROWS(GoOn(training, With(snapshot, name, array, nan), 1), "");
    const bool may_be = std::string(name) == "parameters" || std::string(name) == "meter.loss";
    if (!may_be) EXPECT_THROWS(GoOn(training, With(snapshot, name, array, -1), 1), "state.");
    if (!may_be) EXPECT_THROWS(GoOn(training, With(snapshot, name, array, 1e300), 1), "state.");
  }
  const StateArray* parameters = snapshot.state.Find("parameters");
  const auto below_zero = With(snapshot, "parameters", parameters, -1);
  EXPECT_THROWS(GoOn(training, below_zero, 1), "running_var[0]: expected a variance");
  auto beyond = CopyOf(snapshot);
  beyond->position.batch = 8;
  EXPECT_THROWS(GoOn(training, beyond, 1), "state.batch");
  // Another network, other options.
  EXPECT_THROWS(GoOn(Regressor(), CopyOf(snapshot), 1), "state.");
  Training other = Classifier();
  other.options.Set("earlyStopping", Value::Object{});
  EXPECT_THROWS(GoOn(other, CopyOf(snapshot), 1), "state.");
}

// ---- Numbers that are not finite ----

// The mean squared error, which is NaN in some of the calls, or has a gradient that is.
class BrokenLoss final : public CustomLoss {
 public:
  BrokenLoss(std::vector<int> calls, bool of_gradient)
      : calls_(std::move(calls)), of_gradient_(of_gradient) {}

  double Compute(const LossBatch& batch) override {
    ++call_;
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const bool is_broken = std::find(calls_.begin(), calls_.end(), call_) != calls_.end();
    const double loss = SquaredErrors(batch, is_broken ? nan : 1);
    return is_broken && !of_gradient_ ? nan : loss;
  }

 private:
  std::vector<int> calls_;
  bool of_gradient_;
  int call_ = 0;
};

Ending TrainByBrokenLoss(const Training& training, std::vector<int> calls, bool of_gradient = false,
                         SharedSnapshot from = nullptr) {
  const std::shared_ptr<Network> network = training.NewNetwork();
  BrokenLoss loss(std::move(calls), of_gradient);
  Run run(network, training.data, nullptr, WithoutLoss(training.OptionsWith(1)), &loss,
          std::move(from));
  RecordingSink sink;
  RecordedHistory history = Execute(run, sink);
  return {std::move(history), AllParameters(*network)};
}

// 5 batches in each of 3 epochs, in order.
Training InOrder(Value::Object on_non_finite) {
  Training training = Regressor();
  training.spec = Spec(5, {Dense(7, "tanh"), BatchNormalisation(), Dense(2, "linear")});
  training.options.Set("shuffle", false);
  training.options.Set("onNonFinite", std::move(on_non_finite));
  return training;
}

TEST(BatchesThatAreNotFiniteAreLeftOut) {
  Training training = InOrder({{"action", "skipBatch"}});
  // Without the rows of the third batch of each epoch.
  Training without = training;
  without.data = std::make_shared<Dataset>(Value(Value::Object{{"rows", 29},
                                                               {"columns", 5},
                                                               {"inputType", "float32"},
                                                               {"target", "matrix"},
                                                               {"targetColumns", 2}}));
  const float* inputs = training.data->float_inputs();
  const float* targets = training.data->float_targets();
  without.data->WriteInputs(0, std::span<const float>(inputs, 16 * 5));
  without.data->WriteInputs(16, std::span<const float>(inputs + 24 * 5, 13 * 5));
  without.data->WriteTargets(0, std::span<const float>(targets, 16 * 2));
  without.data->WriteTargets(16, std::span<const float>(targets + 24 * 2, 13 * 2));
  const Ending expected = TrainByBrokenLoss(without, {});
  for (const bool of_gradient : {false, true}) {
    const Ending actual = TrainByBrokenLoss(training, {3, 8, 13}, of_gradient);
    EXPECT_TRUE(actual.parameters == expected.parameters) << of_gradient;
    ASSERT_EQ(actual.history.recoveries.size(), 3U);
    for (size_t i = 0; i < 3; ++i) {
      EXPECT_EQ(actual.history.recoveries[i].epoch, i + 1);
      EXPECT_EQ(actual.history.recoveries[i].batch, 3);
      const double loss = actual.history.epochs[i].training.loss;
      EXPECT_TRUE(of_gradient || loss == expected.history.epochs[i].training.loss);
    }
  }
}

TEST(LeavingBatchesOutChangesNothingWhereAllAreFinite) {
  Training training = Classifier();
  const Ending plain = GoOn(training, nullptr, 1);
  training.options.Set("onNonFinite", Value::Object{{"action", "skipBatch"}});
  EXPECT_TRUE(GoOn(training, nullptr, 1).parameters == plain.parameters);
  training.options.Set("onNonFinite", Value::Object{{"action", "rollback"}});
  EXPECT_TRUE(GoOn(training, nullptr, 1).parameters == plain.parameters);
}

TEST(AnUpdateIsLeftOutWithOneOfItsBatches) {
  Training training = InOrder({{"action", "skipBatch"}});
  training.options.Set("accumulateBatches", 2);
  training.options.Set("epochs", 1);
  const Ending ended = TrainByBrokenLoss(training, {3});
  EXPECT_EQ(ended.history.recoveries.size(), 1U);
  EXPECT_EQ(ended.history.state->updates, 3);
  const StateArray* steps = ended.history.state->state.Find("optimizer.steps");
  EXPECT_EQ(ended.history.state->state.Values<double>(*steps)[0], 2.0);
}

TEST(PlacesOfRecoveriesAreWholeNumbers) {
  const Training training = InOrder({{"action", "skipBatch"}});
  const Ending ended = TrainByBrokenLoss(training, {3});
  const RunSnapshot& snapshot = *ended.history.state;
  const StateArray* places = snapshot.state.Find("recoveries.places");
  ASSERT_TRUE(places != nullptr);
  for (const double value : {0.0, 1.5, 1e300, std::numeric_limits<double>::infinity()}) {
    const SharedSnapshot changed = With(snapshot, "recoveries.places", places, value);
    EXPECT_THROWS(TrainByBrokenLoss(training, {}, false, changed), "state.recoveries.places");
  }
}

TEST(AnEpochWithoutAnUpdateEndsTheRun) {
  const Training training = InOrder({{"action", "skipBatch"}});
  EXPECT_THROWS(TrainByBrokenLoss(training, {6, 7, 8, 9, 10}), "every update of epoch 2");
}

TEST(ARunGoesBackToTheBeginningOfTheEpochWithALowerRate) {
  Training training = InOrder({{"action", "rollback"}, {"factor", 0.25}, {"times", 2}});
  training.options.Set("averaging", Value::Object{{"decay", 0.5}});
  // In the third batch of the second epoch, and in the first of the third.
  const Ending actual = TrainByBrokenLoss(training, {8, 14});
  ASSERT_EQ(actual.history.recoveries.size(), 2U);
  EXPECT_EQ(actual.history.recoveries[0].epoch, 2);
  EXPECT_EQ(actual.history.recoveries[0].batch, 3);
  EXPECT_EQ(actual.history.recoveries[1].epoch, 3);
  EXPECT_EQ(actual.history.recoveries[1].batch, 1);
  EXPECT_EQ(actual.history.epochs.size(), 3U);
  EXPECT_EQ(actual.history.epochs[1].learning_rate, 0.25 * 0.001);
  EXPECT_EQ(actual.history.epochs[2].learning_rate, 0.0625 * 0.001);
  Training part = training;
  SharedSnapshot state;
  Ending expected;
  for (int epoch = 1; epoch <= 3; ++epoch) {
    part.options.Set("epochs", epoch);
    part.options.Set("optimizer",
                     Value::Object{{"type", "adam"}, {"learningRate", 0.004 / (1 << 2 * epoch)}});
    expected = TrainByBrokenLoss(part, {}, false, state);
    state = expected.history.state;
  }
  EXPECT_TRUE(actual.parameters == expected.parameters);
  EXPECT_THROWS(TrainByBrokenLoss(training, {8, 14, 15}), "NaN in epoch 3, batch 1");
}

TEST(RunsThatLeaveOutOrGoBackGoOn) {
  // One row is far away: a batch with it has no finite loss.
  Training training = Regressor();
  training.data = RandomData(37, 5, "matrix", 2, 2);
  std::vector<float> inputs(training.data->float_inputs(), training.data->float_inputs() + 37 * 5);
  inputs[60] = 1e30f;
  training.data->WriteInputs(0, std::span<const float>(inputs));
  training.spec = Spec(5, {Dense(7, "linear"), Dense(2, "linear")});
  training.options.Set("onNonFinite", Value::Object{{"action", "skipBatch"}});
  training.options.Set("accumulateBatches", 2);
  const Ending skipped = ExpectExactResumes(training, 1);
  EXPECT_EQ(skipped.history.recoveries.size(), 3U);
  Training too_fast = Regressor();
  too_fast.spec = Spec(5, {Dense(7, "linear"), Dense(2, "linear")});
  too_fast.options.Set("optimizer", Value::Object{{"type", "sgd"}, {"learningRate", 1e30}});
  too_fast.options.Set("averaging", Value::Object{{"decay", 0.5}});
  too_fast.options.Set("onNonFinite",
                       Value::Object{{"action", "rollback"}, {"factor", 1e-12}, {"times", 20}});
  const Ending slower = ExpectExactResumes(too_fast, 1);
  EXPECT_EQ(slower.history.recoveries.size(), 3U);
}

// ---- Warm starts ----

Ending GoOnWarm(const Training& training, const std::shared_ptr<Network>& network, int64_t epochs,
                bool warm) {
  Value options = training.OptionsWith(1);
  options.Set("epochs", epochs);
  options.Set("warmStart", warm);
  Run run(network, training.data, nullptr, options);
  RecordingSink sink;
  RecordedHistory history = Execute(run, sink);
  return {std::move(history), AllParameters(*network)};
}

TEST(WarmStartsGoOnWithTheOptimizer) {
  std::vector<Value> optimizers = Optimizers();
  optimizers.emplace_back("lbfgs");
  for (const Value& optimizer : optimizers) {
    Training training = Regressor();
    training.options.Set("optimizer", optimizer);
    training.options.Set("shuffle", false);
    const Ending whole = GoOnWarm(training, training.NewNetwork(), 5, false);
    const std::shared_ptr<Network> network = training.NewNetwork();
    // There is nothing to go on with at first.
    GoOnWarm(training, network, 2, true);
    const Ending parts = GoOnWarm(training, network, 3, true);
    EXPECT_TRUE(parts.parameters == whole.parameters) << optimizer.Describe();
  }
}

TEST(ColdStartsForgetTheOptimizer) {
  const Training training = Regressor();
  const std::shared_ptr<Network> network = training.NewNetwork();
  EXPECT_TRUE(network->kept_optimizer() == nullptr);
  const size_t before = network->bytes();
  GoOnWarm(training, network, 1, false);
  EXPECT_TRUE(network->kept_optimizer() != nullptr);
  EXPECT_GT(network->bytes(), before);
  {
    const Run cold(network, training.data, nullptr, training.OptionsWith(1));
    EXPECT_TRUE(network->kept_optimizer() == nullptr);
  }
  GoOnWarm(training, network, 1, false);
  const size_t bytes = network->bytes();
  GoOnWarm(training, network, 1, false);
  EXPECT_EQ(network->bytes(), bytes);  // one optimizer is kept, not two
  Training refused = training;
  refused.options.Set("monitor", "nothing");
  EXPECT_THROWS(GoOnWarm(refused, network, 1, false), "monitor");
  EXPECT_TRUE(network->kept_optimizer() != nullptr);
  Training other = training;
  other.options.Set("optimizer", "adamW");
  EXPECT_THROWS(GoOnWarm(other, network, 1, true), "warmStart");
  EXPECT_TRUE(network->kept_optimizer() != nullptr);
}

TEST(AWarmStartMayKeepAShorterHistory) {
  Training training = Regressor();
  training.options.Set("optimizer", Value::Object{{"type", "lbfgs"}, {"historySize", 5}});
  const std::shared_ptr<Network> network = training.NewNetwork();
  GoOnWarm(training, network, 8, false);
  training.options.Set("optimizer", Value::Object{{"type", "lbfgs"}, {"historySize", 2}});
  const Ending ended = GoOnWarm(training, network, 1, true);
  EXPECT_TRUE(ended.history.state->state.Find("lbfgs.2.move") == nullptr);
}

// ---- Time ----

TEST(ATimeLimitEndsARun) {
  Training training = Regressor();
  training.options.Set("epochs", 1000000000);
  training.options.Set("timeLimit", 0.01);
  const Ending ended = GoOn(training, nullptr, 1);
  EXPECT_TRUE(ended.history.time_is_over);
  EXPECT_FALSE(ended.history.stopped);
  EXPECT_FALSE(ended.history.state->complete);
  EXPECT_GT(ended.history.state->updates, 0);
  // The time of one run is not that of the next.
  const Ending further = GoOn(training, ended.history.state, 1);
  EXPECT_TRUE(further.history.time_is_over);
  EXPECT_GT(further.history.state->updates, ended.history.state->updates);
  EXPECT_GT(further.history.seconds, ended.history.seconds);
  training.options.Set("timeLimit", 0);
  EXPECT_THROWS(GoOn(training, nullptr, 1), "timeLimit");
}

}  // namespace
}  // namespace layerwise::testing
