// First weights: drawn when they are read, and only where nobody has written others.
#include "native/network/first_weights.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "native/network/network.h"
#include "test/native/plan/support.h"

namespace layerwise::testing {
namespace {

Value Orthogonal(Value layer) {
  return WithMembers(std::move(layer), {{"kernelInitializer", Value("orthogonal")},
                                        {"biasInitializer", Value("normal")}});
}

Value TwoLayers() {
  return Spec(
      12, {Orthogonal(Dense(10, "tanh")), BatchNormalisation(), Orthogonal(Dense(4, "linear"))});
}

TEST(OnlyBlocksWithoutValuesAreDrawn) {
  const Network network(TwoLayers());
  const ParameterLayout& layout = network.layout();
  FirstWeights first(network.spec(), layout);
  std::vector<float> parameters(static_cast<size_t>(layout.size()), 0.0f);
  const ParameterBlock& given = layout.blocks()[0];
  const auto fill = [&] { std::fill_n(&parameters[0] + given.offset, given.panels.size(), 7.0f); };
  first.Replace(0, fill);
  EXPECT_FALSE(first.AreAllThere());
  first.DrawInto(parameters.data());
  EXPECT_TRUE(first.AreAllThere());
  std::vector<float> expected = AllParameters(network);
  std::fill_n(&expected[0] + given.offset, given.panels.size(), 7.0f);
  EXPECT_TRUE(parameters == expected);
  std::fill(parameters.begin(), parameters.end(), 0.0f);
  first.DrawInto(parameters.data());  // once only
  EXPECT_TRUE(parameters == std::vector<float>(parameters.size(), 0.0f));
}

TEST(NothingIsDrawnOnceAllBlocksAreReplaced) {
  const Network network(TwoLayers());
  FirstWeights first(network.spec(), network.layout());
  std::vector<float> parameters(static_cast<size_t>(network.layout().size()), 7.0f);
  first.ReplaceAll();
  first.DrawInto(parameters.data());
  EXPECT_TRUE(parameters == std::vector<float>(parameters.size(), 7.0f));
}

TEST(FirstWeightsDoNotDependOnWhatIsWrittenBefore) {
  const Network untouched(TwoLayers());
  Network network(TwoLayers());
  const std::vector<float> bias{1, 2, 3, 4};
  network.WriteParameter("3.bias", bias);
  EXPECT_TRUE(ParameterValues(network, "3.bias") == bias);
  for (const char* name : {"0.weight", "0.bias", "2.running_var", "3.weight"}) {
    EXPECT_TRUE(ParameterValues(network, name) == ParameterValues(untouched, name)) << name;
  }
}

TEST(PublishedParametersAreNotDrawnOver) {
  Network network(TwoLayers());
  const std::vector<float> parameters(static_cast<size_t>(network.layout().size()), 3.0f);
  network.Publish(parameters.data());
  EXPECT_TRUE(AllParameters(network) == parameters);
}

TEST(FirstWeightsAreTheSameForReadersOnSeveralThreads) {
  const Network expected(TwoLayers());
  for (int round = 0; round < 50; ++round) {
    Network network(TwoLayers());
    std::vector<std::vector<float>> seen(3);
    std::vector<std::thread> readers;
    for (std::vector<float>& own : seen) {
      readers.emplace_back([&] { own = AllParameters(network); });
    }
    network.WriteParameter("3.bias", ParameterValues(expected, "3.bias"));
    for (std::thread& reader : readers) reader.join();
    for (const std::vector<float>& own : seen) EXPECT_TRUE(own == AllParameters(expected));
  }
}

}  // namespace
}  // namespace layerwise::testing
