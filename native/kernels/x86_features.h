// What an x86-64 processor and the operating system on it can do, asked from the processor itself:
// the built-in functions of compilers for that differ, and not every one has their run-time part.
#pragma once

#include <cstdint>

namespace layerwise {

struct CpuidRegisters {
  uint32_t eax = 0;
  uint32_t ebx = 0;
  uint32_t ecx = 0;
  uint32_t edx = 0;
};

// What the processor says; all zero for leaves that it does not have.
struct X86Report {
  CpuidRegisters leaf1;
  CpuidRegisters leaf7;
  CpuidRegisters leaf7_1;
  // The kinds of registers that the operating system saves (XCR0); 0 where it does not say.
  uint64_t saved_registers = 0;
  // macOS saves the registers of AVX-512 from their first use on, and says so only then.
  bool saves_avx512_from_first_use = false;
};

struct X86Features {
  bool avx2 = false;         // with FMA
  bool avx512 = false;       // F, BW, VL and DQ, with AVX2
  bool avx512_bf16 = false;  // with AVX-512
  bool amx_bf16 = false;     // the processor has them; the system has to be asked for the tiles
};

// Features count only where the operating system saves the registers that they need.
X86Features X86FeaturesOf(const X86Report& report);

// Of this processor; an empty report on processors of other families.
X86Report ReadX86Report();

}  // namespace layerwise
