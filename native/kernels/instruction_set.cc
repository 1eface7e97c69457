#include "native/kernels/instruction_set.h"

#include <array>
#include <cstddef>
#include <string>

#include "native/core/environment.h"
#include "native/core/error.h"

#if defined(__x86_64__) && defined(__linux__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#if (defined(_M_X64) || defined(__x86_64__)) && defined(_MSC_VER) && !defined(__clang__)
#include <immintrin.h>
#include <intrin.h>
#endif

namespace layerwise {
namespace {

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))

// The compiler's built-ins also ask the operating system whether it saves the wide registers.
bool HasAvx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

bool DetectAvx512Bf16() { return __builtin_cpu_supports("avx512bf16"); }

bool HasAvx512() {
  return HasAvx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}

#elif defined(_M_X64)

struct CpuidResult {
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
};

CpuidResult Cpuid(int leaf, int subleaf = 0) {
  int registers[4];
  __cpuidex(registers, leaf, subleaf);
  return {static_cast<unsigned>(registers[0]), static_cast<unsigned>(registers[1]),
          static_cast<unsigned>(registers[2])};
}

bool DetectAvx512Bf16() { return (Cpuid(7, 1).eax >> 5) & 1U; }

bool OsSaves(unsigned long long state) {
  const bool os_uses_xsave = (Cpuid(1).ecx >> 27) & 1U;
  return os_uses_xsave && (_xgetbv(0) & state) == state;
}

bool HasAvx2() {
  const bool fma = (Cpuid(1).ecx >> 12) & 1U;
  const bool avx2 = (Cpuid(7).ebx >> 5) & 1U;
  return OsSaves(0x6) && fma && avx2;
}

bool HasAvx512() {
  constexpr unsigned kFeatures = (1U << 16) | (1U << 17) | (1U << 30) | (1U << 31);  // F DQ BW VL
  return HasAvx2() && OsSaves(0xe6) && (Cpuid(7).ebx & kFeatures) == kFeatures;
}

#endif

#if !defined(__x86_64__) && !defined(_M_X64)
bool DetectAvx512Bf16() { return false; }
#endif

#if defined(__x86_64__) && defined(__linux__)

// The registers of tiles are so large that a process has to ask for them.
bool DetectAmxBf16() {
  constexpr unsigned kFeatures = (1U << 22) | (1U << 24);  // AMX-BF16, AMX-TILE
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) == 0) return false;
  if ((edx & kFeatures) != kFeatures) return false;
  constexpr long kRequestPermission = 0x1023;  // ARCH_REQ_XCOMP_PERM
  constexpr long kTileData = 18;               // XFEATURE_XTILEDATA
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

#else
bool DetectAmxBf16() { return false; }
#endif

struct Available {
  std::array<InstructionSet, 4> sets{};
  size_t count = 0;
};

Available Detect() {
  Available available;
  available.sets[available.count++] = InstructionSet::kScalar;
#if defined(__x86_64__) || defined(_M_X64)
  if (HasAvx2()) available.sets[available.count++] = InstructionSet::kAvx2;
  if (HasAvx512()) available.sets[available.count++] = InstructionSet::kAvx512;
#elif defined(__aarch64__) || defined(_M_ARM64)
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

bool HasAvx512Bf16() {
  static const bool has = DetectAvx512Bf16();
  return has;
}

bool HasAmxBf16() {
  static const bool has = DetectAmxBf16();
  return has;
}

InstructionSet SelectedInstructionSet() {
  static const InstructionSet selected = Select();
  return selected;
}

}  // namespace layerwise
