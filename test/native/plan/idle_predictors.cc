#include "native/plan/idle_predictors.h"

#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "native/network/network.h"
#include "test/native/plan/support.h"

namespace layerwise::testing {
namespace {

constexpr IdlePredictors::Kind kKind{0, 2, 1, Precision::kFloat32};

std::shared_ptr<Network> SmallNetwork() {
  return RandomNetwork(Spec(12, {Dense(20, "relu"), Dense(3, "linear")}));
}

std::vector<float> Predict(IdlePredictors& idle, int64_t rows) {
  const std::vector<float> inputs(static_cast<size_t>(rows) * 12, 0.5f);
  std::vector<float> outputs(static_cast<size_t>(rows) * 3);
  IdlePredictors::Loan predictor = idle.Take(kKind);
  predictor->Predict(inputs, rows, outputs);
  IdlePredictors::Return(std::move(predictor));
  return outputs;
}

TEST(AnIdlePredictorServesTheNextCallOfItsKind) {
  IdlePredictors idle(SmallNetwork());
  IdlePredictors::Loan loan = idle.Take(kKind);
  const Predictor* const first = &*loan;
  IdlePredictors::Return(std::move(loan));
  const IdlePredictors::Loan other = idle.Take({0, 1, 1, Precision::kFloat32});
  EXPECT_TRUE(&*other != first);
  EXPECT_EQ(other->output_size(), 20);
  const IdlePredictors::Loan again = idle.Take(kKind);
  EXPECT_TRUE(&*again == first);
  const IdlePredictors::Loan second = idle.Take(kKind);
  EXPECT_TRUE(&*second != first);
}

TEST(IdlePredictorsOfAnyNumberOfNetworksAreBounded) {
  std::vector<std::unique_ptr<IdlePredictors>> networks;
  const IdlePredictorsTotal before = CountIdlePredictors();
  const std::vector<float> expected = [] {
    IdlePredictors idle(SmallNetwork());
    return Predict(idle, 5);
  }();
  for (int i = 0; i < 3000; ++i) {
    networks.push_back(std::make_unique<IdlePredictors>(SmallNetwork()));
    EXPECT_EQ(Predict(*networks.back(), i % 10 == 0 ? 5 : 100).size(), i % 10 == 0 ? 15u : 300u);
  }
  EXPECT_LT(CountIdlePredictors().count, 1100u);
  EXPECT_LT(CountIdlePredictors().bytes, size_t{40} << 20);
  // Whoever was forgotten comes back with the same bits.
  EXPECT_TRUE(Predict(*networks.front(), 5) == expected);
  networks.clear();
  EXPECT_LE(CountIdlePredictors().count, before.count);
  EXPECT_LE(CountIdlePredictors().bytes, before.bytes);
}

TEST(ALargeIdlePredictorStaysUntilTheNext) {
  IdlePredictors idle(RandomNetwork(Spec(12, {Dense(70'000, "relu"), Dense(3, "linear")})));
  EXPECT_EQ(Predict(idle, 100).size(), 300u);
  EXPECT_EQ(CountIdlePredictors().count, 1u);
  EXPECT_GT(CountIdlePredictors().bytes, size_t{32} << 20);
}

// An idle predictor holds no parameters, but knows when what it derived from them is out of date.
TEST(IdlePredictorsFollowTheParameters) {
  const std::shared_ptr<Network> network =
      RandomNetwork(Spec(12, {Dense(20, "linear"), BatchNormalisation(), Dense(3, "linear")}));
  const IdlePredictors::Kind kind{0, 3, 1, Precision::kBf16};
  IdlePredictors idle(network);
  const std::vector<float> inputs(12, 1.0f);
  for (int round = 0; round < 4; ++round) {
    std::vector<float> outputs(3);
    std::vector<float> expected(3);
    IdlePredictors::Loan predictor = idle.Take(kind);
    predictor->Predict(inputs, 1, outputs);
    IdlePredictors::Return(std::move(predictor));
    Predictor(network, 0, 3, 1, Precision::kBf16).Predict(inputs, 1, expected);
    EXPECT_TRUE(outputs == expected);
    if (round == 1) {
      const std::vector<float> weights(12 * 20, 0.25f);
      network->WriteParameter("0.weight", weights);
    } else {
      std::shared_ptr<const Parameters> newest = network->Snapshot();
      std::vector<float> halved(newest->data(), newest->data() + network->layout().size());
      for (float& parameter : halved) parameter *= 0.5f;
      network->Publish(halved.data());
    }
  }
}

TEST(SeveralThreadsTakeAndReturnPredictors) {
  IdlePredictors first(SmallNetwork());
  IdlePredictors second(SmallNetwork());
  const std::vector<float> expected = Predict(first, 5);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 300; ++round) {
        EXPECT_TRUE(Predict(i % 2 == 0 ? first : second, 5) == expected);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace layerwise::testing
