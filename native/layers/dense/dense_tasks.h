// How the products of a dense layer are cut into tasks.
#pragma once

#include <cstdint>

namespace layerwise {

// Inputs in one task of the weight update: a tile of the gradient stays in the first-level cache
// while the optimizer reads it. A multiple of every vector's length, so that tiles transpose whole.
inline constexpr int64_t kInputsInRange = 64;

// At least this many tasks for each thread, so that a thread that is held up does not hold up the
// others.
inline constexpr int64_t kTasksPerThread = 4;
// No fewer rows in a task than a full tile of the fastest kernel; an even number.
inline constexpr int64_t kRowsInDenseTask = 28;

}  // namespace layerwise
