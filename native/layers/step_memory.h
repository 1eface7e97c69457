// The memory of steps: each reserves what it needs before the arena exists, keeps the slots, and
// looks up where they lie once it does.
#pragma once

#include <algorithm>
#include <cstdint>

#include "native/core/arena.h"

namespace layerwise {

// Memory that all steps use, one after the other: as much as the one that needs most.
struct SharedSlots {
  Slot<float> operands;  // for what a step keeps until its next pass begins
  Slot<float> scratch;   // for each thread
  int64_t scratch_floats = 0;
};

class StepReservation {
 public:
  explicit StepReservation(ArenaLayout& layout) : layout_(layout) {}

  // A piece of the step's own.
  template <typename T>
  Slot<T> Own(int64_t count) {
    return layout_.Reserve<T>(static_cast<size_t>(count));
  }
  // At least so many floats of what is shared.
  void ShareOperands(int64_t floats) { operands_ = std::max(operands_, floats); }
  void ShareScratch(int64_t floats) { scratch_ = std::max(scratch_, floats); }

  // Once every step has reserved what it needs.
  SharedSlots Finish(int64_t threads) {
    SharedSlots shared;
    shared.scratch_floats = scratch_;
    if (operands_ > 0) shared.operands = Own<float>(operands_);
    if (scratch_ > 0) shared.scratch = Own<float>(scratch_ * threads);
    return shared;
  }

 private:
  ArenaLayout& layout_;
  int64_t operands_ = 0;
  int64_t scratch_ = 0;
};

class StepMemory {
 public:
  StepMemory(const Arena& arena, const SharedSlots& shared) : arena_(arena), shared_(shared) {}

  // Null for a slot that was not reserved.
  template <typename T>
  T* At(Slot<T> slot) const {
    return slot.count > 0 ? arena_.At(slot) : nullptr;
  }
  float* operands() const { return At(shared_.operands); }
  float* scratch() const { return At(shared_.scratch); }

 private:
  const Arena& arena_;
  const SharedSlots& shared_;
};

}  // namespace layerwise
