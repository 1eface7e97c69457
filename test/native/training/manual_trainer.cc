// The loop by hand: the gradients that it gives, and the same training as a run of the same steps.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "native/core/error.h"
#include "native/network/network.h"
#include "native/training/manual_trainer.h"
#include "native/training/run.h"
#include "test/native/plan/support.h"

namespace layerwise::testing {
namespace {

constexpr int64_t kInputs = 5;
constexpr int64_t kOutputs = 3;

Value SmallSpec() {
  return Spec(kInputs, {Dense(9, "tanh"), BatchNormalisation(), Dense(kOutputs, "sigmoid")});
}

Value Sgd(double rate) { return Value::Object{{"type", "sgd"}, {"learningRate", rate}}; }

Value Options(int64_t batch_size, const Value& optimizer,
              std::initializer_list<Value::Member> more = {}) {
  Value options =
      Value::Object{{"batchSize", batch_size}, {"optimizer", optimizer}, {"threads", 1}};
  for (const Value::Member& member : more) options.Set(member.first, member.second);
  return options;
}

std::vector<float> RandomValues(int64_t count, uint64_t seed) {
  std::vector<float> values(static_cast<size_t>(count));
  Generator random(seed);
  random.Fill(values.data(), count, -1, 1);
  return values;
}

// The loss whose gradient by the outputs is `slopes`.
double LinearLoss(const std::vector<float>& outputs, const std::vector<float>& slopes) {
  double sum = 0;
  for (size_t i = 0; i < outputs.size(); ++i) {
    sum += static_cast<double>(outputs[i]) * static_cast<double>(slopes[i]);
  }
  return sum;
}

std::vector<float> ForwardOf(ManualTrainer& trainer, const std::vector<float>& inputs,
                             bool training = true, int64_t outputs = kOutputs) {
  const int64_t rows = static_cast<int64_t>(inputs.size()) / kInputs;
  std::vector<float> values(static_cast<size_t>(rows * outputs));
  trainer.Forward(inputs, rows, training, values);
  return values;
}

std::vector<float> GradientOf(ManualTrainer& trainer, const Network& network,
                              const std::string& name) {
  std::vector<float> gradient(static_cast<size_t>(network.ParameterSize(name)));
  trainer.ReadGradient(name, gradient);
  return gradient;
}

// The gradients of all trained parameters, one after the other.
std::vector<float> AllGradients(ManualTrainer& trainer, const Network& network) {
  std::vector<float> all;
  for (const ParameterBlock& block : network.layout().blocks()) {
    if (!block.trainable()) continue;
    const std::vector<float> one = GradientOf(trainer, network, block.name);
    all.insert(all.end(), one.begin(), one.end());
  }
  return all;
}

ErrorKind KindThrown(const std::function<void()>& call, std::string* path) {
  try {
    call();
  } catch (const Error& error) {
    *path = error.path();
    return error.kind();
  }
  throw std::runtime_error("nothing was thrown");
}

TEST(ManualGradientsOfParametersAreThoseOfTheLoss) {
  for (const char* precision : {"float32", "bf16"}) {
    const auto network = std::make_shared<Network>(SmallSpec());
    ManualTrainer trainer(network, Options(12, Sgd(0.1), {{"precision", precision}}));
    const std::vector<float> inputs = RandomValues(12 * kInputs, 3);
    const std::vector<float> slopes = RandomValues(12 * kOutputs, 4);
    ForwardOf(trainer, inputs);
    trainer.Backward(slopes);
    const double tolerance = precision == std::string("bf16") ? 0.05 : 2e-3;
    for (const char* name : {"0.weight", "0.bias", "2.weight", "2.bias", "3.weight", "3.bias"}) {
      const std::vector<float> gradient = GradientOf(trainer, *network, name);
      std::vector<float> values = ParameterValues(*network, name);
      double scale = 0;
      for (const float value : gradient) scale = std::fmax(scale, std::fabs(value));
      for (size_t i = 0; i < values.size(); i += 3) {
        const float kept = values[i];
        constexpr float kStep = 2e-2f;
        double losses[2];
        for (int side = 0; side < 2; ++side) {
          values[i] = side == 0 ? kept - kStep : kept + kStep;
          network->WriteParameter(name, values);
          ManualTrainer probe(network, Options(12, Sgd(0.1)));
          losses[side] = LinearLoss(ForwardOf(probe, inputs), slopes);
        }
        values[i] = kept;
        network->WriteParameter(name, values);
        const double numerical = (losses[1] - losses[0]) / (2.0 * static_cast<double>(kStep));
        EXPECT_NEAR(gradient[i], numerical, tolerance * (0.1 + scale)) << name << " " << i;
      }
    }
  }
}

TEST(ManualGradientOfTheInputsIsThatOfTheLoss) {
  // The first step of a plan may be of any kind.
  const Value first_layers[] = {Dense(9, "tanh"), Activation("tanh"), BatchNormalisation(),
                                Activation("softmax"), Maxout(6, 2)};
  for (const Value& first : first_layers) {
    const auto network =
        std::make_shared<Network>(Spec(kInputs, {first, Dense(kOutputs, "sigmoid")}));
    ManualTrainer trainer(network, Options(7, Sgd(0.1), {{"inputGradient", true}}));
    std::vector<float> inputs = RandomValues(7 * kInputs, 5);
    const std::vector<float> slopes = RandomValues(7 * kOutputs, 6);
    ForwardOf(trainer, inputs);
    trainer.Backward(slopes);
    std::vector<float> gradient(inputs.size());
    trainer.ReadInputGradient(gradient);
    trainer.ZeroGradients();
    for (size_t i = 0; i < inputs.size(); ++i) {
      const float kept = inputs[i];
      constexpr float kStep = 2e-3f;
      inputs[i] = kept + kStep;
      const double above = LinearLoss(ForwardOf(trainer, inputs), slopes);
      inputs[i] = kept - kStep;
      const double below = LinearLoss(ForwardOf(trainer, inputs), slopes);
      inputs[i] = kept;
      EXPECT_NEAR(gradient[i], (above - below) / (2.0 * static_cast<double>(kStep)), 3e-3)
          << first.Describe() << " " << i;
    }
  }
}

// A network that a run and a loop by hand train: dropout, so that random numbers count too.
Value TwinSpec() {
  return Spec(kInputs, {Dense(40, "relu"), Value::Object{{"type", "dropout"}, {"rate", 0.25}},
                        Dense(kOutputs, "linear")});
}

// Mean squared error over the rows, as the loss of a run has it.
std::vector<float> SquaredErrorGradient(const std::vector<float>& outputs,
                                        const std::vector<float>& targets, int64_t rows) {
  std::vector<float> gradient(outputs.size());
  const float scale = 1.0f / static_cast<float>(rows);
  for (size_t i = 0; i < outputs.size(); ++i) {
    gradient[i] = 2.0f / static_cast<float>(kOutputs) * (outputs[i] - targets[i]) * scale;
  }
  return gradient;
}

TEST(ManualStepsAreThoseOfARun) {
  constexpr int64_t kRows = 23;  // the last batch is smaller
  constexpr int64_t kBatch = 9;
  const Value clipped = Value::Object{{"norm", 0.05}};
  for (const Value& optimizer : {Sgd(0.1), Value("adam"), Value("adamW")}) {
    for (const bool clips : {false, true}) {
      const std::vector<float> inputs = RandomValues(kRows * kInputs, 7);
      const std::vector<float> targets = RandomValues(kRows * kOutputs, 8);
      auto data = std::make_shared<Dataset>(Value(Value::Object{{"rows", kRows},
                                                                {"columns", kInputs},
                                                                {"inputType", "float32"},
                                                                {"target", "matrix"},
                                                                {"targetColumns", kOutputs}}));
      data->WriteInputs(0, std::span<const float>(inputs));
      data->WriteTargets(0, std::span<const float>(targets));
      Value run_options = RunOptions(2, kBatch, optimizer, "meanSquaredError");
      run_options.Set("shuffle", false);
      run_options.Set("seed", 11);
      Value options = Options(kBatch, optimizer, {{"seed", 11}});
      if (clips) run_options.Set("gradientClipping", clipped);
      if (clips) options.Set("gradientClipping", clipped);

      const auto by_run = std::make_shared<Network>(TwinSpec());
      Run run(by_run, data, nullptr, run_options);
      RecordingSink sink;
      const double rate = Execute(run, sink).epochs.back().learning_rate;

      const auto by_hand = std::make_shared<Network>(TwinSpec());
      ManualTrainer trainer(by_hand, options);
      for (int epoch = 0; epoch < 2; ++epoch) {
        for (int64_t at = 0; at < kRows; at += kBatch) {
          const int64_t rows = std::min(kBatch, kRows - at);
          const auto part = [&](const std::vector<float>& all, int64_t columns) {
            return std::vector<float>(all.begin() + at * columns,
                                      all.begin() + (at + rows) * columns);
          };
          const std::vector<float> outputs = ForwardOf(trainer, part(inputs, kInputs));
          trainer.Backward(SquaredErrorGradient(outputs, part(targets, kOutputs), rows));
          trainer.Step(rate);
        }
      }
      trainer.Publish();
      const std::vector<float> a = AllParameters(*by_run);
      const std::vector<float> b = AllParameters(*by_hand);
      for (size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 2e-6) << optimizer.Describe();
    }
  }
}

TEST(ManualStepsAreTheSameWhetherTheGradientsWereLookedAt) {
  std::vector<float> ends[2];
  for (const bool looks : {false, true}) {
    const auto network = std::make_shared<Network>(SmallSpec());
    ManualTrainer trainer(network, Options(8, Value("adam")));
    for (uint64_t batch = 0; batch < 5; ++batch) {
      ForwardOf(trainer, RandomValues(8 * kInputs, batch));
      trainer.Backward(RandomValues(8 * kOutputs, 100 + batch));
      if (looks) AllGradients(trainer, *network);
      trainer.Step(0.01);
    }
    trainer.Publish();
    ends[looks ? 1 : 0] = AllParameters(*network);
  }
  EXPECT_TRUE(ends[0] == ends[1]);
}

TEST(ManualGradientsAddUpUntilTheStep) {
  // Without batch normalisation, whose passes depend on the other rows.
  const auto network =
      std::make_shared<Network>(Spec(kInputs, {Dense(9, "tanh"), Dense(kOutputs, "linear")}));
  ManualTrainer trainer(network, Options(8, Sgd(0.1)));
  const std::vector<float> inputs = RandomValues(8 * kInputs, 1);
  const std::vector<float> slopes = RandomValues(8 * kOutputs, 2);
  ForwardOf(trainer, inputs);
  trainer.Backward(slopes);
  const std::vector<float> whole = AllGradients(trainer, *network);
  trainer.ZeroGradients();
  for (const float value : AllGradients(trainer, *network)) EXPECT_EQ(value, 0.0f);
  for (const int half : {0, 1}) {
    const auto part = [&](const std::vector<float>& all, int64_t columns) {
      return std::vector<float>(all.begin() + half * 4 * columns,
                                all.begin() + (half + 1) * 4 * columns);
    };
    ForwardOf(trainer, part(inputs, kInputs));
    trainer.Backward(part(slopes, kOutputs));
  }
  const std::vector<float> added = AllGradients(trainer, *network);
  for (size_t i = 0; i < whole.size(); ++i) EXPECT_NEAR(added[i], whole[i], 1e-5);
  const std::vector<float> before = ParameterValues(*network, "0.weight");
  trainer.Step(1.0);
  trainer.Publish();
  const std::vector<float> after = ParameterValues(*network, "0.weight");
  for (size_t i = 0; i < after.size(); ++i) EXPECT_NEAR(before[i] - after[i], added[i], 1e-5);
  for (const float value : AllGradients(trainer, *network)) EXPECT_EQ(value, 0.0f);
}

TEST(AManualTrainerFollowsWhatElseChangesTheNetwork) {
  const auto network = std::make_shared<Network>(Spec(kInputs, {Dense(kOutputs, "linear")}));
  ManualTrainer trainer(network, Options(4, Sgd(0.5)));
  const std::vector<float> inputs = RandomValues(4 * kInputs, 1);
  const std::vector<float> slopes = RandomValues(4 * kOutputs, 2);
  ForwardOf(trainer, inputs);
  trainer.Backward(slopes);  // of the first weights
  const std::vector<float> zeros(kOutputs * kInputs);
  network->WriteParameter("0.weight", zeros);
  trainer.Step(0.5);  // from the new ones
  trainer.Publish();
  const std::vector<float> weights = ParameterValues(*network, "0.weight");
  for (int64_t o = 0; o < kOutputs; ++o) {
    for (int64_t i = 0; i < kInputs; ++i) {
      float gradient = 0;
      for (int64_t row = 0; row < 4; ++row) {
        gradient += slopes[static_cast<size_t>(row * kOutputs + o)] *
                    inputs[static_cast<size_t>(row * kInputs + i)];
      }
      EXPECT_NEAR(weights[static_cast<size_t>(o * kInputs + i)], -0.5f * gradient, 1e-6);
    }
  }
}

TEST(ManualTrainersRefuseWhatIsOutOfOrder) {
  const auto network = std::make_shared<Network>(SmallSpec());
  ManualTrainer trainer(network, Options(4, Sgd(0.1)));
  const std::vector<float> inputs = RandomValues(4 * kInputs, 1);
  std::vector<float> slopes = RandomValues(4 * kOutputs, 2);
  std::vector<float> room(4 * kInputs);
  std::string path;
  const auto backward = [&] { trainer.Backward(slopes); };
  EXPECT_TRUE(KindThrown(backward, &path) == ErrorKind::kState);
  EXPECT_EQ(path, "backward");
  EXPECT_TRUE(KindThrown([&] { trainer.Step(0.1); }, &path) == ErrorKind::kState);
  EXPECT_EQ(path, "step");
  ForwardOf(trainer, inputs, false);
  EXPECT_TRUE(KindThrown(backward, &path) == ErrorKind::kState);
  ForwardOf(trainer, inputs);
  slopes[4] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(KindThrown(backward, &path) == ErrorKind::kData);
  EXPECT_EQ(path, "outputGradient[1][1]");
  slopes[4] = 0;
  trainer.Backward(slopes);
  EXPECT_TRUE(KindThrown(backward, &path) == ErrorKind::kState);
  EXPECT_TRUE(KindThrown([&] { trainer.ReadInputGradient(room); }, &path) == ErrorKind::kState);
  EXPECT_EQ(path, "inputGradient");
  network->BeginRun();
  EXPECT_TRUE(KindThrown([&] { trainer.Step(0.1); }, &path) == ErrorKind::kState);
  EXPECT_TRUE(KindThrown([&] { ForwardOf(trainer, inputs); }, &path) == ErrorKind::kState);
  EXPECT_EQ(path, "forward");
  network->EndRun();
  trainer.Step(0.1);
  EXPECT_TRUE(KindThrown([&] { ForwardOf(trainer, RandomValues(5 * kInputs, 1)); }, &path) ==
              ErrorKind::kShape);
  EXPECT_EQ(path, "inputs");
  const auto wide = std::make_shared<Network>(Spec(kInputs, {Dense(kOutputs, "linear")}));
  ManualTrainer diverges(wide, Options(4, Sgd(0.1)));
  wide->WriteParameter("0.weight", std::vector<float>(kInputs * kOutputs, 3e38f));
  const std::vector<float> large(4 * kInputs, 3e38f);
  EXPECT_TRUE(KindThrown([&] { ForwardOf(diverges, large); }, &path) == ErrorKind::kDivergence);
  EXPECT_EQ(path, "layers[0]");
}

// Layers in blocks do not count among those of the network.
TEST(ManualTrainingNamesTheLayerThatDivergesBehindAndInBlocks) {
  const std::vector<float> large(4 * kInputs, 3e38f);
  for (const auto& [weight, where] : {std::pair{"0.layers.0.weight", "layers[0].layers[0]"},
                                      std::pair{"1.weight", "layers[1]"}}) {
    const auto network = std::make_shared<Network>(
        Spec(kInputs, {Residual({Dense(kInputs, "linear")}), Dense(kOutputs, "linear")}));
    ManualTrainer trainer(network, Options(4, Sgd(0.1)));
    const auto size = static_cast<size_t>(network->ParameterSize(weight));
    network->WriteParameter("0.layers.0.weight", std::vector<float>(kInputs * kInputs, 0.0f));
    network->WriteParameter(weight, std::vector<float>(size, 3e38f));
    std::string path;
    EXPECT_TRUE(KindThrown([&] { ForwardOf(trainer, large); }, &path) == ErrorKind::kDivergence);
    EXPECT_EQ(path, where);
  }
}

TEST(ManualStepsHaveTheSameBitsAtAnyNumberOfThreads) {
  std::vector<float> ends[2];
  for (const int threads : {1, 3}) {
    const auto network =
        std::make_shared<Network>(Spec(kInputs, {Dense(300, "relu"), Dense(kOutputs, "tanh")}));
    Value options = Options(130, Value("adam"));
    options.Set("threads", threads);
    ManualTrainer trainer(network, options);
    for (uint64_t batch = 0; batch < 3; ++batch) {
      ForwardOf(trainer, RandomValues(130 * kInputs, batch));
      trainer.Backward(RandomValues(130 * kOutputs, 50 + batch));
      trainer.Step(0.01);
    }
    trainer.Publish();
    ends[threads == 1 ? 0 : 1] = AllParameters(*network);
  }
  EXPECT_TRUE(ends[0] == ends[1]);
}

// ---- States ----

void StepOf(ManualTrainer& trainer, uint64_t seed) {
  ForwardOf(trainer, RandomValues(12 * kInputs, seed));
  trainer.Backward(RandomValues(12 * kOutputs, seed + 100));
  trainer.Step(0.01);
}

TEST(ATrainerGoesOnFromTheStateOfAnother) {
  const Value spec =
      Spec(kInputs, {Dense(9, "tanh"), BatchNormalisation(), Value::Object{{"type", "dropout"}},
                     Dense(kOutputs, "sigmoid")});
  for (const Value& optimizer : {Value("adam"), Sgd(0.1)}) {
    for (const bool amid_step : {false, true}) {
      const auto network = std::make_shared<Network>(spec);
      ManualTrainer trainer(network, Options(12, optimizer));
      StepOf(trainer, 1);
      StepOf(trainer, 2);
      if (amid_step) {
        ForwardOf(trainer, RandomValues(12 * kInputs, 3));
        trainer.Backward(RandomValues(12 * kOutputs, 4));
      }
      SavedState state;
      trainer.Save(state);
      const auto other_network = std::make_shared<Network>(spec);
      ManualTrainer other(other_network, Options(12, optimizer));
      StepOf(other, 7);
      other.Load(state);
      EXPECT_EQ(other.updates(), 2);
      for (ManualTrainer* each : {&trainer, &other}) {
        StepOf(*each, 5);
        StepOf(*each, 6);
        each->Publish();
      }
      EXPECT_TRUE(AllParameters(*network) == AllParameters(*other_network)) << amid_step;
    }
  }
}

TEST(AStateThatDoesNotFitATrainerChangesNothing) {
  const auto network = std::make_shared<Network>(SmallSpec());
  ManualTrainer trainer(network, Options(12, "adam"));
  StepOf(trainer, 1);
  SavedState before;
  trainer.Save(before);
  const auto other_network =
      std::make_shared<Network>(Spec(kInputs, {Dense(8, "tanh"), Dense(kOutputs, "sigmoid")}));
  ManualTrainer other(other_network, Options(12, "adam"));
  SavedState state;
  other.Save(state);
  EXPECT_THROWS(trainer.Load(state), "state.parameters");
  // Only the last of its arrays is not there.
  std::vector<StateArray> arrays = before.arrays();
  arrays.pop_back();
  SavedState shorter;
  shorter.Reserve(arrays);
  for (size_t i = 0; i < arrays.size(); ++i) {
    shorter.Write(shorter.arrays()[i], before.Read(before.arrays()[i]));
  }
  for (float& value : shorter.Values<float>(*shorter.Find("parameters"))) value = 0.5f;
  EXPECT_THROWS(trainer.Load(shorter), "state.");
  SavedState after;
  trainer.Save(after);
  for (const StateArray& array : before.arrays()) {
    if (array.type != NumberType::kFloat32) continue;
    const auto a = before.Values<float>(array);
    const auto b = after.Values<float>(*after.Find(array.name));
    EXPECT_TRUE(std::equal(a.begin(), a.end(), b.begin(), b.end())) << array.name;
  }
}

}  // namespace
}  // namespace layerwise::testing
