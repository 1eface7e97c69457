#include "native/plan/batch_loader.h"

#include <algorithm>

#include "native/kernels/instruction_set.h"
#include "native/kernels/rows.h"

namespace layerwise {
namespace {

// Fewer bytes than this are copied before another thread would have woken up.
constexpr int64_t kParallelBytes = 256 * 1024;
constexpr int64_t kRowsInTask = 16;

RowCopy CopyOf(const RowSelection& selection, int64_t columns, int64_t stride,
               const MatrixView& to) {
  return {selection.rows, selection.first, selection.count, selection.upcoming,
          columns,        stride,          to.data,         to.stride};
}

void LoadWeights(const Dataset& data, const RowSelection& selection, float* to, size_t output,
                 std::span<const float> of_class) {
  for (int64_t i = 0; i < selection.count; ++i) {
    const int64_t row = selection.At(i);
    to[i] = data.has_weights() ? data.weights()[row] : 1.0f;
    if (of_class.empty()) continue;
    to[i] *= of_class[static_cast<size_t>(data.ClassOf(row, output))];
  }
}

MatrixView From(MatrixView view, int64_t row) {
  view.data = view.Row(row);
  return view;
}

// The targets of an output, and its weights where they are not those of the rows alone.
void LoadOutput(const Dataset& data, const RowSelection& selection, int64_t at,
                const BatchMemory& batch, size_t output,
                std::span<const ClassWeights> class_weights) {
  if (int32_t* classes = batch.classes(output); classes != nullptr) {
    for (int64_t i = 0; i < selection.count; ++i) {
      classes[at + i] = data.class_targets(output)[selection.At(i)];
    }
  } else if (batch.targets(output) && data.target_kind(output) == TargetKind::kMatrix) {
    const MatrixView to = From(batch.targets(output), at);
    RowKernelsFor(SelectedInstructionSet())
        .copy_floats(CopyOf(selection, data.target_columns(output), data.target_stride(output), to),
                     data.float_targets(output));
  }
  float* weights = batch.weights(output);
  if (weights == nullptr || (weights == batch.weights() && batch.output_count() > 1)) return;
  const std::span<const float> of_class =
      class_weights.empty() ? std::span<const float>() : class_weights[output].of_class;
  LoadWeights(data, selection, weights + at, output, of_class);
}

void LoadRows(const Dataset& data, const RowSelection& selection, int64_t at,
              const BatchMemory& batch, std::span<const ClassWeights> class_weights) {
  const RowKernels& kernels = RowKernelsFor(SelectedInstructionSet());
  const RowCopy inputs =
      CopyOf(selection, data.columns(), data.input_stride(), From(batch.inputs(), at));
  if (data.inputs_are_bytes()) {
    kernels.copy_bytes(inputs, data.byte_inputs(), data.scale(), data.offset());
  } else {
    kernels.copy_floats(inputs, data.float_inputs());
  }
  if (batch.weights() != nullptr && batch.output_count() > 1) {
    LoadWeights(data, selection, batch.weights() + at, 0, {});
  }
  for (size_t output = 0; output < batch.output_count(); ++output) {
    LoadOutput(data, selection, at, batch, output, class_weights);
  }
}

}  // namespace

void LoadBatch(const Dataset& data, const RowSelection& selection, const BatchMemory& batch,
               ThreadPool& pool, std::span<const ClassWeights> class_weights) {
  const int64_t bytes =
      selection.count * batch.inputs().stride * static_cast<int64_t>(sizeof(float));
  if (bytes < kParallelBytes || pool.size() == 1) {
    LoadRows(data, selection, 0, batch, class_weights);
    return;
  }
  const int64_t tasks = (selection.count + kRowsInTask - 1) / kRowsInTask;
  pool.Run(tasks, [&](int64_t task, int) {
    const int64_t from = task * kRowsInTask;
    const int64_t count = std::min(kRowsInTask, selection.count - from);
    LoadRows(data, selection.Slice(from, count), from, batch, class_weights);
  });
}

}  // namespace layerwise
