// Products of bfloat16 numbers with sums in single precision, and the conversions they need.
//
// Two numbers that follow each other along the depth of a product share a 32-bit word, so a product
// of depth d has (d + 1) / 2 steps over words, and everything else is as in gemm.h. Where the
// processor has no such instruction both halves are multiplied in single precision, with the same
// rounding of the inputs.
#pragma once

#include <cstdint>
#include <span>

#include "native/kernels/gemm.h"
#include "native/kernels/instruction_set.h"

namespace layerwise {

// C (rows, width) = start + A (rows, depth) * B (depth, width); depth, strides of A and B in words.
struct Bf16Panel {
  int64_t rows = 0;
  int64_t depth = 0;
  const uint32_t* a = nullptr;  // element (i, k) at a[i * a_row_stride + k * a_depth_stride]
  int64_t a_row_stride = 1;     // one of the two strides is 1
  int64_t a_depth_stride = 1;
  const uint32_t* b = nullptr;  // element (k, j) at b[k * b_stride + j]
  int64_t b_stride = 0;
  float* c = nullptr;  // element (i, j) at c[i * c_stride + j]
  int64_t c_stride = 0;
  const float* start = nullptr;              // (width), or null for zeros
  const float* upcoming[kMaxUpcoming] = {};  // as in GemmPanel
};

struct Bf16Kernels {
  const char* name = "";
  int lanes = 0;
  bool native = false;                      // whether the processor multiplies such numbers
  void (*panel[3])(const Bf16Panel&) = {};  // by width - 1, in vectors
  // As GemmKernels::few_rows, with the bits of the panels one by one.
  void (*few_rows)(const Bf16Panel& first, int64_t panels) = nullptr;
  // Whether an A whose rows are side by side should be transposed before: a panel takes it as it
  // is, but slowly, and with sums in another order.
  bool wants_rows_apart = false;
  // Pairs of neighbours in each row: to[i][j] = (from[i][2j], from[i][2j + 1]). Columns are whole
  // vectors.
  void (*pair_columns)(const float* from, int64_t from_stride, int64_t rows, int64_t columns,
                       uint32_t* to, int64_t to_stride) = nullptr;
  // Pairs of rows: to[i][j] = (from[2i][j], from[2i + 1][j]); a missing last row counts as zeros.
  // Reads and writes whole vectors.
  void (*pair_rows)(const float* from, int64_t from_stride, int64_t rows, int64_t columns,
                    uint32_t* to, int64_t to_stride) = nullptr;
};

// What this processor runs with the set, best first; the last one is for processors that cannot
// multiply bfloat16 numbers.
std::span<const Bf16Kernels* const> AvailableBf16Kernels(InstructionSet set);
inline const Bf16Kernels& Bf16KernelsFor(InstructionSet set) {
  return *AvailableBf16Kernels(set).front();
}

}  // namespace layerwise
