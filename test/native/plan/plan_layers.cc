// What layers of a plan made of a batch.
#include "native/plan/plan_layers.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "native/training/session.h"
#include "test/native/plan/support.h"

namespace layerwise::testing {
namespace {

constexpr int64_t kRows = 3;

// Of a plan that trains: it keeps what every layer makes for the way back.
PlanOptions PlanOf(const Network& network) {
  PlanOptions options;
  options.gradients = true;
  options.to = network.spec().layers.size();
  options.batch_rows = kRows;
  return options;
}

void RunForward(Session& session, float input) {
  session.Allocate();
  session.LoadNewest();
  const MatrixView& inputs = session.plan().batch().inputs();
  for (int64_t row = 0; row < kRows; ++row) {
    for (int64_t column = 0; column < inputs.columns; ++column) inputs.Row(row)[column] = input;
  }
  session.plan().Forward(session.pool(), session.parameters(), kRows);
}

TEST(TheFirstLayerWithNumbersThatAreNotFiniteIsNamed) {
  const auto network = RandomNetwork(
      Spec(4, {Dense(6, "tanh"), Dense(5, "linear"), Residual({Dense(5, "linear")})}));
  Session finite(network, PlanOf(*network));
  RunForward(finite, 0.5f);
  EXPECT_EQ(finite.plan().layers().FirstNonFinite(kRows), "");
  // The bias of the second layer is wrong, which the block behind it takes over.
  std::vector<float> parameters = AllParameters(*network);
  std::vector<float> bias(5, 0.0f);
  bias[3] = std::numeric_limits<float>::infinity();
  WriteBlock(*network->layout().Find(1, ParameterRole::kBias), bias, parameters.data());
  network->Publish(parameters.data());
  Session infinite(network, PlanOf(*network));
  RunForward(infinite, 0.5f);
  EXPECT_EQ(infinite.plan().layers().FirstNonFinite(kRows), network->spec().layers[1]->path);
  EXPECT_EQ(infinite.plan().layers().FirstNonFinite(0), "");
}

TEST(InspectedLayersEndWithTheirLastStep) {
  const auto network = RandomNetwork(Spec(4, {Dense(6, "tanh"), Dense(5, "softmax")}));
  PlanOptions options = PlanOf(*network);
  options.inspects = true;
  Session session(network, options);
  RunForward(session, 0.5f);
  const PlanLayers& layers = session.plan().layers();
  const MatrixView& hidden = layers.Inspected(0).value->output;
  EXPECT_EQ(hidden.columns, 6);
  for (int64_t column = 0; column < 6; ++column) EXPECT_LT(std::fabs(hidden.Row(0)[column]), 1.0f);
  double sum = 0;
  const MatrixView& outputs = layers.Inspected(1).value->output;
  EXPECT_EQ(outputs.columns, 5);
  for (int64_t column = 0; column < 5; ++column) sum += static_cast<double>(outputs.Row(0)[column]);
  EXPECT_NEAR(sum, 1.0, 1e-6);
  EXPECT_TRUE(static_cast<bool>(layers.Inspected(0).gradient));
}

}  // namespace
}  // namespace layerwise::testing
