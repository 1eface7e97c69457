// Which rows a share for validation has to be taken from evenly.
#pragma once

#include "native/data/dataset.h"
#include "native/data/row_classes.h"
#include "native/plan/objective.h"

namespace layerwise {

// The classes of the rows, where a network of one output learns one class for each: numbers of
// classes, one-hot rows, or 0 and 1 for a single sigmoid. None for anything else: numbers,
// probabilities, several labels, several outputs. Reads all targets: not for the caller's thread.
RowClasses ClassesToStratify(const Dataset& data, const Objective& objective);

}  // namespace layerwise
