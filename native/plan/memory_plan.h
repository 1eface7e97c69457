// The values between the steps of a plan: which of them live at the same time, what memory each
// has, and what becomes of it where residual blocks and heads begin and end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "native/core/arena.h"
#include "native/layers/parameter_layout.h"
#include "native/layers/step_kernels.h"
#include "native/layers/value_buffer.h"
#include "native/plan/plan_options.h"
#include "native/plan/program.h"

namespace layerwise {

class MemoryPlan {
 public:
  // All of them outlive it.
  MemoryPlan(const ParameterLayout& layout, const Program& program, const PlanOptions& options,
             const StepKernels& kernels);

  // Value 0 is the input of the plan, value i + 1 what stage i computes. Their addresses stay.
  const ValueBuffer& value(size_t index) const { return values_[index]; }
  // What a stage reads: the value itself, or where it begins a branch one with a gradient of its
  // own.
  const ValueBuffer& InputOf(size_t stage) const;
  // The normalisation that a dense stage has to take into its weights.
  std::optional<NormToFold> FoldedNormOf(size_t stage) const;
  bool NeedsGradient(size_t value) const { return uses_[value].needs_gradient; }
  // Whether a stage is the only one that reads the input of the plan.
  bool ReadsInputAlone(size_t stage) const { return uses_.front().last_stage == stage; }

  // `rereads`: whether values are read again after the forward pass.
  void Reserve(ArenaLayout& layout, StepReservation& own, bool rereads);
  void Bind(const Arena& arena, const StepMemory& own);
  // Has the first step read rows elsewhere; null for those in the arena again.
  void ReadRowsFrom(const float* rows);

 private:
  struct ValueUse {
    bool needs_gradient = false;
    bool feeds_dense = false;
    size_t turn = 1;  // which of two buffers its gradient takes: not that of the value before it
    size_t last_stage = 0;  // that reads it
  };

  // Copies in bfloat16.
  struct CopySlots {
    Slot<uint32_t> paired_columns{};
    Slot<uint32_t> paired_rows{};
  };

  // Of what a stage computes. One memory unless the backward pass needs them apart.
  struct ValueSlots {
    Slot<float> linear{};
    Slot<float> before{};
    Slot<float> output{};
    Slot<float> gradient{};         // of an output beside others, which are all there at once
    Slot<float> branch_gradient{};  // of what a head but the first reads
  };

  // Memory of the residual blocks of one depth, which come one after the other.
  struct BranchSlots {
    int64_t sum_columns = 0;    // of the widest
    int64_t input_columns = 0;  // of the widest with a projection
    Slot<float> sum_gradient{};
    Slot<float> input_gradient{};  // as it comes through the projection
    CopySlots sum_gradient_copies{};
  };

  void FindUses();
  bool IsTrainable(const Stage& stage) const;
  bool Folds(size_t stage) const;
  void MakeValues();
  int64_t PaddedCount(int64_t columns) const;
  int64_t WidestColumns() const;
  Slot<float> ReserveMatrix(int64_t columns);
  void ReserveKept(size_t stage);
  void ReserveInTurn();
  void ReserveGradients();
  void ReserveHeadGradients(size_t stage);
  void ReserveCopies();
  CopySlots ReserveCopiesOf(int64_t rows, int64_t columns);
  void ReserveBranches();
  MatrixView ViewOf(Slot<float> slot, int64_t columns) const;
  Bf16Copies CopiesAt(const CopySlots& slots, int64_t columns) const;
  void BindValue(size_t stage);
  void BindCopies();
  void BindJunctions();
  void BindJoin(size_t stage);
  void BindBranch(size_t stage);
  Junction& JunctionOf(size_t value);

  const ParameterLayout& layout_;
  const Program& program_;
  const PlanOptions& options_;
  const StepKernels& kernels_;

  std::vector<ValueUse> uses_;
  std::vector<ValueBuffer> values_;
  std::vector<std::unique_ptr<ValueNorm>> norms_;            // by stage, null where there is none
  std::vector<std::unique_ptr<Junction>> junctions_;         // by value, likewise
  std::vector<std::unique_ptr<ValueBuffer>> branch_inputs_;  // by stage, likewise

  // Where memory is reserved, and then where it is: null before.
  ArenaLayout* arena_layout_ = nullptr;
  const Arena* arena_ = nullptr;
  Slot<float> input_slot_;
  std::vector<ValueSlots> slots_;  // by stage
  // A step reads one and writes the other, unless all of them are kept.
  std::vector<Slot<float>> gradient_slots_;
  Slot<float> input_gradient_slot_;
  std::vector<CopySlots> value_copy_slots_;  // by value
  CopySlots gradient_copy_slots_[2];         // in turn, as above
  std::vector<BranchSlots> branch_slots_;    // by depth
  MatrixView own_inputs_;
};

}  // namespace layerwise
