#include "native/layers/dense/dense_step.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "native/layers/blocks.h"
#include "native/layers/dense/dense_tasks.h"

namespace layerwise {
namespace {

constexpr int64_t kInputUnit = 16;

// Fewer weights are in the cache anyway.
constexpr int64_t kWeightsToFetch = 16 * 1024;

// Panels in a task where there are but a few rows.
constexpr int64_t kPanelsInTask = 8;

// The widest panel of any instruction set, in elements.
constexpr int64_t kWidest = 3 * 16;
// A bias is a matrix of one row.
constexpr InputRange kBiasRows{0, 1, 0};

// Runs fn(panel, rows) over the tiles of a product of (batch rows, shape.columns). With
// whole_columns a tile has all rows. Tiles begin at even rows.
template <typename F>
void ForTiles(const StepContext& context, const PanelShape& shape, bool whole_columns,
              double operations, F&& fn) {
  const int64_t panels = shape.panels();
  const int64_t rows = context.rows;
  const int64_t threads = context.pool.size();
  const int64_t blocks = whole_columns ? 1 : CachedBlocks(rows, shape.depth);
  const int64_t wanted =
      threads == 1 || whole_columns ? 1 : (threads * kTasksPerThread + panels - 1) / panels;
  const int64_t row_tasks =
      std::clamp<int64_t>(rows / kRowsInDenseTask, 1, std::max(wanted, blocks));
  const auto boundary = [&](int64_t part) {
    return part == row_tasks ? rows : PartBegin(rows, part, row_tasks) / 2 * 2;
  };
  context.Parallel(panels * row_tasks, operations, [&](int64_t task, int) {
    // All panels of a block of rows before the next block, where there are blocks.
    const bool is_whole = row_tasks == 1;
    const int64_t panel = is_whole ? task : blocks > 1 ? task % panels : task / row_tasks;
    const int64_t part = is_whole ? 0 : blocks > 1 ? task / panels : task % row_tasks;
    const int64_t first = boundary(part);
    fn(shape.PanelAt(panel), RowRange{first, boundary(part + 1) - first});
  });
}

}  // namespace

Stage& AddDenseStage(Lowering& plan, const WeightRules& rules, int64_t tied_to) {
  Stage& stage = plan.Add(
      [rules, is_tied = tied_to >= 0](const StepSite& site) {
        return std::make_unique<DenseStep>(rules, is_tied, site);
      },
      kDenseStage);
  stage.tied_to = tied_to;
  return stage;
}

MakeStep PlainDenseStep() {
  return
      [](const StepSite& site) { return std::make_unique<DenseStep>(WeightRules{}, false, site); };
}

DenseStep& DenseStepAt(Step* step) {
  auto* dense = dynamic_cast<DenseStep*>(step);
  if (dense == nullptr) throw std::logic_error("a step that has to be dense is not");
  return *dense;
}

DenseStep::DenseStep(const WeightRules& rules, bool is_tied, const StepSite& site)
    : kernels_(site.kernels),
      batch_rows_(site.batch_rows),
      trains_(site.trains),
      input_has_gradient_(site.input_has_gradient),
      owner_(site.owner == nullptr ? nullptr : &DenseStepAt(site.owner)),
      folded_(site.folded_norm
                  ? std::make_unique<FoldedNorm>(site.layout, site.layer, *site.folded_norm)
                  : nullptr),
      buffers_{*site.layout.Find(site.layer, ParameterRole::kWeights),
               site.layout.Find(site.layer, ParameterRole::kBias),
               site.input,
               site.output,
               folded_.get(),
               is_tied} {
  if (owner_ != nullptr) owner_->tied_.push_back(this);
  if (site.trains || site.has_loss) {
    Regularise(rules);
    return;
  }
  const int64_t rows = std::min(batch_rows_, kMostRowsInHalves);
  if (OtherHalf::Pays(buffers_.OutputShape(), rows)) {
    other_half_ = std::make_unique<OtherHalf>(buffers_, kernels_, rows);
  }
}

void DenseStep::Regularise(const WeightRules& rules) {
  const PanelShape& shape = buffers_.weights.panels;
  has_rules_ = rules.kernel_penalty.enabled() || rules.bias_penalty.enabled() || rules.max_norm > 0;
  if (rules.kernel_penalty.enabled() || rules.max_norm > 0) {
    weight_regulariser_ = std::make_unique<WeightRegulariser>(
        kernels_.regularisation, rules.kernel_penalty, rules.max_norm, shape, InputRanges());
  }
  if (buffers_.bias != nullptr && rules.bias_penalty.enabled()) {
    bias_regulariser_ = std::make_unique<WeightRegulariser>(
        kernels_.regularisation, rules.bias_penalty, 0, buffers_.bias->panels, 1);
  }
}

WeightRegulariser& DenseStep::MeasuredWeights() {
  if (weight_regulariser_ == nullptr) {
    weight_regulariser_ = std::make_unique<WeightRegulariser>(
        kernels_.regularisation, WeightPenaltySpec{}, 0, buffers_.weights.panels, InputRanges());
  }
  return *weight_regulariser_;
}

void DenseStep::Reserve(StepReservation& memory) {
  if (folded_ != nullptr) folded_->Reserve(memory);
  if (PacksGradient()) {
    memory.ShareOperands(PackedGradient(buffers_.weights.panels, batch_rows_));
  }
  if (trains_ || kernels_.bf16 != nullptr) {
    const int64_t packed = PacksInputs() ? PackedInputs(kInputsInRange, batch_rows_) : 0;
    memory.ShareScratch(TileSize() + packed);
  }
  if (KeepsCopies()) ReserveCopies(memory);
  if (other_half_ != nullptr) other_half_->Reserve(memory);
  if (trains_ && !tied_.empty() && buffers_.weights.trainable()) {
    tied_gradient_slot_ = memory.Own<float>(buffers_.weights.panels.size());
  }
}

// Both passes of a tied layer take the weights the other way round than those of their owner.
void DenseStep::ReserveCopies(StepReservation& memory) {
  const bool transposes = input_has_gradient_ || buffers_.is_tied || !tied_.empty();
  const PanelShape transposed = buffers_.TransposedShape();
  if (kernels_.bf16 == nullptr) {
    if (transposes) transposed_slot_ = memory.Own<float>(transposed.size());
    return;
  }
  bf16_weights_slot_ = memory.Own<uint32_t>(PairedShape(buffers_.weights.panels).size());
  if (transposes) bf16_transposed_slot_ = memory.Own<uint32_t>(PairedShape(transposed).size());
}

void DenseStep::Bind(const StepMemory& memory) {
  if (folded_ != nullptr) folded_->Bind(memory);
  arithmetic_ = MakeArithmetic(buffers_, memory);
  if (other_half_ != nullptr) {
    other_half_->Bind(memory, [&](const DenseBuffers& own) { return MakeArithmetic(own, memory); });
  }
  const DenseStep& owner = WeightsOwner();
  tied_gradient_.tiles = memory.At(owner.tied_gradient_slot_);
  tied_gradient_.is_first = owner_ == nullptr || owner_->tied_.back() == this;
}

std::unique_ptr<DenseArithmetic> DenseStep::MakeArithmetic(const DenseBuffers& buffers,
                                                           const StepMemory& memory) const {
  const DenseStep& owner = WeightsOwner();
  if (kernels_.bf16 != nullptr) {
    return Bf16Arithmetic(buffers, *kernels_.bf16, kernels_.gemm,
                          memory.At(owner.bf16_weights_slot_),
                          memory.At(owner.bf16_transposed_slot_));
  }
  return Float32Arithmetic(buffers, kernels_.gemm, memory.At(owner.transposed_slot_),
                           PacksGradient() ? memory.operands() : nullptr);
}

bool DenseStep::PacksGradient() const {
  return trains_ && kernels_.bf16 == nullptr && buffers_.weights.trainable() &&
         PacksInFloat32(kernels_.gemm, buffers_.weights.panels, batch_rows_);
}

bool DenseStep::PacksInputs() const {
  return kernels_.bf16 != nullptr ? trains_ && kernels_.bf16->wants_rows_apart : PacksGradient();
}

// As wide as the widest panel.
int64_t DenseStep::TileSize() const { return kInputsInRange * 3 * buffers_.weights.panels.lanes; }

int64_t DenseStep::InputRanges() const {
  return (buffers_.weights.panels.depth + kInputsInRange - 1) / kInputsInRange;
}

// Ranges of about equal length, in whole units.
InputRange DenseStep::InputRangeAt(int64_t index) const {
  const int64_t depth = buffers_.weights.panels.depth;
  const int64_t units = (depth + kInputUnit - 1) / kInputUnit;
  const int64_t ranges = InputRanges();
  return {PartBegin(units, index, ranges) * kInputUnit,
          std::min(depth, PartBegin(units, index + 1, ranges) * kInputUnit), index};
}

int64_t DenseStep::PlaceOf(Panel panel, InputRange range) const {
  const PanelShape& shape = buffers_.weights.panels;
  return shape.Offset(panel) + range.begin * shape.Width(panel);
}

double DenseStep::Operations(int64_t rows) const {
  return 2.0 * static_cast<double>(rows) * static_cast<double>(buffers_.weights.panels.depth) *
         static_cast<double>(buffers_.weights.panels.columns);
}

void DenseStep::Prepare(const StepContext& context) {
  if (buffers_.folded != nullptr) buffers_.folded->Fold(context.parameters);
  if (KeepsCopies()) AllWeightsChanged(context);
  if (buffers_.bias == nullptr) return;
  const PanelShape bias = buffers_.OutputShape();
  for (int64_t p = 0; p < bias.panels(); ++p) BiasChanged(context, bias.PanelAt(p));
}

void DenseStep::AllWeightsChanged(const StepContext& context) {
  const int64_t ranges = InputRanges();
  const PanelShape& shape = buffers_.weights.panels;
  const double operations = kOperationsPerElement * static_cast<double>(shape.size());
  context.Parallel(shape.panels() * ranges, operations, [&](int64_t tile, int thread) {
    WeightsChanged(context, shape.PanelAt(tile / ranges), InputRangeAt(tile % ranges),
                   context.Scratch(thread));
  });
}

void DenseStep::Forward(const StepContext& context) {
  penalty_ = 0;
  if (weight_regulariser_ != nullptr) penalty_ += weight_regulariser_->Penalty();
  if (bias_regulariser_ != nullptr) penalty_ += bias_regulariser_->Penalty();
  Companion* const companion = Companion::OfThisThread();
  if (companion != nullptr && other_half_ != nullptr && context.pool.size() == 1 &&
      context.rows <= other_half_->most_rows() &&
      OtherHalf::Pays(buffers_.OutputShape(), context.rows)) {
    ForwardInHalves(context, *companion);
    return;
  }
  if (context.rows <= kFewRows) {
    ForwardOfFewRows(context);
    return;
  }
  const ValueBuffer& output = buffers_.output;
  const PanelShape shape = buffers_.OutputShape();
  ForTiles(
      context, shape, output.NeedsWholeColumns(), Operations(context.rows),
      [&](Panel panel, RowRange rows) {
        arithmetic_->Product(context.parameters, panel, rows);
        output.Finish(context, {rows.first, rows.count, panel.first_column, shape.Width(panel)});
      });
}

void DenseStep::ForwardOfFewRows(const StepContext& context) {
  const int64_t panels = buffers_.OutputShape().panels();
  const int64_t tasks = (panels + kPanelsInTask - 1) / kPanelsInTask;
  context.Parallel(tasks, Operations(context.rows), [&](int64_t task, int) {
    const int64_t first = task * kPanelsInTask;
    ForwardOfPanels(context, first, std::min(panels, first + kPanelsInTask));
  });
}

void DenseStep::ForwardInHalves(const StepContext& context, Companion& companion) {
  const int64_t panels = buffers_.OutputShape().panels();
  const int64_t middle = other_half_->FirstPanel();
  other_half_->Offer(companion, context.parameters, context.rows);
  ForwardOfPanels(context, 0, middle);
  if (other_half_->Collect(companion)) {
    FinishPanels(context, middle, panels);
  } else {
    ForwardOfPanels(context, middle, panels);
  }
}

// All rows.
void DenseStep::ForwardOfPanels(const StepContext& context, int64_t first, int64_t end) {
  const RowRange rows{0, context.rows};
  if (rows.count <= kFewRows) {
    arithmetic_->ProductOfFewRows(context.parameters, first, end, rows);
    FinishPanels(context, first, end);
    return;
  }
  const PanelShape shape = buffers_.OutputShape();
  for (int64_t p = first; p < end; ++p) {
    arithmetic_->Product(context.parameters, shape.PanelAt(p), rows);
    FinishPanels(context, p, p + 1);
  }
}

void DenseStep::FinishPanels(const StepContext& context, int64_t first, int64_t end) const {
  const PanelShape shape = buffers_.OutputShape();
  const int64_t column = shape.PanelAt(first).first_column;
  const Panel last = shape.PanelAt(end - 1);
  buffers_.output.Finish(context,
                         {0, context.rows, column, last.first_column + shape.Width(last) - column});
}

void DenseStep::Backward(const StepContext& context) {
  // The gradient of the input first: it needs the weights from before the update.
  if (buffers_.input.gradient) InputGradient(context);
  const bool has_gradient = !buffers_.is_tied || tied_gradient_.tiles != nullptr;
  if (has_gradient && buffers_.weights.trainable()) ParameterGradients(context);
  if (buffers_.is_tied && buffers_.bias != nullptr && buffers_.bias->trainable()) {
    UpdateTiedBias(context);
  }
}

void DenseStep::InputGradient(const StepContext& context) {
  const ValueBuffer& input = buffers_.input;
  const PanelShape shape = buffers_.InputShape();
  ForTiles(context, shape, input.NeedsWholeColumns(), Operations(context.rows),
           [&](Panel panel, RowRange rows) {
             arithmetic_->InputGradient(context.parameters, panel, rows);
             input.Differentiate(context,
                                 {rows.first, rows.count, panel.first_column, shape.Width(panel)});
           });
}

// A task has one range of inputs and, if they are packed for it, as many panels as leave enough
// tasks; otherwise one panel.
void DenseStep::ParameterGradients(const StepContext& context) {
  const PanelShape& shape = buffers_.weights.panels;
  const int64_t panels = shape.panels();
  const int64_t ranges = InputRanges();
  const bool packs = arithmetic_->PacksInputs();
  const int64_t threads = context.pool.size();
  const int64_t wanted = threads == 1 ? 1 : (threads * kTasksPerThread + ranges - 1) / ranges;
  const int64_t blocks = CachedBlocks(context.rows, shape.columns);
  const int64_t groups = packs ? std::min(panels, std::max(wanted, blocks)) : panels;
  if (arithmetic_->PacksGradient()) PackGradient(context);
  context.Parallel(groups * ranges, Operations(context.rows), [&](int64_t task, int thread) {
    const int64_t group = ranges == 1 ? task : task / ranges;
    const InputRange range = InputRangeAt(task - group * ranges);
    const int64_t end = PartBegin(panels, group + 1, groups);
    float* scratch = context.Scratch(thread);
    float* packed = scratch + TileSize();
    if (packs) arithmetic_->PackInputs(context.rows, range, packed);
    for (int64_t p = PartBegin(panels, group, groups); p < end; ++p) {
      const Panel panel = shape.PanelAt(p);
      UpdateWeights(context, panel, range, scratch, packed);
      const bool has_bias = buffers_.bias != nullptr && !buffers_.is_tied;
      if (has_bias && range.begin == 0) UpdateBias(context, panel, scratch);
    }
  });
}

void DenseStep::PackGradient(const StepContext& context) {
  const PanelShape& shape = buffers_.weights.panels;
  const double operations = kOperationsPerElement * static_cast<double>(context.rows) *
                            static_cast<double>(shape.columns);
  context.Parallel(shape.panels(), operations, [&](int64_t panel, int) {
    arithmetic_->PackGradient(context.rows, shape.PanelAt(panel));
  });
}

void DenseStep::UpdateWeights(const StepContext& context, Panel panel, InputRange range,
                              float* scratch, const float* packed) {
  const PanelShape& shape = buffers_.weights.panels;
  const int64_t first = TileOffset(panel, range);
  const float* upcoming[kMaxUpcoming] = {};
  const bool is_far = shape.size() >= kWeightsToFetch && !buffers_.is_tied;
  if (is_far) context.sink->Announce(first, upcoming);
  arithmetic_->WeightGradient(context.rows, panel, range, packed, scratch, upcoming);
  if (buffers_.is_tied) {
    HandOver(panel, range, scratch);
    return;
  }
  if (tied_gradient_.tiles != nullptr) AddTied(panel, range, scratch);
  if (weight_regulariser_ != nullptr) {
    weight_regulariser_->AddGradient(panel, range, context.parameters + first, scratch);
  }
  context.sink->Take(first, (range.end - range.begin) * shape.Width(panel), scratch);
  if (context.sink->updates()) WeightsChanged(context, panel, range, scratch);
}

// Without the columns beyond the last, which a product with activated values does not leave zero.
void DenseStep::HandOver(Panel panel, InputRange range, const float* tile) const {
  const PanelShape& shape = buffers_.weights.panels;
  const int64_t width = shape.Width(panel);
  const int64_t columns = std::min(width, shape.columns - panel.first_column);
  float* to = tied_gradient_.tiles + PlaceOf(panel, range);
  for (int64_t k = 0; k < range.end - range.begin; ++k, tile += width, to += width) {
    if (tied_gradient_.is_first) {
      std::copy_n(tile, columns, to);
      std::fill(to + columns, to + width, 0.0f);
    } else {
      for (int64_t j = 0; j < columns; ++j) to[j] += tile[j];
    }
  }
}

void DenseStep::AddTied(Panel panel, InputRange range, float* tile) const {
  const float* from = tied_gradient_.tiles + PlaceOf(panel, range);
  const int64_t count = (range.end - range.begin) * buffers_.weights.panels.Width(panel);
  for (int64_t i = 0; i < count; ++i) tile[i] += from[i];
}

// The outputs of a tied layer are the inputs of its weights: their panels are others.
void DenseStep::UpdateTiedBias(const StepContext& context) {
  const PanelShape shape = buffers_.OutputShape();
  const double operations = static_cast<double>(context.rows) * static_cast<double>(shape.columns);
  context.Parallel(shape.panels(), operations, [&](int64_t panel, int thread) {
    UpdateBias(context, shape.PanelAt(panel), context.Scratch(thread));
  });
}

// Brings what follows from a tile of the weights up to date.
void DenseStep::WeightsChanged(const StepContext& context, Panel panel, InputRange range,
                               float* scratch) {
  arithmetic_->WeightsChanged(context.parameters, panel, range, scratch);
  if (weight_regulariser_ == nullptr) return;
  weight_regulariser_->Measure(panel, range, context.parameters + TileOffset(panel, range));
}

void DenseStep::UpdateBias(const StepContext& context, Panel panel, float* scratch) {
  const MatrixView& dz = buffers_.output.gradient;
  kernels_.gemm.column_sums(dz.data + panel.first_column, dz.stride, context.rows, panel.vectors,
                            scratch);
  if (bias_regulariser_ != nullptr) {
    bias_regulariser_->AddGradient(panel, kBiasRows, context.parameters + BiasOffset(panel),
                                   scratch);
  }
  context.sink->Take(BiasOffset(panel), buffers_.OutputShape().Width(panel), scratch);
  if (context.sink->updates()) BiasChanged(context, panel);
}

void DenseStep::BiasChanged(const StepContext& context, Panel panel) {
  if (bias_regulariser_ == nullptr) return;
  bias_regulariser_->Measure(panel, kBiasRows, context.parameters + BiasOffset(panel));
}

void DenseStep::Constrain(const StepContext& context, float* parameters) {
  const PanelShape& shape = buffers_.weights.panels;
  const double operations = kOperationsPerElement * static_cast<double>(shape.size());
  context.Parallel(shape.panels(), operations, [&](int64_t index, int thread) {
    const Panel panel = shape.PanelAt(index);
    float factors[kWidest];
    if (!weight_regulariser_->Exceeds(panel, factors)) return;
    for (int64_t r = 0; r < InputRanges(); ++r) {
      const InputRange range = InputRangeAt(r);
      weight_regulariser_->Scale(panel, range, factors, parameters + TileOffset(panel, range));
      WeightsChanged(context, panel, range, context.Scratch(thread));
    }
  });
}

void DenseStep::AddPenalty(const StepContext&, int64_t first_row, int64_t rows,
                           double* row_losses) const {
  for (int64_t i = first_row; i < first_row + rows; ++i) row_losses[i] += penalty_;
}

}  // namespace layerwise
