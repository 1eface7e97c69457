// The penalty on the Jacobian of a dense layer: its loss and gradients, and what it refuses.
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "native/network/network.h"
#include "native/training/evaluation.h"
#include "test/native/plan/gradients.h"
#include "test/native/plan/support.h"

namespace layerwise::testing {
namespace {

using gradients::CheckGradients;
using gradients::Problem;

Value Contraction(double weight) {
  return Value::Object{{"type", "contractivePenalty"}, {"weight", weight}};
}

TEST(GradientsOfContractivePenaltiesUnderEveryActivation) {
  for (const ActivationRow& row : Activations()) {
    if (row.scope != ActivationScope::kElement) continue;
    const std::string name = row.info.name;
    const std::vector<Value::Array> networks = {
        {Dense(9, name), Contraction(0.2), Dense(3, "linear")},
        {Dense(70, "tanh"), Dense(17, name, false), Contraction(0.05), Dense(3, "linear")},
    };
    for (const Value::Array& layers : networks) {
      for (const int64_t rows : {5, 32}) {
        Problem problem{Spec(6, layers), "meanSquaredError"};
        problem.rows = rows;
        problem.spare_rows = 2;
        CheckGradients(problem);
      }
    }
  }
}

TEST(GradientsOfContractivePenaltiesBesideOthers) {
  const Value penalised = WithMembers(
      Dense(21, "sigmoid"), {{"kernelPenalty", Value::Object{{"l1", 0.01}, {"l2", 0.1}}}});
  const std::vector<Value::Array> networks = {
      {penalised, Contraction(0.1), Dense(33, "tanh"), Contraction(0.02), Dense(5, "linear")},
      {Dense(21, "sigmoid"), Contraction(0.1), BatchNormalisation(), Dense(5, "linear")},
      {Dense(21, "sigmoid"), Contraction(0.1), Activation("tanh"), Tied(0, 80, "linear")},
  };
  for (const Value::Array& layers : networks) {
    Problem problem{Spec(80, layers), "meanSquaredError"};
    CheckGradients(problem);
    problem.precision = Precision::kBf16;
    problem.allowance = 3000;
    CheckGradients(problem);
  }
}

TEST(EvaluationsMeasureContractivePenalties) {
  constexpr int64_t kRows = 9;
  constexpr int64_t kInputs = 20;
  auto network = std::make_shared<Network>(Spec(
      kInputs, {Dense(17, "silu"), Contraction(0.3), Dense(7, "tanh"), Dense(kInputs, "linear")}));
  const std::shared_ptr<Dataset> data = RandomData(kRows, kInputs, "input", 0, 3);
  Evaluation evaluation(network, data, Value::Object{{"loss", "meanSquaredError"}});
  const reference::Matrix inputs =
      ToMatrix({data->float_inputs(), kRows * kInputs}, kRows, kInputs);
  EXPECT_NEAR(evaluation.Execute(std::atomic<bool>(false)).loss,
              reference::MeanLoss(TwinOf(*network), LossTwin("meanSquaredError"), inputs, inputs),
              1e-5);
}

TEST(ContractivePenaltiesWantADenseLayerBeforeThem) {
  const auto refuses = [](Value::Array layers, const char* path) {
    EXPECT_THROWS(ReadNetworkSpec(Spec(4, std::move(layers))), path);
  };
  refuses({Contraction(0.1), Dense(4, "linear")}, "layers[0]");
  refuses({Dense(4, "softmax"), Contraction(0.1), Dense(4, "linear")}, "layers[1]");
  refuses({Dense(4, "relu"), BatchNormalisation(), Contraction(0.1)}, "layers[2]");
  refuses({Maxout(4, 2), Contraction(0.1), Dense(4, "linear")}, "layers[1]");
  refuses({Dense(3, "relu"), Tied(0, 4, "relu"), Contraction(0.1)}, "layers[2]");
  refuses({Dense(4, "relu"), Contraction(-1)}, "layers[1].weight");
}

}  // namespace
}  // namespace layerwise::testing
