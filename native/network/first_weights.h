// The first values of a network's parameters. They are drawn when somebody wants to read them:
// often others take their place before, as in a model that is loaded or copied, and some
// initializers take seconds.
#pragma once

#include <atomic>
#include <cstddef>
#include <mutex>
#include <vector>

#include "native/network/parameters.h"
#include "native/network/spec.h"

namespace layerwise {

// Safe to use from several threads.
class FirstWeights {
 public:
  // Both must outlive it.
  FirstWeights(const NetworkSpec& spec, const ParameterLayout& layout);

  bool AreAllThere() const { return are_all_there_.load(std::memory_order_acquire); }
  // Fills in the blocks that have no values yet; does nothing from the second call on.
  void DrawInto(float* parameters);
  // All blocks have values of their own.
  void ReplaceAll();

  // Calls write(), which gives a block values of its own: those are not drawn any more. Nothing is
  // drawn meanwhile.
  template <typename F>
  void Replace(size_t block, F&& write) {
    const std::lock_guard lock(mutex_);
    write();
    is_there_[block] = true;
  }

 private:
  const NetworkSpec& spec_;
  const ParameterLayout& layout_;
  std::mutex mutex_;
  std::vector<bool> is_there_;  // by block
  std::atomic<bool> are_all_there_{false};
};

}  // namespace layerwise
