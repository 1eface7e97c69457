// A network as its spec describes it: every default filled in, every shape inferred, every value
// checked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "native/layers/layer.h"

namespace layerwise {

struct NetworkSpec {
  int64_t input_size = 0;
  uint32_t seed = 0;
  // A residual block comes before the layers within it, which follow it as if they were the
  // network's; so do heads, before the layers of the first head, of the second, and so on.
  std::vector<std::unique_ptr<Layer>> layers;
  std::vector<OutputSpec> outputs;
  // Where each layer that is not within another begins among them, and the end.
  std::vector<size_t> starts;

  size_t size() const { return starts.size() - 1; }
  int64_t output_size() const { return outputs.back().first_column + outputs.back().columns; }
  bool has_heads() const { return !outputs.front().name.empty(); }
};

}  // namespace layerwise
