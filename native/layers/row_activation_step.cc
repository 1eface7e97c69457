#include "native/layers/row_activation_step.h"

namespace layerwise {

void RowActivationStep::ForwardBlock(const StepContext&, const Block& block) const {
  activation_.row->forward({input().output.At(block), output().linear.At(block),
                            output().linear.stride, block.rows, block.columns},
                           activation_.parameters.data());
}

void RowActivationStep::BackwardBlock(const StepContext&, const Block& block) const {
  const bool of_input = activation_.row->derivative_of == DerivativeOf::kInput;
  const MatrixView& saved = of_input ? input().output : output().output;
  const MatrixView& gradient = input().gradient;
  CopyBlock(output().gradient, gradient, block);
  ClearPadding(gradient, block);  // the sums of a row are of whole vectors
  activation_.row->backward({saved.At(block), saved.stride, gradient.At(block), gradient.stride,
                             block.rows, block.columns},
                            activation_.parameters.data());
}

}  // namespace layerwise
