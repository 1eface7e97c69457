#include "native/kernels/instruction_set.h"

#include <array>
#include <cstddef>
#include <string>

#include "native/core/environment.h"
#include "native/core/error.h"
#include "native/kernels/x86_features.h"

#if defined(__x86_64__) && defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace layerwise {
namespace {

const X86Features& Processor() {
  static const X86Features features = X86FeaturesOf(ReadX86Report());
  return features;
}

#if defined(__x86_64__) && defined(__linux__)

// The registers of tiles are so large that a process has to ask for them.
bool MayUseTiles() {
  constexpr long kRequestPermission = 0x1023;  // ARCH_REQ_XCOMP_PERM
  constexpr long kTileData = 18;               // XFEATURE_XTILEDATA
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

#else
bool MayUseTiles() { return false; }
#endif

struct Available {
  std::array<InstructionSet, 4> sets{};
  size_t count = 0;
};

Available Detect() {
  Available available;
  available.sets[available.count++] = InstructionSet::kScalar;
  if (Processor().avx2) available.sets[available.count++] = InstructionSet::kAvx2;
  if (Processor().avx512) available.sets[available.count++] = InstructionSet::kAvx512;
#if defined(__aarch64__) || defined(_M_ARM64)
  available.sets[available.count++] = InstructionSet::kNeon;
#endif
  return available;
}

InstructionSet Select() {
  const std::span<const InstructionSet> available = AvailableInstructionSets();
  const std::string forced = EnvironmentVariable("LAYERWISE_ISA").value_or("");
  if (forced.empty()) return available.back();
  std::string names;
  for (const InstructionSet set : available) {
    if (forced == InstructionSetName(set)) return set;
    names += (names.empty() ? "" : ", ") + std::string(InstructionSetName(set));
  }
  throw Error(ErrorKind::kArgument, "LAYERWISE_ISA", "an instruction set of this machine: " + names,
              "\"" + forced + "\"",
              "Name one of these in the environment, or leave the variable out.");
}

}  // namespace

const char* InstructionSetName(InstructionSet set) {
  switch (set) {
    case InstructionSet::kScalar:
      return "scalar";
    case InstructionSet::kAvx2:
      return "avx2";
    case InstructionSet::kAvx512:
      return "avx512";
    case InstructionSet::kNeon:
      return "neon";
  }
  return "unknown";
}

std::span<const InstructionSet> AvailableInstructionSets() {
  static const Available available = Detect();
  return {available.sets.data(), available.count};
}

bool HasAvx512Bf16() { return Processor().avx512_bf16; }

bool HasAmxBf16() {
  static const bool has = Processor().amx_bf16 && MayUseTiles();
  return has;
}

InstructionSet SelectedInstructionSet() {
  static const InstructionSet selected = Select();
  return selected;
}

}  // namespace layerwise
