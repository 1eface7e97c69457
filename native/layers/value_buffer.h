// Where the values between two steps live while a plan runs.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "native/kernels/activations.h"
#include "native/kernels/bf16.h"
#include "native/kernels/block_sum.h"

namespace layerwise {

// A part of a matrix.
struct Block {
  int64_t first_row;
  int64_t rows;
  int64_t first_column;
  int64_t columns;
};

// Rows of numbers, padded: rows begin at cache lines and whole vectors may be read and written.
struct MatrixView {
  float* data = nullptr;
  int64_t stride = 0;  // in elements
  int64_t columns = 0;

  float* Row(int64_t row) const { return data + row * stride; }
  // Where a block begins.
  float* At(const Block& block) const { return Row(block.first_row) + block.first_column; }
  explicit operator bool() const { return data != nullptr; }
};

// A padded stride for rows of so many columns: an odd number of cache lines, because rows that are
// a power of two apart fall into the same few cache sets.
inline int64_t PaddedStride(int64_t columns) {
  constexpr int64_t kLine = 16;
  const int64_t lines = (columns + kLine - 1) / kLine;
  return (lines % 2 == 0 ? lines + 1 : lines) * kLine;
}

inline constexpr int kMaxActivationParameters = 4;

// An element-wise activation that a step applies to its own output; none for linear.
struct FusedActivation {
  const ActivationRow* row = nullptr;
  std::array<float, kMaxActivationParameters> parameters{};

  explicit operator bool() const { return row != nullptr; }
};

// Copies of a matrix as pairs of bfloat16 numbers in words, for products in that precision.
struct Bf16Copies {
  struct View {
    uint32_t* data = nullptr;
    int64_t stride = 0;  // in words
  };
  const Bf16Kernels* kernels = nullptr;
  View paired_columns;  // (rows, columns / 2): the depth of a product runs along the columns
  View paired_rows;     // (rows / 2, columns): it runs along the rows

  // Copies a block of the matrix that begins at an even row and column; absent copies are passed
  // over.
  void Take(const MatrixView& from, const Block& block) const;
};

class StepMemory;
class StepReservation;
struct StepContext;
struct ValueBuffer;

// A normalisation of what a step computes, right behind it, while its columns are in the cache.
class ValueNorm {
 public:
  virtual ~ValueNorm() = default;

  // Whether it measures the batch, and needs all rows of a column at once.
  virtual bool UsesBatch() const = 0;

  virtual void Reserve(StepReservation& memory, int64_t columns) = 0;
  virtual void Bind(const StepMemory& memory) = 0;

  virtual void Forward(const StepContext& context, const ValueBuffer& value,
                       const Block& block) const = 0;
  // Turns a block of dL/du into dL/dz; gives the gradients of its parameters to the sink.
  virtual void Backward(const StepContext& context, const ValueBuffer& value,
                        const Block& block) const = 0;
};

// What residual blocks do to a value at which they begin or end.
struct Junction {
  explicit Junction(const BlockSumKernels& sums) : kernels(sums) {}

  const BlockSumKernels& kernels;
  // Added to the value where a block ends; absent elsewhere.
  MatrixView skip;
  // Where that takes its gradient from, which is that of the sum; absent where nobody needs it.
  MatrixView skip_gradient;
  Bf16Copies skip_gradient_copies;
  // Parts of dL/df(u) that come from the ends of blocks that begin here: they are there before
  // whoever computes dL/df(u) from what the next step does.
  std::vector<MatrixView> branch_gradients;
};

// The values that one step writes and the next reads, (rows, columns), and their gradient. What a
// step computes, z, may be normalised, added to and activated right behind it:
// u = norm(z) + skip, output = f(u).
struct ValueBuffer {
  int64_t columns = 0;
  MatrixView linear;  // z; the same memory as what follows where nobody needs z again
  MatrixView before;  // u; the same memory as output where the derivative needs only f(u)
  MatrixView output;  // f(u)
  const ValueNorm* norm = nullptr;
  bool norm_uses_batch = false;        // it measures the rows of a batch
  const Junction* junction = nullptr;  // null where no residual block begins or ends
  FusedActivation activation;          // f
  // dL/dz: whoever computes dL/df(u) calls Differentiate on it. Absent where nobody needs it.
  MatrixView gradient;
  Bf16Copies output_copies;
  Bf16Copies gradient_copies;

  // Normalisation over the batch needs all rows of a column at once.
  bool NeedsWholeColumns() const { return norm_uses_batch; }

  // A block of z into the output and its copies.
  void Finish(const StepContext& context, const Block& block) const;
  // Turns a block of dL/df(u) in `gradient` into dL/dz, and copies it.
  void Differentiate(const StepContext& context, const Block& block) const;
};

}  // namespace layerwise
