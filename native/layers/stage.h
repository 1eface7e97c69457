// A step before it exists, as a plan is compiled.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "native/layers/step.h"

namespace layerwise {

using MakeStep = std::function<std::unique_ptr<Step>(const StepSite& site)>;

// Where a normalisation stands in a plan; what it refers to outlives it.
struct NormSite {
  size_t layer;
  const ParameterLayout& layout;
  const StepKernels& kernels;
  bool trains;  // whether there is a backward pass
};

using MakeNorm = std::function<std::unique_ptr<ValueNorm>(const NormSite& site)>;

// A normalisation behind a stage: one with running statistics, which a dense stage may take into
// its weights where the plan only predicts.
struct StageNorm {
  NormToFold folded;
  MakeNorm make;
};

// What the layers behind a stage have to know of it.
struct StageTraits {
  bool is_dense = false;          // it multiplies, and may take a normalisation along
  bool takes_activation = false;  // an element-wise one may go into its output
  bool keeps_output = false;      // its backward pass wants the output as it computed it
  bool prepares_input = false;    // it has nothing to learn: the next stage of the layer has
};

inline constexpr StageTraits kDenseStage{.is_dense = true, .takes_activation = true};

struct Stage {
  size_t layer = 0;
  int64_t columns = 0;  // of its output
  size_t input = 0;     // the value that it reads: 0 is the plan's, i + 1 that of stage i
  MakeStep make;
  StageTraits traits{};
  int64_t tied_to = -1;  // the layer whose weights a dense one takes transposed
  FusedActivation activation{};
  std::optional<StageNorm> norm;
  int64_t skip = -1;  // the value that is added at the end of a residual block
  size_t depth = 0;   // of that block within others
  bool is_projection = false;
  bool is_output = false;  // whether an output of the plan is what it computes

  bool TakesActivation() const { return traits.takes_activation && !activation; }
  bool KeepsOutput() const { return traits.keeps_output || activation; }
  bool IsJoin() const { return skip >= 0; }
};

}  // namespace layerwise
