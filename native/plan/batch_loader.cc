#include "native/plan/batch_loader.h"

#include <algorithm>

#include "native/kernels/instruction_set.h"
#include "native/kernels/rows.h"

namespace layerwise {
namespace {

// Fewer bytes than this are copied before another thread would have woken up.
constexpr int64_t kParallelBytes = 256 * 1024;
constexpr int64_t kRowsInTask = 16;

RowCopy CopyOf(const RowSelection& selection, int64_t columns, const MatrixView& to) {
  return {selection.rows, selection.first, selection.count, selection.upcoming,
          columns,        to.data,         to.stride};
}

void LoadWeights(const Dataset& data, const RowSelection& selection, float* to,
                 std::span<const float> class_weights) {
  for (int64_t i = 0; i < selection.count; ++i) {
    const int64_t row = selection.At(i);
    to[i] = data.has_weights() ? data.weights()[row] : 1.0f;
    if (class_weights.empty()) continue;
    to[i] *= class_weights[static_cast<size_t>(data.ClassOf(row))];
  }
}

void LoadRows(const Dataset& data, const RowSelection& selection, int64_t at,
              const ExecutionPlan& plan, std::span<const float> class_weights) {
  const RowKernels& kernels = RowKernelsFor(SelectedInstructionSet());
  const auto view_from = [&](MatrixView view) {
    view.data = view.Row(at);
    return view;
  };
  const RowCopy inputs = CopyOf(selection, data.columns(), view_from(plan.inputs()));
  if (data.inputs_are_bytes()) {
    kernels.copy_bytes(inputs, data.byte_inputs(), data.scale(), data.offset());
  } else {
    kernels.copy_floats(inputs, data.float_inputs());
  }
  if (plan.classes() != nullptr) {
    for (int64_t i = 0; i < selection.count; ++i) {
      plan.classes()[at + i] = data.class_targets()[selection.At(i)];
    }
  } else if (plan.targets() && data.target_kind() == TargetKind::kMatrix) {
    kernels.copy_floats(CopyOf(selection, data.target_columns(), view_from(plan.targets())),
                        data.float_targets());
  }
  if (plan.weights() != nullptr) {
    LoadWeights(data, selection, plan.weights() + at, class_weights);
  }
}

}  // namespace

void LoadBatch(const Dataset& data, const RowSelection& selection, const ExecutionPlan& plan,
               ThreadPool& pool, std::span<const float> class_weights) {
  const int64_t bytes =
      selection.count * plan.inputs().stride * static_cast<int64_t>(sizeof(float));
  if (bytes < kParallelBytes || pool.size() == 1) {
    LoadRows(data, selection, 0, plan, class_weights);
    return;
  }
  const int64_t tasks = (selection.count + kRowsInTask - 1) / kRowsInTask;
  pool.Run(tasks, [&](int64_t task, int) {
    const int64_t from = task * kRowsInTask;
    const int64_t count = std::min(kRowsInTask, selection.count - from);
    LoadRows(data, selection.Slice(from, count), from, plan, class_weights);
  });
}

}  // namespace layerwise
