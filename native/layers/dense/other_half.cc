#include "native/layers/dense/other_half.h"

#include <algorithm>

namespace layerwise {
namespace {

// What a row costs beside the way of the weights from the cache, which costs as much as so many
// rows.
constexpr int64_t kRowsOfLoading = 6;
// Weights of a layer, and of a network, that are worth it for one row: handing over takes half a
// microsecond, and a thread that spins is not for nothing.
constexpr int64_t kWeightsOfLayer = 24 * 1024;
constexpr int64_t kWeightsOfNetwork = 128 * 1024;

int64_t Cost(int64_t weights, int64_t rows) { return weights * (rows + kRowsOfLoading); }

}  // namespace

bool OtherHalf::Pays(const PanelShape& weights, int64_t rows) {
  return weights.panels() > 1 && Cost(weights.size(), rows) >= Cost(kWeightsOfLayer, 1);
}

bool OtherHalf::PaysForNetwork(int64_t weights, int64_t rows) {
  return Cost(weights, rows) >= Cost(kWeightsOfNetwork, 1);
}

OtherHalf::OtherHalf(const DenseBuffers& buffers, const StepKernels& kernels, int64_t rows)
    : buffers_(buffers),
      is_bf16_(kernels.bf16 != nullptr),
      rows_(rows),
      panels_(buffers.OutputShape().panels()),
      own_{buffers.weights, buffers.bias, input_, output_, buffers.folded, buffers.is_tied} {}

// Pairs of bfloat16 numbers fit where single precision does.
void OtherHalf::Reserve(StepReservation& memory) {
  input_slot_ = memory.Own<float>(rows_ * PaddedStride(buffers_.OutputShape().depth));
  output_slot_ = memory.Own<float>(rows_ * PaddedStride(buffers_.OutputShape().columns));
}

void OtherHalf::BindValues(const StepMemory& memory) {
  const PanelShape shape = buffers_.OutputShape();
  float* inputs = memory.At(input_slot_);
  const int64_t stride = PaddedStride(shape.depth);
  input_.columns = shape.depth;
  input_.output = {inputs, stride, shape.depth};
  input_.output_copies.paired_columns = {reinterpret_cast<uint32_t*>(inputs), stride};
  output_.columns = shape.columns;
  output_.linear = {memory.At(output_slot_), PaddedStride(shape.columns), shape.columns};
}

void OtherHalf::CopyInput(int64_t rows) const {
  if (!is_bf16_) {
    const MatrixView& from = buffers_.input.output;
    for (int64_t i = 0; i < rows; ++i) {
      std::copy_n(from.Row(i), from.columns, input_.output.Row(i));
    }
    return;
  }
  const Bf16Copies::View& from = buffers_.input.output_copies.paired_columns;
  const Bf16Copies::View& to = input_.output_copies.paired_columns;
  for (int64_t i = 0; i < rows; ++i) {
    // With the padding, which tiles read.
    std::copy_n(from.data + i * from.stride, from.stride, to.data + i * to.stride);
  }
}

void OtherHalf::Offer(Companion& companion, const float* parameters, int64_t rows) {
  if (companion.IsAtWork()) return;  // on a task that was given up, perhaps of this layer
  CopyInput(rows);
  parameters_ = parameters;
  task_rows_ = rows;
  companion.Offer([](void* context) noexcept { static_cast<OtherHalf*>(context)->Compute(); },
                  this);
}

void OtherHalf::Compute() const {
  const RowRange rows{0, task_rows_};
  if (rows.count <= kFewRows) {
    arithmetic_->ProductOfFewRows(parameters_, FirstPanel(), panels_, rows);
    return;
  }
  const PanelShape shape = own_.OutputShape();
  for (int64_t p = FirstPanel(); p < panels_; ++p) {
    arithmetic_->Product(parameters_, shape.PanelAt(p), rows);
  }
}

bool OtherHalf::Collect(Companion& companion) {
  if (!companion.Collect()) return false;
  const PanelShape shape = buffers_.OutputShape();
  const int64_t first = shape.PanelAt(FirstPanel()).first_column;
  const MatrixView& to = buffers_.output.linear;
  for (int64_t i = 0; i < task_rows_; ++i) {
    std::copy_n(output_.linear.Row(i) + first, shape.padded_columns() - first, to.Row(i) + first);
  }
  return true;
}

}  // namespace layerwise
