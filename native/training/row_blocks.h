// Large batches of small networks in blocks of rows: a block goes through the whole network,
// forward and backward, before the next one, so that what lies between the layers stays in the
// cache; and each thread has a block of its own, takes the next one when it is done, and waits for
// the others only to add up what it has.
//
// How a batch is cut follows from its rows alone, and gradients are added up in the order of the
// blocks: the bits are the same at any number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "native/data/class_weights.h"
#include "native/data/dataset.h"
#include "native/data/row_selection.h"
#include "native/training/meter.h"
#include "native/training/session.h"

namespace layerwise {

class RowBlocks {
 public:
  // Whether batches that a plan trains on are better taken in blocks. A plan that has them keeps
  // its gradients.
  static bool Pay(const ExecutionPlan& plan, const ParameterLayout& layout);

  // Takes memory, for as many blocks at a time as the session has threads; the session outlives it.
  // Throws kMemory.
  explicit RowBlocks(Session& session);

  // Passes the rows of a batch forward and backward; the meter takes their losses and metrics, and
  // the session's plan keeps the gradients: times a share, added to those that it has already or in
  // their place.
  void Pass(const Dataset& data, const RowSelection& rows,
            std::span<const ClassWeights> class_weights, const TrainingPass& pass, double share,
            bool adds, Meter& meter);

  size_t bytes() const;

 private:
  Session& session_;
  std::vector<std::unique_ptr<Session>> lanes_;  // one for each block at a time
};

}  // namespace layerwise
