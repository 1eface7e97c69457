// The running statistics of a network as they were before a pass that turns out not to count.
#pragma once

#include <algorithm>
#include <vector>

#include "native/layers/parameter_layout.h"

namespace layerwise {

class KeptStatistics {
 public:
  // The layout outlives it.
  explicit KeptStatistics(const ParameterLayout& layout) {
    for (const ParameterBlock& block : layout.blocks()) {
      const bool is_running = block.role == ParameterRole::kRunningMean ||
                              block.role == ParameterRole::kRunningVariance;
      if (is_running && !block.frozen) blocks_.push_back(&block);
    }
  }

  void Keep(const float* parameters) {
    values_.clear();
    for (const ParameterBlock* block : blocks_) {
      const float* from = parameters + block->offset;
      values_.insert(values_.end(), from, from + block->panels.size());
    }
  }

  void Restore(float* parameters) const {
    auto next = values_.begin();
    for (const ParameterBlock* block : blocks_) {
      std::copy_n(next, block->panels.size(), parameters + block->offset);
      next += block->panels.size();
    }
  }

 private:
  std::vector<const ParameterBlock*> blocks_;
  std::vector<float> values_;
};

}  // namespace layerwise
