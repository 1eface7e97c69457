#include "native/layers/value_buffer.h"

#include "native/layers/blocks.h"
#include "native/layers/step.h"

namespace layerwise {
namespace {

void AddBlock(const BlockSumKernels& kernels, const MatrixView& from, const MatrixView& to,
              const Block& block) {
  kernels.add({block.rows, block.columns, from.At(block), from.stride, to.At(block), to.stride});
}

}  // namespace

void Bf16Copies::Take(const MatrixView& from, const Block& block) const {
  if (kernels == nullptr) return;
  const auto [first_row, rows, first_column, columns] = block;
  // The last block takes the padding along, which is zero or meets zeros.
  constexpr int64_t kWhole = 16;
  const int64_t end = (first_column + columns + kWhole - 1) / kWhole * kWhole;
  const int64_t count = first_column + columns == from.columns ? end - first_column : columns;
  if (paired_columns.data != nullptr) {
    kernels->pair_columns(
        from.At(block), from.stride, rows, count,
        paired_columns.data + first_row * paired_columns.stride + first_column / 2,
        paired_columns.stride);
  }
  if (paired_rows.data != nullptr) {
    kernels->pair_rows(from.At(block), from.stride, rows, count,
                       paired_rows.data + first_row / 2 * paired_rows.stride + first_column,
                       paired_rows.stride);
  }
}

void ValueBuffer::Finish(const StepContext& context, const Block& block) const {
  if (norm != nullptr) norm->Forward(context, *this, block);
  if (junction != nullptr && junction->skip)
    AddBlock(junction->kernels, junction->skip, before, block);
  if (activation) {
    activation.row->forward(
        {before.At(block), output.At(block), output.stride, block.rows, block.columns},
        activation.parameters.data());
  }
  output_copies.Take(output, block);
}

void ValueBuffer::Differentiate(const StepContext& context, const Block& block) const {
  if (junction != nullptr) {
    for (const MatrixView& branch : junction->branch_gradients)
      AddBlock(junction->kernels, branch, gradient, block);
  }
  if (activation) {
    const MatrixView& saved =
        activation.row->derivative_of == DerivativeOf::kInput ? before : output;
    activation.row->backward({saved.At(block), saved.stride, gradient.At(block), gradient.stride,
                              block.rows, block.columns},
                             activation.parameters.data());
  }
  if (junction != nullptr && junction->skip_gradient) {
    CopyBlock(gradient, junction->skip_gradient, block);
    ClearPadding(junction->skip_gradient, block);
    junction->skip_gradient_copies.Take(gradient, block);
  }
  if (norm != nullptr) norm->Backward(context, *this, block);
  gradient_copies.Take(gradient, block);
}

}  // namespace layerwise
