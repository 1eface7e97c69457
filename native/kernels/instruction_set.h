// Which instruction sets this build has, which of them the processor has, and which one is used.
#pragma once

#include <span>

namespace layerwise {

enum class InstructionSet { kScalar, kAvx2, kAvx512, kNeon };

// "scalar", "avx2", "avx512", "neon".
const char* InstructionSetName(InstructionSet set);

// Compiled in and supported by this processor and operating system; the scalar set always is. Worst
// first.
std::span<const InstructionSet> AvailableInstructionSets();

// The best available one, or the one that LAYERWISE_ISA names. Decided at the first call; throws an
// Error when the named set is unknown or not available.
InstructionSet SelectedInstructionSet();

// Whether the processor multiplies bfloat16 numbers natively beside AVX-512.
bool HasAvx512Bf16();
// Whether it has tiles of them beside AVX-512 (AMX-BF16) and this process may use them. The first
// call asks the system for them.
bool HasAmxBf16();

}  // namespace layerwise
