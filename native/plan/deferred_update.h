// The update of all parameters once all gradients are known: for what has to look at the gradients
// before they are used (clipping), or adds them up over several batches.
#pragma once

#include <cstdint>
#include <vector>

#include "native/kernels/optimizers.h"
#include "native/layers/step.h"
#include "native/network/parameters.h"

namespace layerwise {

// Bounds for gradients; 0 for none. Values are bounded first.
struct GradientClipping {
  double norm = 0;   // of all gradients together, Euclidean
  double value = 0;  // of each one

  bool enabled() const { return norm > 0 || value > 0; }
};

class DeferredUpdate {
 public:
  // All memory outlives the update; `states` as many as the optimizer has.
  DeferredUpdate(const ParameterLayout& layout, const OptimizerRow& optimizer, float* gradients,
                 const TouchedRows& touched, float* parameters, float* const* states);

  // Clips the gradients in place and updates the parameters.
  void Apply(const StepContext& context, const StepConstants& constants,
             const GradientClipping& clipping);

 private:
  // A part of a block of parameters. The cut ignores the number of threads, so that sums over
  // pieces do not depend on it.
  struct Piece {
    int64_t offset;
    int64_t count;
    // Of a table, some of its rows; null for any other block.
    const ParameterBlock* table = nullptr;
    int64_t first_row = 0;
    int64_t end_row = 0;
  };

  void AddTable(const ParameterBlock& table);
  // Calls fn(gradients, count, row) for a piece as a whole, or for the rows of it that are touched.
  template <typename F>
  void ForParts(const Piece& piece, F&& fn) const;
  template <typename F>
  void ForPieces(const StepContext& context, F&& fn) const;
  double Clip(const StepContext& context, const GradientClipping& clipping);

  const GradientSink sink_;
  float* gradients_;
  const TouchedRows& touched_;
  std::vector<Piece> pieces_;
  std::vector<double> sums_of_squares_;  // by piece
};

}  // namespace layerwise
