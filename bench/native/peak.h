// The ceiling of the arithmetic: how many operations the processor's multiply-add units do when
// nothing but multiply-adds on registers runs.
#pragma once

#include "native/kernels/instruction_set.h"

namespace layerwise::bench {

enum class Precision { kFloat32, kBfloat16 };

// Whether there is a peak to measure: vector sets only, and bfloat16 only with AMX-BF16 or
// AVX512-BF16.
bool HasPeak(InstructionSet set, Precision precision);

// Operations per second (a multiply-add is two), all threads together: the best of several slices
// within `seconds`, because a ceiling is what is possible, not what a disturbed slice reached.
double MeasurePeak(InstructionSet set, Precision precision, int threads, double seconds);

}  // namespace layerwise::bench
