#include "native/plan/memory_plan.h"

#include <algorithm>
#include <utility>

namespace layerwise {

MemoryPlan::MemoryPlan(const ParameterLayout& layout, const Program& program,
                       const PlanOptions& options, const StepKernels& kernels)
    : layout_(layout), program_(program), options_(options), kernels_(kernels) {
  FindUses();
  MakeValues();
}

void MemoryPlan::FindUses() {
  const std::vector<Stage>& stages = program_.stages;
  uses_.resize(stages.size() + 1);
  uses_.front().needs_gradient = options_.backward() && options_.input_gradient;
  for (size_t i = 0; i < stages.size(); ++i) {
    const Stage& stage = stages[i];
    ValueUse& input = uses_[stage.input];
    ValueUse& output = uses_[i + 1];
    input.feeds_dense = input.feeds_dense || stage.traits.is_dense;
    input.last_stage = i;
    output.turn = 1 - input.turn;
    output.needs_gradient = options_.backward() && (IsTrainable(stage) || input.needs_gradient);
    output.last_stage = stage.is_output ? stages.size() : i + 1;
    if (!stage.IsJoin()) continue;
    ValueUse& skip = uses_[static_cast<size_t>(stage.skip)];
    skip.last_stage = i;
    output.needs_gradient = output.needs_gradient || skip.needs_gradient;
  }
}

bool MemoryPlan::IsTrainable(const Stage& stage) const {
  const bool learns = !stage.traits.prepares_input && layout_.IsTrainable(stage.layer);
  return learns || (stage.norm && layout_.IsTrainable(stage.norm->folded.layer));
}

// Whether a dense layer takes the normalisation behind it into its weights. Not in bfloat16:
// weights would be rounded otherwise than they were while training. Nor where others share them.
bool MemoryPlan::Folds(size_t index) const {
  const Stage& stage = program_.stages[index];
  return !options_.backward() && !options_.bf16() && stage.traits.is_dense && stage.norm &&
         !program_.IsTied(index) && !program_.HasTied(index);
}

std::optional<NormToFold> MemoryPlan::FoldedNormOf(size_t index) const {
  const Stage& stage = program_.stages[index];
  if (!stage.norm || !Folds(index)) return std::nullopt;
  return stage.norm->folded;
}

void MemoryPlan::MakeValues() {
  const std::vector<Stage>& stages = program_.stages;
  values_.resize(stages.size() + 1);  // and never grows: steps keep references into it
  norms_.resize(stages.size());
  branch_inputs_.resize(stages.size());
  junctions_.resize(values_.size());
  slots_.resize(stages.size());
  for (size_t i = 0; i < values_.size(); ++i) values_[i].columns = program_.ColumnsOf(i);
  for (size_t i = 0; i < stages.size(); ++i) {
    const Stage& stage = stages[i];
    ValueBuffer& value = values_[i + 1];
    value.activation = stage.activation;
    if (program_.IsBranch(i)) {
      branch_inputs_[i] = std::make_unique<ValueBuffer>();
      branch_inputs_[i]->columns = values_[stage.input].columns;
    }
    if (!stage.norm || Folds(i)) continue;
    norms_[i] =
        stage.norm->make({stage.norm->folded.layer, layout_, kernels_, options_.backward()});
    value.norm = norms_[i].get();
    value.norm_uses_batch = norms_[i]->UsesBatch();
  }
}

const ValueBuffer& MemoryPlan::InputOf(size_t stage) const {
  const ValueBuffer* own = branch_inputs_[stage].get();
  return own != nullptr ? *own : values_[program_.stages[stage].input];
}

// ---- What is reserved ----

int64_t MemoryPlan::PaddedCount(int64_t columns) const {
  return options_.batch_rows * PaddedStride(columns);
}

Slot<float> MemoryPlan::ReserveMatrix(int64_t columns) {
  return arena_layout_->Reserve<float>(static_cast<size_t>(PaddedCount(columns)));
}

int64_t MemoryPlan::WidestColumns() const {
  int64_t widest = 0;
  for (const Stage& stage : program_.stages) widest = std::max(widest, stage.columns);
  return widest;
}

void MemoryPlan::Reserve(ArenaLayout& layout, StepReservation& own, bool rereads) {
  arena_layout_ = &layout;
  input_slot_ = ReserveMatrix(program_.input_columns);
  if (rereads) {
    for (size_t i = 0; i < program_.stages.size(); ++i) ReserveKept(i);
  } else {
    ReserveInTurn();
  }
  for (size_t i = 0; i < norms_.size(); ++i) {
    if (norms_[i] != nullptr) norms_[i]->Reserve(own, program_.stages[i].columns);
  }
  if (options_.backward()) ReserveGradients();
  if (options_.bf16()) ReserveCopies();
  if (options_.backward()) ReserveBranches();
  arena_layout_ = nullptr;
}

void MemoryPlan::ReserveKept(size_t index) {
  const Stage& stage = program_.stages[index];
  ValueSlots& slots = slots_[index];
  slots.output = ReserveMatrix(stage.columns);
  const bool keeps_input =
      stage.activation && stage.activation.row->derivative_of == DerivativeOf::kInput;
  slots.before = keeps_input ? ReserveMatrix(stage.columns) : slots.output;
  const bool measures = norms_[index] != nullptr && norms_[index]->UsesBatch();
  slots.linear = measures ? ReserveMatrix(stage.columns) : slots.before;
}

// Two buffers taken in turn are enough, and one more for each residual block that is under way. The
// outputs of heads stay.
void MemoryPlan::ReserveInTurn() {
  const int64_t widest = WidestColumns();
  struct Buffer {
    Slot<float> slot;
    size_t last_stage;  // that reads what is in it
  };
  std::vector<Buffer> buffers;
  for (size_t i = 0; i < program_.stages.size(); ++i) {
    const Stage& stage = program_.stages[i];
    ValueSlots& slots = slots_[i];
    if (stage.is_output && program_.has_heads) {
      slots.linear = slots.before = slots.output = ReserveMatrix(stage.columns);
      continue;
    }
    auto free = std::find_if(buffers.begin(), buffers.end(),
                             [&](const Buffer& buffer) { return buffer.last_stage < i; });
    if (free == buffers.end()) free = buffers.insert(free, {ReserveMatrix(widest), 0});
    slots.linear = slots.before = slots.output = free->slot;
    free->last_stage = uses_[i + 1].last_stage;
  }
}

void MemoryPlan::ReserveGradients() {
  const size_t stages = program_.stages.size();
  const int64_t widest = WidestColumns();
  const size_t gradients = options_.inspects ? stages : 2;
  for (size_t i = 0; i < gradients; ++i) gradient_slots_.push_back(ReserveMatrix(widest));
  for (size_t i = 0; i < stages && program_.has_heads; ++i) ReserveHeadGradients(i);
  if (options_.input_gradient) input_gradient_slot_ = ReserveMatrix(program_.input_columns);
}

// The gradients of all outputs are there at once, and those that heads hand back stay until the
// first one takes them.
void MemoryPlan::ReserveHeadGradients(size_t index) {
  const Stage& stage = program_.stages[index];
  if (stage.is_output && NeedsGradient(index + 1) && !options_.inspects) {
    slots_[index].gradient = ReserveMatrix(stage.columns);
  }
  if (program_.IsBranch(index) && !stage.is_projection && NeedsGradient(stage.input)) {
    slots_[index].branch_gradient = ReserveMatrix(program_.ColumnsOf(stage.input));
  }
}

// Values and gradients as bfloat16 numbers, where a dense layer multiplies them.
void MemoryPlan::ReserveCopies() {
  const int64_t rows = options_.batch_rows;
  value_copy_slots_.resize(values_.size());
  for (size_t value = 0; value < values_.size(); ++value) {
    if (!uses_[value].feeds_dense) continue;
    value_copy_slots_[value] = ReserveCopiesOf(rows, values_[value].columns);
  }
  if (!options_.backward()) return;
  for (CopySlots& slots : gradient_copy_slots_) slots = ReserveCopiesOf(rows, WidestColumns());
}

MemoryPlan::CopySlots MemoryPlan::ReserveCopiesOf(int64_t rows, int64_t columns) {
  const auto words = [&](int64_t count) {
    return arena_layout_->Reserve<uint32_t>(static_cast<size_t>(count * PaddedStride(columns)));
  };
  CopySlots slots;
  slots.paired_columns = words(rows);
  if (options_.backward()) slots.paired_rows = words((rows + 1) / 2);
  return slots;
}

// Gradients that reach the input of a residual block beside its layers.
void MemoryPlan::ReserveBranches() {
  for (const Stage& stage : program_.stages) {
    if (!stage.IsJoin() && !stage.is_projection) continue;
    if (branch_slots_.size() <= stage.depth) branch_slots_.resize(stage.depth + 1);
    BranchSlots& slots = branch_slots_[stage.depth];
    int64_t& widest = stage.IsJoin() ? slots.sum_columns : slots.input_columns;
    widest = std::max(widest, stage.IsJoin() ? stage.columns : program_.ColumnsOf(stage.input));
  }
  for (BranchSlots& slots : branch_slots_) {
    slots.sum_gradient = ReserveMatrix(slots.sum_columns);
    if (slots.input_columns == 0) continue;
    slots.input_gradient = ReserveMatrix(slots.input_columns);
    if (!options_.bf16()) continue;
    slots.sum_gradient_copies = ReserveCopiesOf(options_.batch_rows, slots.sum_columns);
  }
}

// ---- Where it lies ----

MatrixView MemoryPlan::ViewOf(Slot<float> slot, int64_t columns) const {
  return {arena_->At(slot), PaddedStride(columns), columns};
}

void MemoryPlan::Bind(const Arena& arena, const StepMemory& own) {
  arena_ = &arena;
  own_inputs_ = ViewOf(input_slot_, program_.input_columns);
  values_.front().output = own_inputs_;
  if (options_.input_gradient) {
    values_.front().gradient = ViewOf(input_gradient_slot_, program_.input_columns);
  }
  for (size_t i = 0; i < program_.stages.size(); ++i) {
    BindValue(i);
    if (norms_[i] != nullptr) norms_[i]->Bind(own);
  }
  if (options_.bf16()) BindCopies();
  BindJunctions();
}

void MemoryPlan::BindValue(size_t stage) {
  ValueBuffer& value = values_[stage + 1];
  const ValueSlots& slots = slots_[stage];
  value.linear = ViewOf(slots.linear, value.columns);
  value.before = ViewOf(slots.before, value.columns);
  value.output = ViewOf(slots.output, value.columns);
  if (!NeedsGradient(stage + 1)) return;
  const size_t turn = options_.inspects ? stage : uses_[stage + 1].turn;
  const bool is_own = slots.gradient.count > 0;
  value.gradient = ViewOf(is_own ? slots.gradient : gradient_slots_[turn], value.columns);
}

void MemoryPlan::BindCopies() {
  for (size_t i = 0; i < values_.size(); ++i) {
    ValueBuffer& value = values_[i];
    if (uses_[i].feeds_dense) value.output_copies = CopiesAt(value_copy_slots_[i], value.columns);
    const bool from_dense = i > 0 && program_.stages[i - 1].traits.is_dense;
    if (from_dense && value.gradient) {
      value.gradient_copies = CopiesAt(gradient_copy_slots_[uses_[i].turn], value.columns);
    }
  }
}

Bf16Copies MemoryPlan::CopiesAt(const CopySlots& slots, int64_t columns) const {
  Bf16Copies copies;
  copies.kernels = kernels_.bf16;
  const auto view = [&](Slot<uint32_t> slot, int64_t width) {
    if (slot.count == 0) return Bf16Copies::View{};
    return Bf16Copies::View{arena_->At(slot), PaddedStride(width)};
  };
  copies.paired_columns = view(slots.paired_columns, (columns + 1) / 2);
  copies.paired_rows = view(slots.paired_rows, columns);
  return copies;
}

// The ends of residual blocks, and what they and heads hand back to where they begin.
void MemoryPlan::BindJunctions() {
  for (size_t i = 0; i < program_.stages.size(); ++i) {
    if (program_.IsBranch(i)) BindBranch(i);
    if (program_.stages[i].IsJoin()) BindJoin(i);
  }
}

void MemoryPlan::BindJoin(size_t stage) {
  const auto skipped = static_cast<size_t>(program_.stages[stage].skip);
  ValueBuffer& skip = values_[skipped];
  Junction& junction = JunctionOf(stage + 1);
  junction.skip = skip.output;
  if (!skip.gradient) return;
  const BranchSlots& slots = branch_slots_[program_.stages[stage].depth];
  junction.skip_gradient = ViewOf(slots.sum_gradient, skip.columns);
  const bool is_projected = program_.stages[stage].input != stage;
  if (!is_projected) {
    JunctionOf(skipped).branch_gradients.push_back(junction.skip_gradient);
    return;
  }
  // Nothing but the sum reads what the projection computed.
  skip.gradient = junction.skip_gradient;
  if (!options_.bf16()) return;
  junction.skip_gradient_copies = CopiesAt(slots.sum_gradient_copies, skip.columns);
  skip.gradient_copies = junction.skip_gradient_copies;
}

void MemoryPlan::BindBranch(size_t index) {
  const Stage& stage = program_.stages[index];
  const ValueBuffer& input = values_[stage.input];
  ValueBuffer& read = *branch_inputs_[index];
  read.output = input.output;
  read.output_copies = input.output_copies;
  if (!input.gradient) return;
  const Slot<float> slot = stage.is_projection ? branch_slots_[stage.depth].input_gradient
                                               : slots_[index].branch_gradient;
  read.gradient = ViewOf(slot, input.columns);
  JunctionOf(stage.input).branch_gradients.push_back(read.gradient);
}

Junction& MemoryPlan::JunctionOf(size_t value) {
  if (junctions_[value] == nullptr) {
    junctions_[value] = std::make_unique<Junction>(kernels_.block_sum);
    values_[value].junction = junctions_[value].get();
  }
  return *junctions_[value];
}

void MemoryPlan::ReadRowsFrom(const float* rows) {
  MatrixView& inputs = values_.front().output;
  inputs = own_inputs_;
  if (rows == nullptr) return;
  inputs.data = const_cast<float*>(rows);  // nobody writes the inputs of such a plan
  inputs.stride = inputs.columns;
}

}  // namespace layerwise
