#include "native/plan/prediction_plan.h"

#include <algorithm>

#include "native/kernels/gemm.h"
#include "native/kernels/instruction_set.h"
#include "native/kernels/rows.h"
#include "native/plan/view_rows.h"

namespace layerwise {
namespace {

// Numbers that one thread copies at a time: fewer take less time than another thread needs to
// begin.
constexpr int64_t kNumbersInCopy = 16 * 1024;
// Rows so many numbers apart, or a multiple, fall into a few sets of the first-level cache: better
// copied to where they are padded.
constexpr int64_t kCrowdedStride = 256;

PlanOptions OptionsFor(const PredictionPlan::Shape& shape) {
  PlanOptions options;
  options.from = shape.from;
  options.to = shape.to;
  options.batch_rows = shape.rows;
  options.threads = shape.threads;
  options.precision = shape.precision;
  return options;
}

}  // namespace

PredictionPlan::PredictionPlan(const Network& network, const Shape& shape)
    : rows_(shape.rows), plan_(network.spec(), network.layout(), OptionsFor(shape)) {
  plan_.Allocate();
}

void PredictionPlan::Prepare(ThreadPool& pool, const float* parameters, uint64_t version) {
  plan_.Prepare(pool, parameters);
  prepared_ = version;
}

void PredictionPlan::Predict(ThreadPool& pool, const float* parameters, const float* inputs,
                             int64_t rows, float* outputs) {
  SetInputs(pool, inputs, rows);
  plan_.Forward(pool, parameters, rows);
  plan_.batch().CopyOutputs(rows, outputs);
}

// Makes rows of the caller's the inputs of the plan.
void PredictionPlan::SetInputs(ThreadPool& pool, const float* inputs, int64_t rows) {
  const bool is_crowded = rows > kFewRows && plan_.batch().inputs().columns % kCrowdedStride == 0;
  if (plan_.batch().ReadsRowsAnywhere() && !is_crowded) {
    plan_.batch().ReadRowsFrom(inputs);
    return;
  }
  plan_.batch().ReadRowsFrom(nullptr);
  CopyInputs(pool, inputs, rows);
}

void PredictionPlan::CopyInputs(ThreadPool& pool, const float* inputs, int64_t rows) {
  const RowKernels& kernels = RowKernelsFor(SelectedInstructionSet());
  const MatrixView& padded = plan_.batch().inputs();
  const int64_t columns = padded.columns;
  const int64_t step = std::max<int64_t>(1, kNumbersInCopy / columns);
  pool.Run((rows + step - 1) / step, [&](int64_t task, int) {
    const int64_t first = task * step;
    const int64_t copied = std::min(step, rows - first);
    kernels.copy_floats(
        {nullptr, first, copied, 0, columns, columns, padded.Row(first), padded.stride}, inputs);
  });
}

}  // namespace layerwise
