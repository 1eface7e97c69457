#include "native/kernels/x86_features.h"

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#include <cpuid.h>
#elif defined(_M_X64)
#include <immintrin.h>
#include <intrin.h>
#endif

namespace layerwise {
namespace {

constexpr uint32_t Bit(int index) { return uint32_t{1} << index; }

bool HasAll(uint64_t word, uint64_t bits) { return (word & bits) == bits; }

// Leaf 1.
constexpr uint32_t kFma = Bit(12);  // ecx
// Leaf 7.
constexpr uint32_t kAvx2 = Bit(5);                                   // ebx
constexpr uint32_t kAvx512 = Bit(16) | Bit(17) | Bit(30) | Bit(31);  // ebx: F, DQ, BW, VL
constexpr uint32_t kAmxBf16 = Bit(22) | Bit(24);                     // edx: AMX-BF16, AMX-TILE
// Leaf 7, subleaf 1.
constexpr uint32_t kAvx512Bf16 = Bit(5);  // eax
// XCR0.
constexpr uint64_t kVectorsOf32Bytes = 0x6;  // SSE, upper halves of ymm
constexpr uint64_t kVectorsOf64Bytes =
    kVectorsOf32Bytes | 0xe0;  // masks, upper halves, zmm16 to 31

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))

CpuidRegisters Cpuid(unsigned leaf, unsigned subleaf) {
  CpuidRegisters registers;
  __cpuid_count(leaf, subleaf, registers.eax, registers.ebx, registers.ecx, registers.edx);
  return registers;
}

// The intrinsic would have to be compiled for processors that are sure to have the instruction.
uint64_t ReadSavedRegisters() {
  uint32_t low = 0;
  uint32_t high = 0;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return uint64_t{high} << 32 | low;
}

#elif defined(_M_X64)

CpuidRegisters Cpuid(unsigned leaf, unsigned subleaf) {
  int registers[4];
  __cpuidex(registers, static_cast<int>(leaf), static_cast<int>(subleaf));
  return {static_cast<uint32_t>(registers[0]), static_cast<uint32_t>(registers[1]),
          static_cast<uint32_t>(registers[2]), static_cast<uint32_t>(registers[3])};
}

uint64_t ReadSavedRegisters() { return _xgetbv(0); }

#endif

}  // namespace

X86Features X86FeaturesOf(const X86Report& report) {
  X86Features features;
  features.avx2 = HasAll(report.saved_registers, kVectorsOf32Bytes) &&
                  HasAll(report.leaf1.ecx, kFma) && HasAll(report.leaf7.ebx, kAvx2);
  const bool saves_avx512 =
      report.saves_avx512_from_first_use || HasAll(report.saved_registers, kVectorsOf64Bytes);
  features.avx512 = features.avx2 && saves_avx512 && HasAll(report.leaf7.ebx, kAvx512);
  features.avx512_bf16 = features.avx512 && HasAll(report.leaf7_1.eax, kAvx512Bf16);
  features.amx_bf16 = features.avx512 && HasAll(report.leaf7.edx, kAmxBf16);
  return features;
}

#if defined(__x86_64__) || defined(_M_X64)

X86Report ReadX86Report() {
  constexpr uint32_t kSystemSaves = Bit(27);  // ecx of leaf 1, OSXSAVE: XGETBV may be used
  X86Report report;
  const uint32_t last_leaf = Cpuid(0, 0).eax;
  report.leaf1 = Cpuid(1, 0);
  if (last_leaf >= 7) {
    report.leaf7 = Cpuid(7, 0);
    const uint32_t last_subleaf = report.leaf7.eax;
    if (last_subleaf >= 1) report.leaf7_1 = Cpuid(7, 1);
  }
  if (HasAll(report.leaf1.ecx, kSystemSaves)) report.saved_registers = ReadSavedRegisters();
#if defined(__APPLE__)
  report.saves_avx512_from_first_use = true;
#endif
  return report;
}

#else

X86Report ReadX86Report() { return {}; }

#endif

}  // namespace layerwise
