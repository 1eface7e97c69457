// A network as a handle: snapshots while it is trained, its description.
#include "native/network/network.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "native/core/error.h"
#include "native/training/run.h"
#include "test/native/plan/support.h"

namespace layerwise::testing {
namespace {

TEST(ASnapshotDoesNotChangeWhenNewerParametersArePublished) {
  Network network(Spec(3, {Dense(2, "linear")}));
  const auto size = static_cast<size_t>(network.layout().size());
  const std::vector<float> before = AllParameters(network);
  const std::shared_ptr<const Parameters> held = network.Snapshot();
  for (int i = 0; i < 5; ++i) {
    network.Publish(std::vector<float>(size, static_cast<float>(i)).data());
    EXPECT_EQ(network.Snapshot()->data()[0], static_cast<float>(i));
  }
  EXPECT_TRUE(std::vector<float>(held->data(), held->data() + size) == before);
}

TEST(WritingAParameterDoesNotChangeASnapshot) {
  Network network(Spec(1, {Dense(1, "linear")}));
  network.WriteParameter("0.weight", std::vector<float>{1});
  const std::shared_ptr<const Parameters> held = network.Snapshot();
  network.WriteParameter("0.weight", std::vector<float>{2});
  EXPECT_EQ(held->data()[0], 1.0f);
  EXPECT_EQ(network.Snapshot()->data()[0], 2.0f);
}

TEST(PublishingKeepsTwoCopiesAtMost) {
  Network network(Spec(30, {Dense(20, "linear")}));
  const size_t one = network.bytes();
  const std::vector<float> parameters = AllParameters(network);
  for (int i = 0; i < 100; ++i) network.Publish(parameters.data());
  EXPECT_EQ(network.bytes(), 2 * one);
}

TEST(ReadersSeeWholeParametersWhileOthersArePublished) {
  Network network(Spec(8, {Dense(50, "linear")}));
  const auto size = static_cast<size_t>(network.layout().size());
  network.Publish(std::vector<float>(size, 0.0f).data());
  constexpr int kPublished = 2000;
  std::atomic<bool> done{false};
  std::atomic<int64_t> torn{0};
  const auto read = [&] {
    float last = 0;
    while (!done.load()) {
      const std::shared_ptr<const Parameters> snapshot = network.Snapshot();
      const float first = snapshot->data()[0];
      if (first < last) ++torn;  // never older than before
      last = first;
      for (size_t i = 0; i < size; ++i) {
        if (snapshot->data()[i] != first) ++torn;
      }
    }
  };
  std::thread one(read);
  std::thread other(read);
  std::vector<float> parameters(size);
  for (int i = 1; i <= kPublished; ++i) {
    parameters.assign(size, static_cast<float>(i));
    network.Publish(parameters.data());
  }
  done = true;
  one.join();
  other.join();
  EXPECT_EQ(torn.load(), 0);
  EXPECT_EQ(network.Snapshot()->data()[0], static_cast<float>(kPublished));
}

TEST(OneRunAtATimeHoldsANetwork) {
  auto network = std::make_shared<Network>(Spec(3, {Dense(2, "linear")}));
  const std::shared_ptr<Dataset> data = RandomData(4, 3, "matrix", 2, 1);
  const Value options = RunOptions(1, 4, "adam", "meanSquaredError");
  {
    const Run run(network, data, nullptr, options);
    EXPECT_THROWS(Run(network, data, nullptr, options), "under way");
    EXPECT_THROWS(network->WriteParameter("0.bias", std::vector<float>(2)), "under way");
  }
  network->WriteParameter("0.bias", std::vector<float>(2));
  const Run run(network, data, nullptr, options);
}

TEST(LayersAndParametersAreDescribed) {
  const Network network(Spec(4, {Dense(3, "relu"), BatchNormalisation(), Dense(2, "softmax")}));
  const Value layers = network.DescribeLayers();
  ASSERT_EQ(layers.array_if()->size(), 3U);
  const Value& first = layers.array_if()->at(0);
  EXPECT_EQ(*first.Find("type")->string_if(), "dense");
  EXPECT_EQ(*first.Find("inputSize")->number_if(), 4.0);
  EXPECT_EQ(*first.Find("outputSize")->number_if(), 3.0);
  EXPECT_EQ(*first.Find("parameterCount")->number_if(), 15.0);
  EXPECT_EQ(*first.Find("trainableCount")->number_if(), 15.0);
  EXPECT_EQ(*first.Find("activation")->string_if(), "relu");
  const Value& normalisation = layers.array_if()->at(1);
  EXPECT_EQ(*normalisation.Find("parameterCount")->number_if(), 12.0);
  EXPECT_EQ(*normalisation.Find("trainableCount")->number_if(), 6.0);
  EXPECT_TRUE(normalisation.Find("activation")->is_null());
  const Value parameters = network.DescribeParameters();
  const Value& running = parameters.array_if()->at(4);
  EXPECT_EQ(*running.Find("name")->string_if(), "2.running_mean");
  EXPECT_FALSE(*running.Find("trainable")->bool_if());
  EXPECT_EQ(running.Find("shape")->array_if()->size(), 1U);
}

TEST(VariancesBelowZeroAreRefused) {
  Network network(Spec(12, {Dense(10, "linear"), BatchNormalisation()}));
  std::vector<float> values(10, 1.0f);
  values[3] = -1e-6f;
  EXPECT_THROWS(network.WriteParameter("1.running_var", values), "1.running_var[3]");
  network.WriteParameter("1.running_mean", values);
  network.WriteParameter("1.weight", values);
  values[3] = 0.0f;
  network.WriteParameter("1.running_var", values);
  EXPECT_TRUE(ParameterValues(network, "1.running_var") == values);
}

}  // namespace
}  // namespace layerwise::testing
