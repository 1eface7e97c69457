// Random numbers for layers that disturb their input: Philox4x32-10 as in native/core/random.h,
// many blocks at a time, with the same bits on every instruction set.
#pragma once

#include <cstdint>

#include "native/kernels/instruction_set.h"

namespace layerwise {

// Numbers come in groups of so many. Number 16 w + b of group g is word w of block 16 g + b, so
// that no shuffling is needed.
inline constexpr int64_t kNoiseGroup = 64;
inline constexpr int64_t kBlocksInNoiseGroup = kNoiseGroup / 4;

// What tells one stream from another: block n is Philox of the counter (n, step, layer, sequence).
struct NoiseStream {
  uint32_t key[2];  // as RandomStream makes it
  uint32_t layer = 0;
  uint32_t step = 0;
  uint32_t sequence = 0;
};

// A row whose element j takes number j from `first_block` on.
struct NoiseRow {
  const float* input = nullptr;
  float* output = nullptr;
  int64_t columns = 0;
  uint32_t first_block = 0;
};

// By an element's number n: n < low_threshold: low; else n < threshold: high; else
// scale x + shift.
struct NoiseReplacement {
  uint32_t low_threshold = 0;
  uint32_t threshold = 0;
  float low = 0;
  float high = 0;
  float scale = 1;
  float shift = 0;
};

struct NoiseKernels {
  // The numbers themselves; `count` in whole groups.
  void (*numbers)(const NoiseStream& stream, uint32_t first_block, int64_t count,
                  uint32_t* out) = nullptr;
  void (*replace)(const NoiseStream& stream, const NoiseRow& row,
                  const NoiseReplacement& replacement) = nullptr;
  // y = x + deviation n, with n from the standard normal distribution (Box and Muller 1958): the
  // first half of a group gives the radii and the second half the angles. |n| < 6.7.
  void (*add_normal)(const NoiseStream& stream, const NoiseRow& row, float deviation) = nullptr;
};

const NoiseKernels& NoiseKernelsFor(InstructionSet set);

}  // namespace layerwise
