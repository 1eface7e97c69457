// What is wrong with a spec or with options is said with its path.
#include "native/network/spec.h"

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "native/core/error.h"
#include "native/network/network.h"
#include "test/native/plan/support.h"

namespace layerwise::testing {
namespace {

struct Complaint {
  std::string path;
  ErrorKind kind = ErrorKind::kMemory;
  std::string message;
};

template <typename F>
Complaint ComplaintOf(F&& fn) {
  try {
    fn();
  } catch (const Error& error) {
    return {error.path(), error.kind(), error.what()};
  }
  return {"(no complaint)", ErrorKind::kMemory, ""};
}

Value WithMember(Value object, const std::string& name, Value value) {
  object.Set(name, std::move(value));
  return object;
}

Value DenseWith(const std::string& name, Value value) {
  return WithMember(Dense(3, "relu"), name, std::move(value));
}

struct BadSpec {
  Value spec;
  std::string path;
  std::string fragment;  // of the message
};

TEST(WrongSpecsAreRefusedWithTheirPath) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  const Value good = Dense(4, "tanh");
  const auto leaky = [](Value slope) {
    return DenseWith("activation", Value::Object{{"type", "leakyRelu"}, {"slope", slope}});
  };
  const std::vector<BadSpec> table = {
      {Value(3.0), "", "an object"},
      {Value::Object{{"layers", Value::Array{good}}}, "inputSize", "nothing"},
      {Value::Object{{"inputSize", 3}}, "layers", "nothing"},
      {Spec(0, {good}), "inputSize", "0"},
      {Spec(-3, {good}), "inputSize", "-3"},
      {Spec(int64_t{1} << 40, {good}), "inputSize", ""},
      {WithMember(Spec(3, {good}), "inputSize", 2.5), "inputSize", "2.5"},
      {WithMember(Spec(3, {good}), "inputSize", nan), "inputSize", "NaN"},
      {WithMember(Spec(3, {good}), "inputSize", "3"), "inputSize", "\"3\""},
      {WithMember(Spec(3, {good}), "seed", -1), "seed", "-1"},
      {WithMember(Spec(3, {good}), "seed", 4294967296.0), "seed", ""},
      {WithMember(Spec(3, {good}), "loss", "crossEntropy"), "loss", "\"loss\""},
      {Spec(3, {}), "layers", "[0 items]"},
      {WithMember(Spec(3, {good}), "layers", "dense"), "layers", "an array"},
      {Spec(3, {good, Value("relu")}), "layers[1]", "an object"},
      {Spec(3, {good, Value::Object{{"units", 3}}}), "layers[1].type", "nothing"},
      {Spec(3, {good, Value::Object{{"type", "conv"}}}), "layers[1].type", "dense, activation"},
      {Spec(3, {good, Value::Object{{"type", "dense"}}}), "layers[1].units", "nothing"},
      {Spec(3, {good, good, DenseWith("units", 0)}), "layers[2].units", "0"},
      {Spec(3, {good, good, DenseWith("units", -1)}), "layers[2].units", "-1"},
      {Spec(3, {DenseWith("units", 1.5)}), "layers[0].units", "1.5"},
      {Spec(3, {DenseWith("units", infinity)}), "layers[0].units", "Infinity"},
      {Spec(3, {DenseWith("units", double{1 << 25})}), "layers[0].units", ""},
      {Spec(3, {DenseWith("unit", 3)}), "layers[0].unit", "\"unit\""},
      {Spec(3, {DenseWith("bias", 1)}), "layers[0].bias", "true or false"},
      {Spec(3, {DenseWith("activation", "rleu")}), "layers[0].activation", "relu"},
      {Spec(3, {DenseWith("activation", 3)}), "layers[0].activation", ""},
      {Spec(3, {leaky(-0.1)}), "layers[0].activation.slope", "-0.1"},
      {Spec(3, {leaky(nan)}), "layers[0].activation.slope", "NaN"},
      {Spec(3, {leaky("steep")}), "layers[0].activation.slope", "steep"},
      {Spec(3, {DenseWith("activation", Value::Object{{"type", "relu"}, {"slope", 1}})}),
       "layers[0].activation.slope", "relu"},
      {Spec(3, {DenseWith("activation", Value::Object{{"slope", 1}})}), "layers[0].activation.type",
       "nothing"},
      {Spec(3, {DenseWith("kernelInitializer", "he")}), "layers[0].kernelInitializer", "heNormal"},
      {Spec(3, {DenseWith("kernelInitializer",
                          Value::Object{{"type", "normal"}, {"standardDeviation", -1}})}),
       "layers[0].kernelInitializer.standardDeviation", "-1"},
      {Spec(3, {DenseWith("biasInitializer", Value::Object{{"type", "constant"}, {"value", nan}})}),
       "layers[0].biasInitializer.value", "NaN"},
      {Spec(3, {DenseWith("kernelInitializer",
                          Value::Object{{"type", "varianceScaling"}, {"mode", "fan"}})}),
       "layers[0].kernelInitializer.mode", "fanAverage"},
      {Spec(3, {DenseWith("kernelInitializer",
                          Value::Object{{"type", "varianceScaling"}, {"mode", 1}})}),
       "layers[0].kernelInitializer.mode", "fanAverage"},
      {Spec(3, {good, Value::Object{{"type", "activation"}}}), "layers[1].activation", "nothing"},
      {Spec(3, {good, WithMember(Activation("relu"), "units", 3)}), "layers[1].units", "\"units\""},
      {Spec(3, {good, WithMember(BatchNormalisation(), "momentum", 1.5)}), "layers[1].momentum",
       "1.5"},
      {Spec(3, {good, WithMember(BatchNormalisation(), "epsilon", 0)}), "layers[1].epsilon", "0"},
      {Spec(3, {good, WithMember(BatchNormalisation(), "epsilon", 1e-50)}), "layers[1].epsilon",
       "1e-30"},
      {Spec(3, {good, WithMember(BatchNormalisation(), "units", 3)}), "layers[1].units", "units"},
      {Spec(3, {good, WithMember(BatchNormalisation(), "scale", 1)}), "layers[1].scale", "1"},
      {Spec(3, {good, WithMember(BatchNormalisation(), "frozen", "yes")}), "layers[1].frozen",
       "yes"},
      {Spec(3, {WithMember(Dense(2, "relu"), "frozen", 1)}), "layers[0].frozen", "1"},
  };
  for (const BadSpec& bad : table) {
    const Complaint complaint = ComplaintOf([&] { const Network network(bad.spec); });
    EXPECT_EQ(complaint.path, bad.path) << complaint.message;
    EXPECT_TRUE(complaint.kind == ErrorKind::kArgument) << complaint.message;
    EXPECT_TRUE(complaint.message.find(bad.fragment) != std::string::npos) << complaint.message;
  }
}

TEST(SpecsFillInDefaults) {
  const NetworkSpec spec = ReadNetworkSpec(Value::Object{
      {"inputSize", 3},
      {"layers", Value::Array{Value::Object{{"type", "dense"}, {"units", 2}, {"bias", Value()}},
                              Value::Object{{"type", "activation"}, {"activation", "leakyRelu"}},
                              BatchNormalisation()}}});
  EXPECT_EQ(spec.seed, 0);
  EXPECT_TRUE(dynamic_cast<const DenseLayer&>(*spec.layers[0]).weights.bias);
  EXPECT_EQ(std::string(ActivationOf(*spec.layers[0]).info.name), "linear");
  EXPECT_EQ(spec.layers[1]->input_size, 2);
  EXPECT_EQ(spec.layers[1]->output_size, 2);
  EXPECT_EQ(spec.layers[1]->activation()->parameters.at(0), 0.01);
  const auto& norm = dynamic_cast<const BatchNormLayer&>(*spec.layers[2]);
  EXPECT_EQ(norm.momentum, 0.1);
  EXPECT_EQ(norm.epsilon, 1e-5);
}

TEST(SpecsTakeTheLargestSeed) {
  const Network network(Spec(1, {Dense(1, "linear")}, 4294967295));
  EXPECT_EQ(network.spec().seed, 4294967295U);
}

// A network that no memory holds is refused, not attempted.
TEST(NetworksBeyondAllMemoryAreRefused) {
  const int64_t huge = kMaxUnits;
  const Complaint complaint =
      ComplaintOf([&] { const Network network(Spec(huge, {Dense(huge, "relu")})); });
  EXPECT_TRUE(complaint.kind == ErrorKind::kMemory) << complaint.message;
}

// ---- Options of runs ----

struct BadOption {
  std::string name;
  Value value;
  std::string path;
  ErrorKind kind = ErrorKind::kArgument;
};

TEST(WrongOptionsOfARunAreRefusedWithTheirPath) {
  auto network = std::make_shared<Network>(Spec(3, {Dense(2, "softmax")}));
  const std::shared_ptr<Dataset> data = RandomData(10, 3, "classes", 2, 1);
  const auto validation = [](double split) { return Value::Object{{"split", split}}; };
  const std::vector<BadOption> table = {
      {"epochs", 0, "epochs"},
      {"epochs", -1, "epochs"},
      {"epochs", 1.5, "epochs"},
      {"epochs", Value(), "epochs"},
      {"batchSize", 0, "batchSize"},
      {"batchSize", 11, "batchSize"},
      {"batchSize", "all", "batchSize"},
      {"optimizer", "adamant", "optimizer"},
      {"schedule", "never", "schedule"},
      {"schedule", Value::Object{{"type", "step"}, {"epochs", 0}}, "schedule.epochs"},
      {"accumulateBatches", 0, "accumulateBatches"},
      {"decayBiases", 1, "decayBiases"},
      {"gradientClipping", Value::Object{{"norm", 0}}, "gradientClipping.norm"},
      {"gradientClipping", Value::Object{{"value", -1}}, "gradientClipping.value"},
      {"averaging", Value::Object{{"decay", 1}}, "averaging.decay"},
      {"earlyStopping", Value::Object{{"patience", 0}}, "earlyStopping.patience"},
      {"earlyStopping", Value::Object{{"minDelta", -1}}, "earlyStopping.minDelta"},
      {"earlyStopping", Value::Object{{"monitor", "validation.loss"}}, "earlyStopping.monitor"},
      {"optimizer", Value::Object{{"type", "sgd"}, {"momentum", 1.0}}, "optimizer.momentum"},
      {"optimizer", Value::Object{{"type", "sgd"}, {"nesterov", 1}}, "optimizer.nesterov"},
      {"optimizer", Value::Object{{"type", "sgd"}, {"beta1", 0.9}}, "optimizer.beta1"},
      {"optimizer", Value::Object{{"type", "adam"}, {"learningRate", -1}},
       "optimizer.learningRate"},
      {"optimizer", Value::Object{{"type", "adam"}, {"epsilon", 0}}, "optimizer.epsilon"},
      {"optimizer", Value::Object{{"type", "adam"}, {"epsilon", 1e-40}}, "optimizer.epsilon"},
      {"optimizer", Value::Object{{"type", "adamW"}, {"beta2", 1}}, "optimizer.beta2"},
      {"loss", "triplet", "loss"},
      {"loss", "binaryCrossEntropy", "loss"},
      {"loss", "meanSquaredError", "targets"},
      {"metrics", "accuracy", "metrics"},
      {"metrics", Value::Array{Value("accuracy"), Value("f2")}, "metrics[1]"},
      {"threads", 0, "threads"},
      {"threads", 100000, "threads"},
      {"seed", -1, "seed"},
      {"shuffle", 1, "shuffle"},
      {"validation", validation(0), "validation.split"},
      {"validation", validation(1), "validation.split"},
      {"validation", validation(-0.5), "validation.split"},
      {"learningRate", 0.1, "learningRate"},
  };
  for (const BadOption& bad : table) {
    Value options = RunOptions(1, 5, "adam", "crossEntropy");
    options.Set(bad.name, bad.value);
    const Complaint complaint =
        ComplaintOf([&] { const Run run(network, data, nullptr, options); });
    EXPECT_EQ(complaint.path, bad.path) << complaint.message;
    EXPECT_TRUE(complaint.kind == bad.kind) << complaint.message;
  }
  // None of them has kept the network.
  const Run run(network, data, nullptr, RunOptions(1, 5, "adam", "crossEntropy"));
}

TEST(DataThatDoesNotFitTheNetworkIsRefused) {
  auto network = std::make_shared<Network>(Spec(3, {Dense(2, "softmax")}));
  const Value options = RunOptions(1, 5, "adam", "crossEntropy");
  const auto complaint = [&](const std::shared_ptr<Dataset>& data,
                             const std::shared_ptr<Dataset>& validation = nullptr) {
    return ComplaintOf([&] { const Run run(network, data, validation, options); });
  };
  const std::shared_ptr<Dataset> good = RandomData(10, 3, "classes", 2, 1);
  EXPECT_EQ(complaint(RandomData(10, 4, "classes", 2, 1)).path, "inputs");
  EXPECT_EQ(complaint(RandomData(10, 3, "classes", 3, 1)).path, "targets");
  EXPECT_EQ(complaint(RandomData(10, 3, "matrix", 3, 1)).path, "targets");
  EXPECT_EQ(complaint(RandomData(10, 3, "input", 3, 1)).path, "targets");
  EXPECT_EQ(complaint(RandomData(10, 3, "none", 3, 1)).path, "targets");
  EXPECT_EQ(complaint(good, RandomData(10, 4, "classes", 2, 1)).path, "validation.inputs");
  EXPECT_EQ(complaint(good, RandomData(10, 3, "classes", 3, 1)).path, "validation.targets");
  EXPECT_EQ(complaint(good, RandomData(10, 3, "matrix", 2, 1)).path, "validation.targets");
}

TEST(TargetsOutsideTheBoundsOfTheLossAreRefused) {
  auto network = std::make_shared<Network>(Spec(2, {Dense(2, "sigmoid")}));
  auto data = std::make_shared<Dataset>(Value(Value::Object{{"rows", 3},
                                                            {"columns", 2},
                                                            {"inputType", "float32"},
                                                            {"target", "matrix"},
                                                            {"targetColumns", 2}}));
  data->WriteInputs(0, std::span<const float>(std::vector<float>(6, 0.5f)));
  data->WriteTargets(0, std::span<const float>(std::vector<float>{0, 1, 0.5f, 1, 0, 1.5f}));
  Run run(network, data, nullptr, RunOptions(1, 3, "adam", "binaryCrossEntropy"));
  RecordingSink sink;
  const Complaint complaint = ComplaintOf([&] { run.Execute(sink); });
  EXPECT_EQ(complaint.path, "targets[2][1]");
  EXPECT_TRUE(complaint.kind == ErrorKind::kData) << complaint.message;
  EXPECT_EQ(sink.epochs.size(), 0U);
}

TEST(DataWithUnwrittenRowsIsRefused) {
  auto network = std::make_shared<Network>(Spec(2, {Dense(2, "linear")}));
  auto data = std::make_shared<Dataset>(Value(
      Value::Object{{"rows", 3}, {"columns", 2}, {"inputType", "float32"}, {"target", "input"}}));
  data->WriteInputs(0, std::span<const float>(std::vector<float>(4, 0.5f)));
  const Value options = RunOptions(1, 3, "adam", "meanSquaredError");
  EXPECT_THROWS(Run(network, data, nullptr, options), "all 3 rows");
  data->WriteInputs(2, std::span<const float>(std::vector<float>(2, 0.5f)));
  const Run run(network, data, nullptr, options);
  EXPECT_THROWS(data->WriteInputs(0, std::span<const float>(std::vector<float>(2))), "in use");
}

}  // namespace
}  // namespace layerwise::testing
