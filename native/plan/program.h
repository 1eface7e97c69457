// The stages that a network's layers were lowered to, in the order of the forward pass.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "native/layers/stage.h"

namespace layerwise {

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
