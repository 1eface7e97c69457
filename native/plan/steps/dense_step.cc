#include "native/plan/steps/dense_step.h"

#include <algorithm>

namespace layerwise {
namespace {

// Inputs in one task of the weight update: a tile of the gradient stays in the first-level cache
// while the optimizer reads it. A multiple of every vector's length, so that tiles transpose whole.
constexpr int64_t kInputsInRange = 64;
constexpr int64_t kInputUnit = 16;

// At least this many tasks for each thread, so that a thread that is held up does not hold up the
// others.
constexpr int64_t kTasksPerThread = 4;
// No fewer rows in a task than a full tile of the fastest kernel.
constexpr int64_t kRowsInTask = 28;

// C (rows, columns) = start + A * panels, with `finish` run over each block of C while it is in the
// cache.
struct PanelProduct {
  const GemmKernels& kernels;
  PanelShape shape;
  const float* panels;
  MatrixView a;
  MatrixView c;
  const float* start;
  bool whole_columns;  // `finish` needs all rows at once
};

template <typename F>
void Multiply(const StepContext& context, const PanelProduct& product, F&& finish) {
  const int64_t panels = product.shape.panels();
  const int64_t rows = context.rows;
  const int64_t threads = context.pool.size();
  const int64_t wanted =
      threads == 1 || product.whole_columns ? 1 : (threads * kTasksPerThread + panels - 1) / panels;
  const int64_t row_tasks = std::clamp<int64_t>(rows / kRowsInTask, 1, wanted);
  const double operations = 2.0 * static_cast<double>(rows) *
                            static_cast<double>(product.shape.depth) *
                            static_cast<double>(product.shape.columns);
  context.Parallel(panels * row_tasks, operations, [&](int64_t task, int) {
    const Panel panel = product.shape.PanelAt(task / row_tasks);
    const int64_t part = task % row_tasks;
    const int64_t first_row = rows * part / row_tasks;
    const int64_t row_count = rows * (part + 1) / row_tasks - first_row;
    GemmPanel g;
    g.rows = row_count;
    g.depth = product.shape.depth;
    g.a = product.a.Row(first_row);
    g.a_row_stride = product.a.stride;
    g.b = product.panels + product.shape.Offset(panel);
    g.b_stride = product.shape.Width(panel);
    g.c = product.c.Row(first_row) + panel.first_column;
    g.c_stride = product.c.stride;
    g.start = product.start == nullptr ? nullptr : product.start + panel.first_column;
    product.kernels.panel[panel.vectors - 1](g);
    finish(first_row, row_count, panel.first_column, product.shape.Width(panel));
  });
}

}  // namespace

DenseStep::DenseStep(const GemmKernels& kernels, const ParameterBlock& weights,
                     const ParameterBlock* bias, const ValueBuffer& input,
                     const ValueBuffer& output, float* transposed)
    : kernels_(kernels),
      weights_(weights),
      bias_(bias),
      input_(input),
      output_(output),
      transposed_(transposed) {}

PanelShape DenseStep::TransposedShape(const ParameterBlock& weights) {
  return {weights.panels.columns, weights.panels.depth, weights.panels.lanes};
}

int64_t DenseStep::ScratchSize(int64_t lanes) {
  return kInputsInRange * 3 * lanes;  // a tile as wide as the widest panel
}

int64_t DenseStep::InputRanges() const {
  return (weights_.panels.depth + kInputsInRange - 1) / kInputsInRange;
}

// Ranges of about equal length, in whole units.
DenseStep::InputRange DenseStep::InputRangeAt(int64_t index) const {
  const int64_t depth = weights_.panels.depth;
  const int64_t units = (depth + kInputUnit - 1) / kInputUnit;
  const int64_t ranges = InputRanges();
  return {units * index / ranges * kInputUnit,
          std::min(depth, units * (index + 1) / ranges * kInputUnit)};
}

double DenseStep::Operations(int64_t rows) const {
  return 2.0 * static_cast<double>(rows) * static_cast<double>(weights_.panels.depth) *
         static_cast<double>(weights_.panels.columns);
}

void DenseStep::Prepare(const StepContext& context) {
  if (transposed_ == nullptr) return;
  for (int64_t p = 0; p < weights_.panels.panels(); ++p) {
    for (int64_t r = 0; r < InputRanges(); ++r) {
      TransposeTile(context.parameters, weights_.panels.PanelAt(p), InputRangeAt(r));
    }
  }
}

void DenseStep::Forward(const StepContext& context) {
  const PanelProduct product{kernels_,
                             weights_.panels,
                             context.parameters + weights_.offset,
                             input_.output,
                             output_.linear,
                             bias_ == nullptr ? nullptr : context.parameters + bias_->offset,
                             output_.NeedsWholeColumns()};
  Multiply(context, product, [&](int64_t row, int64_t rows, int64_t column, int64_t columns) {
    output_.Finish(context, row, rows, column, columns);
  });
}

void DenseStep::Backward(const StepContext& context) {
  // The gradient of the input first: it needs the weights from before the update.
  if (transposed_ != nullptr) InputGradient(context);
  ParameterGradients(context);
}

void DenseStep::InputGradient(const StepContext& context) {
  const PanelProduct product{
      kernels_, TransposedShape(weights_), transposed_, output_.gradient, input_.gradient,
      nullptr,  input_.NeedsWholeColumns()};
  Multiply(context, product, [&](int64_t row, int64_t rows, int64_t column, int64_t columns) {
    input_.Differentiate(context, row, rows, column, columns);
  });
}

void DenseStep::ParameterGradients(const StepContext& context) {
  const int64_t ranges = InputRanges();
  const int64_t panels = weights_.panels.panels();
  context.Parallel(panels * ranges, Operations(context.rows), [&](int64_t task, int thread) {
    const Panel panel = weights_.panels.PanelAt(task / ranges);
    float* scratch = context.Scratch(thread);
    WeightTile(context, panel, InputRangeAt(task % ranges), scratch);
    if (bias_ != nullptr && task % ranges == 0) BiasTile(context, panel, scratch);
  });
}

// dW (inputs, outputs) = x^T dz over a range of inputs and a panel of outputs.
void DenseStep::WeightTile(const StepContext& context, Panel panel, InputRange range,
                           float* scratch) {
  const int64_t width = weights_.panels.Width(panel);
  GemmPanel g;
  g.rows = range.end - range.begin;
  g.depth = context.rows;
  g.a = input_.output.data + range.begin;
  g.a_depth_stride = input_.output.stride;
  g.b = output_.gradient.data + panel.first_column;
  g.b_stride = output_.gradient.stride;
  g.c = scratch;
  g.c_stride = width;
  const int64_t first_weight =
      weights_.offset + weights_.panels.Offset(panel) + range.begin * width;
  context.sink->Announce(first_weight, g.upcoming);
  kernels_.panel[panel.vectors - 1](g);
  context.sink->Take(first_weight, g.rows * width, scratch);
  if (transposed_ != nullptr && context.sink->updates()) {
    TransposeTile(context.parameters, panel, range);
  }
}

void DenseStep::BiasTile(const StepContext& context, Panel panel, float* scratch) {
  kernels_.column_sums(output_.gradient.data + panel.first_column, output_.gradient.stride,
                       context.rows, panel.vectors, scratch);
  context.sink->Take(bias_->offset + panel.first_column, weights_.panels.Width(panel), scratch);
}

// Copies a range of inputs of one panel of outputs into the transposed weights.
void DenseStep::TransposeTile(const float* parameters, Panel panel, InputRange range) {
  const int64_t lanes = weights_.panels.lanes;
  const int64_t width = weights_.panels.Width(panel);
  const PanelShape to = TransposedShape(weights_);
  const float* from = parameters + weights_.offset + weights_.panels.Offset(panel);
  for (int64_t k = range.begin; k < range.end; k += lanes) {
    const int inputs = static_cast<int>(std::min(lanes, range.end - k));
    const int64_t to_width = to.Width(to.PanelOf(k));
    for (int64_t v = 0; v < panel.vectors; ++v) {
      const int64_t column = panel.first_column + v * lanes;
      const int outputs = static_cast<int>(std::min(lanes, weights_.panels.columns - column));
      kernels_.transpose_tile(from + k * width + v * lanes, width, inputs, outputs,
                              transposed_ + to.Index(column, k), to_width);
    }
  }
}

}  // namespace layerwise
