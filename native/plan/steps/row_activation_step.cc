#include "native/plan/steps/row_activation_step.h"

#include "native/plan/steps/blocks.h"

namespace layerwise {

void RowActivationStep::Forward(const StepContext& context) {
  ForRows(context, output_.columns, [&](int64_t first, int64_t rows) {
    activation_.row->forward({input_.output.Row(first), output_.output.Row(first),
                              output_.output.stride, rows, output_.columns},
                             activation_.parameters.data());
    output_.Finish(context, first, rows, 0, output_.columns);
  });
}

void RowActivationStep::Backward(const StepContext& context) {
  if (!input_.gradient) return;
  const bool of_input = activation_.row->derivative_of == DerivativeOf::kInput;
  const MatrixView& saved = of_input ? input_.output : output_.output;
  ForRows(context, output_.columns, [&](int64_t first, int64_t rows) {
    CopyBlock(output_.gradient, input_.gradient, {first, rows, 0, output_.columns});
    activation_.row->backward({saved.Row(first), saved.stride, input_.gradient.Row(first),
                               input_.gradient.stride, rows, output_.columns},
                              activation_.parameters.data());
  });
  ForBlocks(context, input_, [&](const Block& block) {
    input_.Differentiate(context, block.first_row, block.rows, block.first_column, block.columns);
  });
}

}  // namespace layerwise
