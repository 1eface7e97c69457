// The outputs of a dense layer in halves, where the plan only predicts: the companion of the
// calling thread (native/core/companion.h) computes the products of the later panels meanwhile.
// Each half of the weights then stays in the second-level cache of its processor. No sum is split,
// so the bits are those of one thread.
#pragma once

#include <cstdint>
#include <memory>

#include "native/core/companion.h"
#include "native/layers/dense/dense_arithmetic.h"
#include "native/layers/step_kernels.h"
#include "native/layers/step_memory.h"

namespace layerwise {

// Larger batches are for the threads of the pool.
inline constexpr int64_t kMostRowsInHalves = 128;

// What the companion reads and writes is its own but for the weights, as it may be late: the caller
// has gone on then.
class OtherHalf {
 public:
  OtherHalf(const DenseBuffers& buffers, const StepKernels& kernels, int64_t rows);

  // Whether the layer is worth it, for so many rows.
  static bool Pays(const PanelShape& weights, int64_t rows);
  // Whether the network is, where it has so many weights.
  static bool PaysForNetwork(int64_t weights, int64_t rows);

  void Reserve(StepReservation& memory);
  // `make`: the arithmetic of the layer over other values.
  template <typename MakeArithmetic>
  void Bind(const StepMemory& memory, const MakeArithmetic& make) {
    BindValues(memory);
    arithmetic_ = make(own_);
  }

  int64_t most_rows() const { return rows_; }
  // Where the later half begins.
  int64_t FirstPanel() const { return (panels_ + 1) / 2; }

  // Has the companion begin with the later half of the first rows.
  void Offer(Companion& companion, const float* parameters, int64_t rows);
  // Whether it has computed them: they are in the layer's output then, without what follows on a
  // product.
  bool Collect(Companion& companion);

 private:
  void BindValues(const StepMemory& memory);
  void CopyInput(int64_t rows) const;
  void Compute() const;

  const DenseBuffers& buffers_;
  const bool is_bf16_;
  const int64_t rows_;
  const int64_t panels_;
  ValueBuffer input_;
  ValueBuffer output_;
  const DenseBuffers own_;
  Slot<float> input_slot_;
  Slot<float> output_slot_;
  std::unique_ptr<DenseArithmetic> arithmetic_;
  // Of the task.
  const float* parameters_ = nullptr;
  int64_t task_rows_ = 0;
};

}  // namespace layerwise
