// Refuses weights of 0 for everything: what counts for nothing is neither learnt nor measured.
#pragma once

#include <span>
#include <string>

#include "native/data/class_weights.h"
#include "native/data/dataset.h"
#include "native/data/row_selection.h"
#include "native/network/spec.h"
#include "native/plan/objective.h"

namespace layerwise {

// Of some rows of a data set, whose path is `path` and which errors call `of_rows`: "to train on".
void CheckRowWeights(const Dataset& data, const RowSelection& rows, const std::string& path,
                     const std::string& of_rows);

// Of the classes that these rows have, for each output, once they are balanced.
void CheckClassWeights(std::span<const ClassWeights> weights, const Dataset& data,
                       const RowSelection& rows, const NetworkSpec& network);

// Of the losses of several outputs.
void CheckOutputWeights(const Objective& objective);

}  // namespace layerwise
