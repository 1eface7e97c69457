// Plan, threads, memory and parameters of whatever works with a network.
#include "native/training/session.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "test/native/plan/support.h"

namespace layerwise::testing {
namespace {

std::shared_ptr<Network> SmallNetwork() {
  return RandomNetwork(Spec(3, {Dense(4, "tanh"), Dense(2, "softmax")}));
}

// A plan of the whole network; one that trains keeps gradients.
PlanOptions PlanOf(const Network& network, bool trains) {
  PlanOptions options;
  options.to = network.spec().layers.size();
  options.batch_rows = 5;
  options.threads = 2;
  options.gradients = trains;
  return options;
}

TEST(ASessionThatTrainsWorksOnACopyOfTheParameters) {
  const std::shared_ptr<Network> network = SmallNetwork();
  const std::vector<float> before = AllParameters(*network);
  Session session(network, PlanOf(*network, true));
  session.Allocate();
  EXPECT_EQ(session.LoadNewest(), network->version());
  EXPECT_TRUE(std::equal(before.begin(), before.end(), session.parameters()));
  session.plan().trained().values()[0] += 1;
  EXPECT_TRUE(AllParameters(*network) == before);
  EXPECT_EQ(session.pool().size(), 2);
}

TEST(ASessionThatMeasuresReadsTheParametersOfTheNetwork) {
  const std::shared_ptr<Network> network = SmallNetwork();
  Session session(network, PlanOf(*network, false));
  session.Allocate();
  session.LoadNewest();
  EXPECT_TRUE(session.plan().trained().values() == nullptr);
  EXPECT_TRUE(session.parameters() == network->Snapshot()->data());
}

TEST(ASessionTakesWhatWasPublishedSince) {
  const std::shared_ptr<Network> network = SmallNetwork();
  for (const bool trains : {false, true}) {
    Session session(network, PlanOf(*network, trains));
    session.Allocate();
    const uint64_t first = session.LoadNewest();
    std::vector<float> others = AllParameters(*network);
    others[0] += 2;
    network->Publish(others.data());
    EXPECT_TRUE(session.LoadNewest() != first);
    EXPECT_EQ(session.parameters()[0], others[0]);
  }
}

TEST(SessionsShareThreadsWhereThatIsWanted) {
  const std::shared_ptr<Network> network = SmallNetwork();
  Session one(network, PlanOf(*network, true));
  Session other(network, PlanOf(*network, false));
  one.Allocate();
  other.Allocate(one.threads());
  EXPECT_TRUE(&one.pool() == &other.pool());
}

}  // namespace
}  // namespace layerwise::testing
