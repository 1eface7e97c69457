#include "native/layers/block_step.h"

#include <algorithm>

namespace layerwise {

// Where a buffer needs whole columns and the step can only give whole rows, the two passes over
// the buffer are one after the other; else a block is finished while it is in the cache.
template <typename Compute, typename Follow>
void BlockStep::Run(const StepContext& context, const ValueBuffer& value, Cut cut,
                    Compute&& compute, Follow&& follow) const {
  const auto both = [&](const Block& block) {
    compute(block);
    follow(block);
  };
  const int64_t width = std::max(input_.columns, output_.columns);
  const auto by_rows = [&](auto&& fn) {
    ForRows(context, width, [&](int64_t first, int64_t rows) {
      fn(Block{first, rows, 0, value.columns});
    });
  };
  const bool whole_columns = value.NeedsWholeColumns();
  if (cut == Cut::kColumns || (cut == Cut::kEither && whole_columns)) {
    ForColumns(context, value.columns, both);
  } else if (!whole_columns) {
    by_rows(both);
  } else {
    by_rows(compute);
    ForColumns(context, value.columns, follow);
  }
}

void BlockStep::Forward(const StepContext& context) {
  BeginForward(context);
  Run(
      context, output_, forward_cut_,
      [&](const Block& block) {
        ForwardBlock(context, block);
        ClearPadding(output_.linear, block);
      },
      [&](const Block& block) { output_.Finish(context, block); });
}

void BlockStep::Backward(const StepContext& context) {
  if (input_.gradient) {
    Run(
        context, input_, backward_cut_,
        [&](const Block& block) {
          BackwardBlock(context, block);
          ClearPadding(input_.gradient, block);
        },
        [&](const Block& block) { input_.Differentiate(context, block); });
  }
  BackwardParameters(context);
}

}  // namespace layerwise
