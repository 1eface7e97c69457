#include "native/plan/batch_memory.h"

#include "native/plan/view_rows.h"

namespace layerwise {

// A product takes its left operand number by number. Everything else, conversions among it, reads
// and may write whole vectors.
bool BatchMemory::ReadsRowsAnywhere() const {
  return !options_.backward() && !options_.bf16() && options_.objective == nullptr &&
         program_.stages.front().traits.is_dense && memory_.ReadsInputAlone(0);
}

void BatchMemory::CopyOutputs(int64_t rows, float* to) const {
  if (!program_.has_heads) {
    CopyRowsOut(outputs(), rows, to);
    return;
  }
  const int64_t stride = spec_.output_size();
  for (size_t i = 0; i < output_count(); ++i) {
    CopyRowsOut(outputs(i), rows, to + spec_.outputs[i].first_column, stride);
  }
}

void BatchMemory::SetOutputGradient(int64_t rows, const float* gradient) {
  for (size_t i = 0; i < output_count(); ++i) {
    const MatrixView& to = OutputValue(i).gradient;
    if (!to) continue;
    CopyRowsIn(gradient + spec_.outputs[i].first_column, spec_.output_size(), rows, to);
  }
}

}  // namespace layerwise
