#include "native/core/processors.h"

#include <string>

#include "native/core/thread_pool.h"
#include "test/native/core/fake_root.h"
#include "test/native/harness.h"

namespace layerwise {
namespace {

int Processors(const FakeRoot& root) { return ControlGroupProcessors(root.path()); }

constexpr const char* kGroups = "proc/self/cgroup";

TEST(NoControlGroupsMeanNoLimit) {
  FakeRoot root;
  EXPECT_EQ(Processors(root), 0);
  root.Write(kGroups, "0::/\n");
  EXPECT_EQ(Processors(root), 0);
  root.Write("sys/fs/cgroup/cpu.max", "max 100000\n");
  EXPECT_EQ(Processors(root), 0);
}

TEST(QuotasOfVersionTwoAreRoundedUp) {
  FakeRoot root;
  root.Write(kGroups, "0::/job\n");
  const auto with = [&](const char* quota) {
    return Processors(root.Write("sys/fs/cgroup/job/cpu.max", quota));
  };
  EXPECT_EQ(with("200000 100000\n"), 2);
  EXPECT_EQ(with("150000 100000\n"), 2);
  EXPECT_EQ(with("50000 100000"), 1);
  EXPECT_EQ(with("1 1000000"), 1);
  EXPECT_EQ(with("max 100000"), 0);
}

TEST(QuotasKeepTheirFractions) {
  FakeRoot root;
  root.Write(kGroups, "0::/job\n").Write("sys/fs/cgroup/job/cpu.max", "150000 100000\n");
  EXPECT_EQ(ControlGroupQuota(root.path()), 1.5);
  root.Write("sys/fs/cgroup/job/cpu.max", "max 100000\n");
  EXPECT_EQ(ControlGroupQuota(root.path()), 0.0);
}

TEST(WholeProcessorsAreSomeOfThoseAvailable) {
  EXPECT_GE(WholeProcessors(), 1);
  EXPECT_LE(WholeProcessors(), AvailableProcessors());
}

TEST(TheTightestGroupOfThePathCounts) {
  FakeRoot root;
  root.Write(kGroups, "0::/a/b/c\n")
      .Write("sys/fs/cgroup/a/cpu.max", "300000 100000\n")
      .Write("sys/fs/cgroup/a/b/cpu.max", "800000 100000\n")
      .Write("sys/fs/cgroup/a/b/c/cpu.max", "max 100000\n");
  EXPECT_EQ(Processors(root), 3);
  root.Write("sys/fs/cgroup/cpu.max", "200000 100000\n");
  EXPECT_EQ(Processors(root), 2);
}

// In a container the path is the host's, the files are at the top.
TEST(PathsThatOnlyTheHostSeesFallBackToTheTop) {
  FakeRoot root;
  root.Write(kGroups, "0::/../../kubepods/pod1/box\n")
      .Write("sys/fs/cgroup/cpu.max", "400000 100000\n");
  EXPECT_EQ(Processors(root), 4);
}

TEST(QuotasOfVersionOneAreRead) {
  FakeRoot root;
  root.Write(kGroups, "5:memory:/x\n4:cpuset:/x\n3:cpu,cpuacct:/docker/1\n1:name=systemd:/x\n");
  root.Write("sys/fs/cgroup/cpu,cpuacct/docker/1/cpu.cfs_quota_us", "-1\n")
      .Write("sys/fs/cgroup/cpu,cpuacct/docker/1/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(Processors(root), 0);
  root.Write("sys/fs/cgroup/cpu,cpuacct/docker/1/cpu.cfs_quota_us", "250000\n");
  EXPECT_EQ(Processors(root), 3);
  root.Write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "100000\n")
      .Write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(Processors(root), 1);
}

TEST(MalformedControlGroupsAreNoLimit) {
  const char* const groups[] = {
      "",       "\n", "0", "0:", "0::", "0::no slash\n", ":::::\n", "0::///\n", "4:cpu:no slash\n",
      "4:cpu\n"};
  const char* const quotas[] = {"", "x y", "-5 100000", "100000", "100000 0", "nan nan", "1e999 1"};
  for (const char* group : groups) {
    FakeRoot root;
    root.Write(kGroups, group);
    EXPECT_EQ(Processors(root), 0) << group;
  }
  for (const char* quota : quotas) {
    FakeRoot root;
    root.Write(kGroups, "0::/\n").Write("sys/fs/cgroup/cpu.max", quota);
    EXPECT_EQ(Processors(root), 0) << quota;
  }
}

TEST(EnormousQuotasDoNotOverflow) {
  FakeRoot root;
  root.Write(kGroups, "0::/\n").Write("sys/fs/cgroup/cpu.max", "1e300 1\n");
  EXPECT_GT(Processors(root), 1000);
}

TEST(NumbersOfThreadsAreParsedStrictly) {
  EXPECT_EQ(ParseThreads("1"), 1);
  EXPECT_EQ(ParseThreads("16"), 16);
  EXPECT_EQ(ParseThreads("007"), 7);
  EXPECT_GE(ParseThreads("99999999999999999999"), kMaxThreads);
  for (const char* text : {"", "0", "-1", "+2", " 2", "2 ", "2.5", "two", "0x10", "1e3"}) {
    EXPECT_EQ(ParseThreads(text), 0) << "\"" << text << "\"";
  }
  EXPECT_EQ(ParseThreads(nullptr), 0);
}

TEST(ThisMachineHasProcessors) {
  EXPECT_GE(AvailableProcessors(), 1);
  EXPECT_EQ(AvailableProcessors(), AvailableProcessors());
  EXPECT_GE(DefaultThreads(), 1);
  EXPECT_LE(DefaultThreads(), kMaxThreads);
}

}  // namespace
}  // namespace layerwise
