// Copies rows of a data set into a batch: padded, shuffled, bytes turned into numbers.
#pragma once

#include <cstdint>

#include "native/kernels/instruction_set.h"

namespace layerwise {

struct RowCopy {
  const uint32_t* rows = nullptr;  // which rows, or null for first_row, first_row + 1, ...
  int64_t first_row = 0;
  int64_t count = 0;
  int64_t upcoming = 0;  // how many more entries of `rows` follow, to be copied next
  int64_t columns = 0;
  int64_t from_stride = 0;  // what is between columns and the end of it is zero
  float* to = nullptr;      // (count, columns), padded to to_stride
  int64_t to_stride = 0;
};

struct RowFetch {
  const void* from = nullptr;
  int64_t row_bytes = 0;
  int64_t stride_bytes = 0;
  const uint32_t* rows = nullptr;  // which ones
  int64_t count = 0;
};

struct RowKernels {
  void (*copy_floats)(const RowCopy& copy, const float* from) = nullptr;
  // byte * scale + offset
  void (*copy_bytes)(const RowCopy& copy, const uint8_t* from, float scale, float offset) = nullptr;
  // Brings rows near that will be copied soon.
  void (*fetch)(const RowFetch& rows) = nullptr;
};

const RowKernels& RowKernelsFor(InstructionSet set);

}  // namespace layerwise
