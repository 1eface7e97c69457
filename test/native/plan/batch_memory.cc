// A batch in the memory of a plan: where its rows are read, and its outputs beside each other.
#include "native/plan/batch_memory.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "native/plan/view_rows.h"
#include "native/training/session.h"
#include "test/native/plan/support.h"

namespace layerwise::testing {
namespace {

constexpr int64_t kRows = 4;

PlanOptions PredictingPlan(const Network& network, Precision precision = Precision::kFloat32) {
  PlanOptions options;
  options.to = network.spec().layers.size();
  options.batch_rows = kRows;
  options.precision = precision;
  return options;
}

std::unique_ptr<Session> Opened(const std::shared_ptr<Network>& network,
                                const PlanOptions& options) {
  auto session = std::make_unique<Session>(network, options);
  session->Allocate();
  session->LoadNewest();
  return session;
}

std::vector<float> Forward(Session& session, int64_t columns) {
  session.plan().Forward(session.pool(), session.parameters(), kRows);
  std::vector<float> outputs(static_cast<size_t>(kRows * columns));
  session.plan().batch().CopyOutputs(kRows, outputs.data());
  return outputs;
}

TEST(OnlyProductsReadRowsThatLieAnywhere) {
  const auto dense = std::make_shared<Network>(Spec(5, {Dense(3, "tanh")}));
  EXPECT_TRUE(Opened(dense, PredictingPlan(*dense))->plan().batch().ReadsRowsAnywhere());
  // Conversions, activations and passes backwards take whole vectors.
  const PlanOptions rounding = PredictingPlan(*dense, Precision::kBf16);
  EXPECT_FALSE(Opened(dense, rounding)->plan().batch().ReadsRowsAnywhere());
  PlanOptions keeping = PredictingPlan(*dense);
  keeping.gradients = true;
  Session trains(dense, keeping);
  EXPECT_FALSE(trains.plan().batch().ReadsRowsAnywhere());
  const auto activation =
      std::make_shared<Network>(Spec(5, {Activation("tanh"), Dense(3, "linear")}));
  EXPECT_FALSE(Opened(activation, PredictingPlan(*activation))->plan().batch().ReadsRowsAnywhere());
}

TEST(RowsThatLieAnywhereGiveTheSameOutputs) {
  const auto network = RandomNetwork(Spec(5, {Dense(7, "tanh"), Dense(3, "linear")}));
  const auto session = Opened(network, PredictingPlan(*network));
  BatchMemory& batch = session->plan().batch();
  std::vector<float> rows(kRows * 5);
  Generator(4).Fill(rows.data(), kRows * 5, -1, 1);
  CopyRowsIn(rows.data(), 5, kRows, batch.inputs());
  const std::vector<float> expected = Forward(*session, 3);
  // Others lie in the memory of the plan meanwhile, and are read again afterwards.
  CopyRowsIn(std::vector<float>(kRows * 5, 0.25f).data(), 5, kRows, batch.inputs());
  batch.ReadRowsFrom(rows.data());
  EXPECT_TRUE(Forward(*session, 3) == expected);
  batch.ReadRowsFrom(nullptr);
  EXPECT_FALSE(Forward(*session, 3) == expected);
}

TEST(OutputsOfHeadsAreCopiedBesideEachOther) {
  const Value heads =
      Value::Object{{"type", "heads"},
                    {"heads", Value::Object{{"a", Value::Array{Dense(2, "linear")}},
                                            {"b", Value::Array{Dense(3, "tanh")}}}}};
  const auto network = RandomNetwork(Spec(5, {Dense(6, "relu"), heads}));
  const auto session = Opened(network, PredictingPlan(*network));
  const BatchMemory& batch = session->plan().batch();
  Generator random(9);
  for (int64_t row = 0; row < kRows; ++row) random.Fill(batch.inputs().Row(row), 5, -1, 1);
  const std::vector<float> both = Forward(*session, 5);
  ASSERT_EQ(batch.output_count(), 2);
  for (int64_t row = 0; row < kRows; ++row) {
    const float* beside = &both[static_cast<size_t>(row * 5)];
    EXPECT_TRUE(std::equal(beside, beside + 2, batch.outputs(0).Row(row))) << row;
    EXPECT_TRUE(std::equal(beside + 2, beside + 5, batch.outputs(1).Row(row))) << row;
  }
}

}  // namespace
}  // namespace layerwise::testing
