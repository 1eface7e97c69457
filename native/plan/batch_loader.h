// Copies rows of a data set into the batch of a plan.
#pragma once

#include <cstdint>
#include <span>

#include "native/core/thread_pool.h"
#include "native/data/class_weights.h"
#include "native/data/dataset.h"
#include "native/data/row_selection.h"
#include "native/plan/batch_memory.h"

namespace layerwise {

// Inputs and, where the plan has them, targets and weights: those of the rows times those of
// their classes, where there are any; of each output of the network.
void LoadBatch(const Dataset& data, const RowSelection& selection, const BatchMemory& batch,
               ThreadPool& pool, std::span<const ClassWeights> class_weights = {});

}  // namespace layerwise
