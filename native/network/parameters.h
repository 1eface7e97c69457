// The values of a network's parameters.
#pragma once

#include <span>
#include <utility>

#include "native/core/arena.h"
#include "native/layers/parameter_layout.h"

namespace layerwise {

// Values of all parameters. Padding is zero and stays so.
class Parameters {
 public:
  explicit Parameters(const ParameterLayout& layout);

  float* data() { return arena_.At(slot_); }
  const float* data() const { return arena_.At(slot_); }
  size_t bytes() const { return arena_.bytes(); }

 private:
  explicit Parameters(std::pair<ArenaLayout, Slot<float>> reserved);
  Slot<float> slot_;
  Arena arena_;
};

// Between the layout of the shape, as users know it, and panels.
void ReadBlock(const ParameterBlock& block, const float* parameters, std::span<float> out);
void WriteBlock(const ParameterBlock& block, std::span<const float> values, float* parameters);
int64_t BlockSize(const ParameterBlock& block);  // elements of the shape

// Throws kData, with the name in the path, for values that a parameter may not hold: statistics
// that none could have would make every prediction NaN.
void CheckValues(const ParameterBlock& block, std::span<const float> values);
// The same of all parameters as they lie in panels.
void CheckParameters(const ParameterLayout& layout, const float* parameters);

// Fills in the initial values of a block, in memory that is zero.
void InitializeBlock(const NetworkSpec& spec, const ParameterLayout& layout, size_t index,
                     float* parameters);

}  // namespace layerwise
