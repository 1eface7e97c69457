// Gradients of parameters that are one for each column.
#pragma once

#include <algorithm>

#include "native/layers/blocks.h"
#include "native/layers/parameter_layout.h"

namespace layerwise {

// Gives the sink what gradient_of(column) is for each column.
template <typename F>
void TakeOfColumns(const StepContext& context, const ParameterBlock& parameters, int64_t columns,
                   F&& gradient_of) {
  ForColumns(context, columns, [&](const Block& block) {
    float gradient[kColumnsInTask] = {};
    for (int64_t j = 0; j < block.columns; ++j) {
      gradient[j] = static_cast<float>(gradient_of(block.first_column + j));
    }
    // Columns beyond the last are padding, with zero gradients: whole vectors may be updated.
    const int64_t lanes = parameters.panels.lanes;
    context.sink->Take(parameters.offset + block.first_column,
                       (block.columns + lanes - 1) / lanes * lanes, gradient);
  });
}

}  // namespace layerwise
