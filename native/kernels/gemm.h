// Matrix products for training, in single precision. All three forms (forward, gradient of the
// input, gradient of the weights) are one operation: rows of C, one panel of columns wide, from any
// A whose rows or whose depth are contiguous and from a B that is laid out in panels (see
// panels.h).
//
// Every element of C is one chain of multiply-adds in the order of the depth, however the rows and
// panels are cut: results do not depend on the cut, hence not on the number of threads.
#pragma once

#include <cstdint>

#include "native/kernels/instruction_set.h"

namespace layerwise {

inline constexpr int kMaxUpcoming = 3;

// What a row of a packed A takes: tiles are followed by room for what whole vectors write too much.
constexpr int64_t PackedRowStride(int64_t depth) { return depth + 16; }

// The rows and panels that GemmKernels::few_rows computes at once.
inline constexpr int64_t kFewRows = 2;

// C (rows, width) = start + A (rows, depth) * B (depth, width)
struct GemmPanel {
  int64_t rows = 0;
  int64_t depth = 0;
  const float* a = nullptr;  // element (i, k) at a[i * a_row_stride + k * a_depth_stride]
  int64_t a_row_stride = 1;  // one of the two strides is 1
  int64_t a_depth_stride = 1;
  const float* b = nullptr;  // element (k, j) at b[k * b_stride + j]
  int64_t b_stride = 0;
  float* c = nullptr;  // element (i, j) at c[i * c_stride + j]
  int64_t c_stride = 0;
  const float* start = nullptr;  // (width), or null for zeros
  int last_lanes = 0;            // columns stored of the last vector; 0 stands for all of them
  // Memory to fetch while the product runs, because it is needed right afterwards: in each stream,
  // for element (i, j) of C the float at [i * width + j]. Null for none, the first of them for none
  // at all; used where A's rows are contiguous.
  const float* upcoming[kMaxUpcoming] = {};
};

struct GemmKernels {
  int lanes = 0;  // floats in a vector
  // By width - 1, in vectors: panels are one, two or three vectors wide.
  void (*panel[3])(const GemmPanel&) = {};
  // For at most kFewRows rows, contiguous along the depth, and `panels` panels of two vectors that
  // follow each other: one panel's few sums would wait for each other, several panels' do not.
  void (*few_rows)(const GemmPanel& first, int64_t panels) = nullptr;
  // to (columns, lanes) = the transpose of from (rows, columns); rows and columns at most lanes,
  // what is missing of the rows becomes zeros. Reads whole vectors from each row.
  void (*transpose_tile)(const float* from, int64_t from_stride, int rows, int columns, float* to,
                         int64_t to_stride) = nullptr;
  // out[j] = sum over the rows of a[i * stride + j], for `vectors` vectors of columns.
  void (*column_sums)(const float* a, int64_t stride, int64_t rows, int vectors,
                      float* out) = nullptr;

  // Packing: for A whose rows lie side by side, so that at every depth both operands are a stride
  // further. It pays where A takes about so many bytes.
  int64_t packing_pays_from = INT64_MAX;
  // A copied tile by tile (rows * PackedRowStride(depth) elements).
  void (*pack_tiles)(const float* a, int64_t depth_stride, int64_t rows, int64_t depth,
                     float* to) = nullptr;
  // A panel of B, `vectors` vectors wide, with one depth right after the other.
  void (*pack_panel)(const float* b, int64_t depth_stride, int vectors, int64_t depth,
                     float* to) = nullptr;
  // The product with both: GemmPanel::a points to such tiles, the strides of A are ignored.
  void (*packed_panel[3])(const GemmPanel&) = {};
};

const GemmKernels& GemmKernelsFor(InstructionSet set);

}  // namespace layerwise
