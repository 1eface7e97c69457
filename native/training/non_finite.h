// What to do when a training comes to numbers that are not finite: end, leave the batch out, or go
// back and learn more slowly.
#pragma once

#include <cstdint>
#include <vector>

#include "native/core/state_archive.h"
#include "native/core/value.h"

namespace layerwise {

enum class NonFiniteAction { kStop, kSkipBatch, kRollback };

struct NonFiniteOptions {
  NonFiniteAction action = NonFiniteAction::kStop;
  // Of kRollback: what the learning rate is multiplied by each time, and how often at most.
  double factor = 0.5;
  int64_t times = 3;
};

// Reads the option onNonFinite: { action, factor?, times? }.
NonFiniteOptions ReadNonFinite(const ValueReader& options);

// Where a run came to such numbers and went on; both from 1.
struct Recovery {
  int64_t epoch = 0;
  int64_t batch = 0;
};

class Recoveries {
 public:
  void Add(const Recovery& recovery) { all_.push_back(recovery); }
  const std::vector<Recovery>& all() const { return all_; }
  int64_t count() const { return static_cast<int64_t>(all_.size()); }

  void Visit(StateArchive& archive);

 private:
  std::vector<Recovery> all_;
};

}  // namespace layerwise
