#include "native/network/first_weights.h"

namespace layerwise {

FirstWeights::FirstWeights(const NetworkSpec& spec, const ParameterLayout& layout)
    : spec_(spec), layout_(layout), is_there_(layout.blocks().size(), false) {}

// Where memory runs out half-way, the next call goes on with the block that failed.
void FirstWeights::DrawInto(float* parameters) {
  const std::lock_guard lock(mutex_);
  if (AreAllThere()) return;
  for (size_t block = 0; block < is_there_.size(); ++block) {
    if (is_there_[block]) continue;
    InitializeBlock(spec_, layout_, block, parameters);
    is_there_[block] = true;
  }
  are_all_there_.store(true, std::memory_order_release);
}

void FirstWeights::ReplaceAll() {
  if (AreAllThere()) return;
  const std::lock_guard lock(mutex_);
  are_all_there_.store(true, std::memory_order_release);
}

}  // namespace layerwise
