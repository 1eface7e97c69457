#include "native/plan/steps/identity_step.h"

#include "native/plan/steps/blocks.h"

namespace layerwise {

void IdentityStep::Forward(const StepContext& context) {
  ForBlocks(context, output_, [&](const Block& block) {
    CopyBlock(input_.output, output_.linear, block);
    output_.Finish(context, block.first_row, block.rows, block.first_column, block.columns);
  });
}

void IdentityStep::Backward(const StepContext& context) {
  if (!input_.gradient) return;
  ForBlocks(context, input_, [&](const Block& block) {
    CopyBlock(output_.gradient, input_.gradient, block);
    input_.Differentiate(context, block.first_row, block.rows, block.first_column, block.columns);
  });
}

}  // namespace layerwise
