#include "native/plan/steps/value_buffer.h"

#include "native/kernels/block_sum.h"
#include "native/kernels/instruction_set.h"
#include "native/plan/steps/batch_norm.h"
#include "native/plan/steps/blocks.h"
#include "native/plan/steps/step.h"

namespace layerwise {
namespace {

void AddBlock(const MatrixView& from, const MatrixView& to, const Block& block) {
  BlockSumKernelsFor(SelectedInstructionSet())
      .add({block.rows, block.columns, from.Row(block.first_row) + block.first_column, from.stride,
            to.Row(block.first_row) + block.first_column, to.stride});
}

}  // namespace

void Bf16Copies::Take(const MatrixView& from, int64_t first_row, int64_t rows, int64_t first_column,
                      int64_t columns) const {
  if (kernels == nullptr) return;
  // The last block takes the padding along, which is zero or meets zeros.
  constexpr int64_t kWhole = 16;
  const int64_t end = (first_column + columns + kWhole - 1) / kWhole * kWhole;
  const int64_t count = first_column + columns == from.columns ? end - first_column : columns;
  const float* block = from.Row(first_row) + first_column;
  if (paired_columns.data != nullptr) {
    kernels->pair_columns(
        block, from.stride, rows, count,
        paired_columns.data + first_row * paired_columns.stride + first_column / 2,
        paired_columns.stride);
  }
  if (paired_rows.data != nullptr) {
    kernels->pair_rows(block, from.stride, rows, count,
                       paired_rows.data + first_row / 2 * paired_rows.stride + first_column,
                       paired_rows.stride);
  }
}

void ValueBuffer::Finish(const StepContext& context, int64_t first_row, int64_t rows,
                         int64_t first_column, int64_t columns_of_block) const {
  if (norm != nullptr) {
    norm->Forward(context, *this, first_row, rows, first_column, columns_of_block);
  }
  if (junction != nullptr && junction->skip) {
    AddBlock(junction->skip, before, {first_row, rows, first_column, columns_of_block});
  }
  if (activation) {
    activation.row->forward(
        {before.Row(first_row) + first_column, output.Row(first_row) + first_column, output.stride,
         rows, columns_of_block},
        activation.parameters.data());
  }
  output_copies.Take(output, first_row, rows, first_column, columns_of_block);
}

void ValueBuffer::Differentiate(const StepContext& context, int64_t first_row, int64_t rows,
                                int64_t first_column, int64_t columns_of_block) const {
  const Block block{first_row, rows, first_column, columns_of_block};
  if (junction != nullptr) {
    for (const MatrixView& branch : junction->branch_gradients) AddBlock(branch, gradient, block);
  }
  if (activation) {
    const MatrixView& saved =
        activation.row->derivative_of == DerivativeOf::kInput ? before : output;
    activation.row->backward(
        {saved.Row(first_row) + first_column, saved.stride, gradient.Row(first_row) + first_column,
         gradient.stride, rows, columns_of_block},
        activation.parameters.data());
  }
  if (junction != nullptr && junction->skip_gradient) {
    CopyBlock(gradient, junction->skip_gradient, block);
    junction->skip_gradient_copies.Take(gradient, first_row, rows, first_column, columns_of_block);
  }
  if (norm != nullptr) {
    norm->Backward(context, *this, first_row, rows, first_column, columns_of_block);
  }
  gradient_copies.Take(gradient, first_row, rows, first_column, columns_of_block);
}

}  // namespace layerwise
