// Weights of classes for each output of a network, as the trainings take them: read, checked,
// balanced.
#pragma once

#include <span>
#include <vector>

#include "native/core/value.h"
#include "native/data/class_weights.h"
#include "native/data/dataset.h"
#include "native/data/row_selection.h"
#include "native/network/spec.h"
#include "native/plan/execution_plan.h"

namespace layerwise {

// Reads the option classWeights: of the only output, or of each one in the option outputs.
std::vector<ClassWeights> ReadOutputClassWeights(const ValueReader& options,
                                                 const NetworkSpec& network);

// Throws when there are weights, but no classes.
void CheckClassTargets(std::span<const ClassWeights> weights, const Dataset& data);

// Makes room for them in a plan.
void PlanClassWeights(std::span<const ClassWeights> weights, const NetworkSpec& network,
                      PlanOptions& plan);

// Computes those that are to be balanced over these rows. Not for the caller's thread.
void BalanceClassWeights(const Dataset& data, const RowSelection& rows,
                         std::span<ClassWeights> weights);

}  // namespace layerwise
