// Weights of 0 for everything are refused.
#include "native/training/weight_checks.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "native/network/network.h"
#include "native/training/gradient_check.h"
#include "native/training/run.h"
#include "test/native/plan/support.h"

namespace layerwise::testing {
namespace {

constexpr int64_t kRows = 12;

std::shared_ptr<Dataset> Labelled(const std::vector<float>& weights) {
  auto data = std::make_shared<Dataset>(Value(Value::Object{{"rows", kRows},
                                                            {"columns", 2},
                                                            {"inputType", "float32"},
                                                            {"target", "classes"},
                                                            {"targetColumns", 3},
                                                            {"weights", true}}));
  std::vector<float> inputs(2 * kRows);
  Generator(3).Fill(inputs.data(), 2 * kRows, -1, 1);
  std::vector<int32_t> classes;
  for (int32_t i = 0; i < kRows; ++i) classes.push_back(i % 2);  // none of class 2
  data->WriteInputs(0, std::span<const float>(inputs));
  data->WriteTargets(0, std::span<const int32_t>(classes));
  data->WriteWeights(0, std::span<const float>(weights));
  return data;
}

Value Options(std::initializer_list<Value::Member> more = {}) {
  Value options = RunOptions(1, 4, "adam", "crossEntropy");
  for (const Value::Member& member : more) options.Set(member.first, member.second);
  return options;
}

void Train(const std::shared_ptr<Dataset>& data, const std::shared_ptr<Dataset>& validation,
           const Value& options) {
  auto network = std::make_shared<Network>(Spec(2, {Dense(3, "softmax")}));
  RecordingSink sink;
  Run(network, data, validation, options).Execute(sink);
}

Value ClassWeightsOf(double a, double b, double c) {
  return Value::Array{Value(a), Value(b), Value(c)};
}

TEST(WeightsOfZeroForAllRowsAreRefused) {
  const std::vector<float> none(kRows, 0.0f);
  std::vector<float> some = none;
  some[5] = 1;
  EXPECT_THROWS(Train(Labelled(none), nullptr, Options()), "among the rows to train on");
  EXPECT_THROWS(Train(Labelled(some), Labelled(none), Options()), "validation.weights");
  Train(Labelled(some), Labelled(some), Options());
  auto network = std::make_shared<Network>(Spec(2, {Dense(3, "softmax")}));
  EXPECT_THROWS(Evaluate(network, Labelled(none), "crossEntropy", {}), "to evaluate");
  GradientCheck check(network, Labelled(none), Value::Object{{"loss", "crossEntropy"}});
  EXPECT_THROWS(check.Execute(std::atomic<bool>(false)), "to check with");
}

TEST(WeightsOfZeroForAllClassesOfTheRowsAreRefused) {
  const std::shared_ptr<Dataset> data = Labelled(std::vector<float>(kRows, 1.0f));
  EXPECT_THROWS(Train(data, nullptr, Options({{"classWeights", ClassWeightsOf(0, 0, 0)}})),
                "classWeights");
  EXPECT_THROWS(Train(data, nullptr, Options({{"classWeights", ClassWeightsOf(0, 0, 5)}})),
                "classWeights");
  Train(data, nullptr, Options({{"classWeights", ClassWeightsOf(0, 1, 0)}}));
  std::vector<float> even(kRows, 0.0f);
  for (size_t i = 0; i < even.size(); i += 2) even[i] = 1;  // of class 0
  EXPECT_THROWS(
      Train(Labelled(even), nullptr, Options({{"classWeights", ClassWeightsOf(0, 1, 1)}})),
      "classWeights");
}

}  // namespace
}  // namespace layerwise::testing
