#include "native/plan/steps/value_buffer.h"

#include "native/plan/steps/batch_norm.h"
#include "native/plan/steps/step.h"

namespace layerwise {

void ValueBuffer::Finish(const StepContext& context, int64_t first_row, int64_t rows,
                         int64_t first_column, int64_t columns_of_block) const {
  if (norm != nullptr)
    norm->Forward(context, *this, first_row, rows, first_column, columns_of_block);
  if (!activation) return;
  activation.row->forward(
      {before.Row(first_row) + first_column, output.Row(first_row) + first_column, output.stride,
       rows, columns_of_block},
      activation.parameters.data());
}

void ValueBuffer::Differentiate(const StepContext& context, int64_t first_row, int64_t rows,
                                int64_t first_column, int64_t columns_of_block) const {
  if (activation) {
    const MatrixView& saved =
        activation.row->derivative_of == DerivativeOf::kInput ? before : output;
    activation.row->backward(
        {saved.Row(first_row) + first_column, saved.stride, gradient.Row(first_row) + first_column,
         gradient.stride, rows, columns_of_block},
        activation.parameters.data());
  }
  if (norm != nullptr) norm->Backward(context, *this, first_column, columns_of_block);
}

}  // namespace layerwise
