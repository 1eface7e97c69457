// Copies rows of a data set into a plan's buffers.
#pragma once

#include <cstdint>
#include <span>

#include "native/core/thread_pool.h"
#include "native/data/class_weights.h"
#include "native/data/dataset.h"
#include "native/data/row_selection.h"
#include "native/plan/execution_plan.h"

namespace layerwise {

// Inputs and, where the plan wants them, targets and weights: those of the rows times those of
// their classes, where there are any; of each output of the network.
void LoadBatch(const Dataset& data, const RowSelection& selection, const ExecutionPlan& plan,
               ThreadPool& pool, std::span<const ClassWeights> class_weights = {});

}  // namespace layerwise
