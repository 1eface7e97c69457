#include "native/kernels/x86_features.h"

#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "test/native/harness.h"

namespace layerwise::testing {
namespace {

constexpr uint64_t kSavesSse = 0x3;
constexpr uint64_t kSavesAvx = 0x7;
constexpr uint64_t kSavesAvx512 = 0xe7;

// As their manuals have them, as far as the bits matter.
X86Report Nehalem() {
  X86Report report;
  report.leaf1.ecx = 0x0098'e3bd;
  return report;
}

X86Report Haswell() {
  X86Report report;
  report.leaf1.ecx = 0x7ffa'fbbf;
  report.leaf7.ebx = 0x0000'27ab;
  report.saved_registers = kSavesAvx;
  return report;
}

X86Report SkylakeServer() {
  X86Report report = Haswell();
  report.leaf7.ebx = 0xd39f'fffb;
  report.saved_registers = kSavesAvx512;
  return report;
}

X86Report SapphireRapids() {
  X86Report report = SkylakeServer();
  report.leaf7.edx = 0x0140'0000;
  report.leaf7_1.eax = 0x0000'0030;
  return report;
}

TEST(FeaturesGrowWithTheProcessor) {
  const X86Features nehalem = X86FeaturesOf(Nehalem());
  EXPECT_TRUE(!nehalem.avx2 && !nehalem.avx512);
  const X86Features haswell = X86FeaturesOf(Haswell());
  EXPECT_TRUE(haswell.avx2 && !haswell.avx512);
  const X86Features skylake = X86FeaturesOf(SkylakeServer());
  EXPECT_TRUE(skylake.avx2 && skylake.avx512 && !skylake.avx512_bf16 && !skylake.amx_bf16);
  const X86Features sapphire = X86FeaturesOf(SapphireRapids());
  EXPECT_TRUE(sapphire.avx512 && sapphire.avx512_bf16 && sapphire.amx_bf16);
}

TEST(FeaturesNeedASystemThatSavesTheirRegisters) {
  X86Report report = SapphireRapids();
  report.saved_registers = kSavesAvx;
  X86Features features = X86FeaturesOf(report);
  EXPECT_TRUE(features.avx2);
  EXPECT_TRUE(!features.avx512 && !features.avx512_bf16 && !features.amx_bf16);
  report.saved_registers = kSavesSse;
  EXPECT_TRUE(!X86FeaturesOf(report).avx2);
  report.saved_registers = kSavesAvx;
  report.saves_avx512_from_first_use = true;
  EXPECT_TRUE(X86FeaturesOf(report).avx512);
}

TEST(FeaturesNeedAllOfTheirParts) {
  X86Report no_fma = SkylakeServer();
  no_fma.leaf1.ecx &= ~(uint32_t{1} << 12);
  EXPECT_TRUE(!X86FeaturesOf(no_fma).avx2 && !X86FeaturesOf(no_fma).avx512);
  for (const int part : {16, 17, 30, 31}) {
    X86Report report = SkylakeServer();
    report.leaf7.ebx &= ~(uint32_t{1} << part);
    EXPECT_TRUE(X86FeaturesOf(report).avx2 && !X86FeaturesOf(report).avx512) << "bit " << part;
  }
  for (const int part : {22, 24}) {
    X86Report report = SapphireRapids();
    report.leaf7.edx &= ~(uint32_t{1} << part);
    EXPECT_TRUE(!X86FeaturesOf(report).amx_bf16) << "bit " << part;
  }
}

#if defined(__x86_64__) && defined(__linux__)

// The flags that the kernel found usable.
std::set<std::string> KernelFlags() {
  std::ifstream file("/proc/cpuinfo");
  std::set<std::string> flags;
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("flags", 0) != 0) continue;
    std::istringstream words(line);
    for (std::string word; words >> word;) flags.insert(word);
    break;
  }
  return flags;
}

TEST(FeaturesAreThoseThatTheKernelSees) {
  const std::set<std::string> flags = KernelFlags();
  if (flags.empty()) return;
  const auto has = [&](const char* flag) { return flags.contains(flag); };
  const X86Features features = X86FeaturesOf(ReadX86Report());
  const bool avx2 = has("avx2") && has("fma");
  const bool avx512 =
      avx2 && has("avx512f") && has("avx512bw") && has("avx512vl") && has("avx512dq");
  EXPECT_EQ(features.avx2, avx2);
  EXPECT_EQ(features.avx512, avx512);
  EXPECT_EQ(features.avx512_bf16, avx512 && has("avx512_bf16"));
  EXPECT_EQ(features.amx_bf16, avx512 && has("amx_bf16") && has("amx_tile"));
}

#endif

}  // namespace
}  // namespace layerwise::testing
