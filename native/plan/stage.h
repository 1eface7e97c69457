// A network's layers lowered to stages, before there is memory: each becomes one step.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "native/plan/steps/step.h"

namespace layerwise {

// What the layers behind a stage have to know of it.
struct StageTraits {
  bool is_dense = false;          // it multiplies, and may take a batch normalisation along
  bool takes_activation = false;  // an element-wise one may go into its output
  bool keeps_output = false;      // its backward pass wants the output as it computed it
};

struct Stage {
  size_t layer = 0;
  int64_t columns = 0;  // of its output
  size_t input = 0;     // the value that it reads: 0 is the plan's, i + 1 that of stage i
  std::function<std::unique_ptr<Step>(const StepSite& site)> make;
  StageTraits traits{};
  int64_t tied_to = -1;  // the layer whose weights a dense one takes transposed
  FusedActivation activation{};
  int64_t norm_layer = -1;  // the batch normalisation behind it
  int64_t skip = -1;        // the value that is added at the end of a residual block
  size_t depth = 0;         // of that block within others
  bool is_projection = false;
  bool is_output = false;  // whether an output of the plan is what it computes

  bool TakesActivation() const { return traits.takes_activation && !activation; }
  bool KeepsOutput() const { return traits.keeps_output || activation; }
  bool IsJoin() const { return skip >= 0; }
};

// All stages, in the order of the forward pass.
struct Program {
  int64_t input_columns = 0;
  std::vector<Stage> stages;
  std::vector<size_t> outputs;  // the values that are outputs of the plan
  bool has_heads = false;       // whether the outputs are those of heads

  int64_t ColumnsOf(size_t value) const {
    return value == 0 ? input_columns : stages[value - 1].columns;
  }
  // Begins beside the stages before it: its input goes to others too.
  bool IsBranch(size_t stage) const {
    return stages[stage].input != stage && !stages[stage].IsJoin();
  }
  bool IsTied(size_t stage) const { return stages[stage].tied_to >= 0; }
  // Whether a stage takes its weights from this one.
  bool IsTiedTo(size_t stage, size_t owner) const;
  // Whether stages are tied to this one.
  bool HasTied(size_t owner) const;
  // The dense stage before this one whose weights it takes; -1 where the plan has none.
  int64_t OwnerOf(size_t stage) const;
};

}  // namespace layerwise
