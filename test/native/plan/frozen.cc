// Layers that training leaves as they are, and normalisations without scale or shift.
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "native/network/network.h"
#include "native/plan/predictor.h"
#include "native/training/run.h"
#include "test/native/plan/support.h"

namespace layerwise::testing {
namespace {

Value LayerNormalisation() { return Value::Object{{"type", "layerNorm"}}; }

void Train(const std::shared_ptr<Network>& network, const Value& options) {
  const std::shared_ptr<Dataset> data =
      RandomData(40, network->input_size(), "matrix", network->output_size(), 2);
  Run run(network, data, nullptr, options);
  RecordingSink sink;
  run.Execute(sink);
}

// Every way to update parameters: as soon as gradients are known, once all are, and in full
// batches.
std::vector<Value> RunsOfEveryKind() {
  const Value decaying =
      Value::Object{{"type", "adamW"}, {"learningRate", 0.05}, {"weightDecay", 0.1}};
  Value deferred = RunOptions(3, 16, decaying, "meanSquaredError");
  deferred.Set("gradientClipping", Value::Object{{"norm", 0.5}});
  return {RunOptions(3, 16, decaying, "meanSquaredError"), deferred,
          RunOptions(3, 16, "lbfgs", "meanSquaredError")};
}

TEST(TrainingLeavesFrozenLayersAsTheyAre) {
  const Value spec =
      Spec(6, {Frozen(Dense(9, "tanh")), Dense(17, "linear"), Frozen(BatchNormalisation()),
               Frozen(Prelu(false)), Frozen(LayerNormalisation()), Frozen(Maxout(9, 2)),
               Dense(2, "linear")});
  for (const Value& options : RunsOfEveryKind()) {
    auto network = std::make_shared<Network>(spec);
    const std::vector<float> before = AllParameters(*network);
    Train(network, options);
    const std::vector<float> after = AllParameters(*network);
    for (const ParameterBlock& block : network->layout().blocks()) {
      const bool learns = block.layer == 1 || block.layer == 6;
      EXPECT_EQ(block.trainable(), learns);
      const auto from = static_cast<size_t>(block.offset);
      const auto count = static_cast<size_t>(block.panels.size());
      const bool same =
          std::equal(before.begin() + from, before.begin() + from + count, after.begin() + from);
      EXPECT_EQ(same, !learns) << block.name << " by " << options.Describe();
    }
  }
}

TEST(TrainingDoesNotBoundFrozenWeights) {
  auto network = std::make_shared<Network>(
      Spec(6, {Frozen(WithMembers(Dense(9, "tanh"), {{"maxNorm", 0.1}})), Dense(2, "linear")}));
  const std::vector<float> before = ParameterValues(*network, "0.weight");
  Train(network, RunOptions(2, 16, "adam", "meanSquaredError"));
  EXPECT_TRUE(before == ParameterValues(*network, "0.weight"));
}

TEST(TrainingANetworkThatIsFrozenChangesNothing) {
  for (const Value& options : RunsOfEveryKind()) {
    auto network = std::make_shared<Network>(Spec(
        4, {Frozen(Dense(5, "tanh")), Frozen(BatchNormalisation()), Frozen(Dense(1, "tanh"))}));
    const std::vector<float> before = AllParameters(*network);
    Train(network, options);
    EXPECT_TRUE(before == AllParameters(*network)) << options.Describe();
  }
}

// One that neither scales nor shifts has nothing to learn, but still measures.
TEST(NormalisationWithoutParametersKeepsItsRunningStatistics) {
  auto network = std::make_shared<Network>(
      Spec(6, {BatchNormalisation(false, false, false), Dense(2, "linear")}));
  Train(network, RunOptions(2, 16, "adam", "meanSquaredError"));
  for (const float mean : ParameterValues(*network, "0.running_mean")) EXPECT_TRUE(mean != 0.0f);
}

TEST(PredictionsOfEveryKindOfNormalisationEqualTheNaiveOnes) {
  constexpr int64_t kRows = 40;
  for (const bool scale : {true, false}) {
    for (const bool shift : {true, false}) {
      for (const bool frozen : {true, false}) {
        for (const Precision precision : {Precision::kFloat32, Precision::kBf16}) {
          const Value norm = BatchNormalisation(scale, shift, frozen);
          auto network = std::make_shared<Network>(
              Spec(6, {norm, Dense(17, "linear"), norm, Activation("relu"),
                       Dense(33, "tanh", false), norm, Dense(2, "linear", false), norm}));
          std::vector<float> parameters = AllParameters(*network);
          Generator random(3);
          Randomise(network->layout(), random, parameters.data());
          network->Publish(parameters.data());
          std::vector<float> inputs(kRows * 6);
          random.Fill(inputs.data(), kRows * 6, -2, 2);
          std::vector<float> outputs(kRows * 2);
          Predictor(network, 0, 8, 1, precision).Predict(inputs, kRows, outputs);
          const reference::Matrix exact =
              reference::Forward(TwinOf(*network), ToMatrix(inputs, kRows, 6),
                                 reference::Mode::kPrediction)
                  .outputs;
          const double bound = precision == Precision::kBf16 ? 0.1 : 2e-5;
          for (size_t i = 0; i < outputs.size(); ++i) {
            EXPECT_NEAR(outputs[i], exact.values[i], bound) << norm.Describe();
          }
        }
      }
    }
  }
}

TEST(NormalisationsOwnWhatTheyLearn) {
  const Network network(
      Spec(3, {BatchNormalisation(false, true, false), BatchNormalisation(true, false, true),
               BatchNormalisation(false, false, false)}));
  std::vector<std::string> names;
  for (const ParameterBlock& block : network.layout().blocks()) names.push_back(block.name);
  EXPECT_TRUE((names == std::vector<std::string>{"0.bias", "0.running_mean", "0.running_var",
                                                 "1.weight", "1.running_mean", "1.running_var",
                                                 "2.running_mean", "2.running_var"}));
}

}  // namespace
}  // namespace layerwise::testing
