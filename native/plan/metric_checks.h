// Whether metrics suit what a network is measured by and its data.
#pragma once

#include <string>

#include "native/data/dataset.h"
#include "native/data/row_selection.h"
#include "native/plan/objective.h"

namespace layerwise {

// Throws for a metric that is of something else than these outputs and targets.
void CheckMetrics(const OutputObjective& objective, const Dataset& data);

// Throws when the selected rows lack a label that a metric cannot do without. Reads their targets:
// not for the caller's thread. `of_rows` says which they are: "to train on".
void CheckMetricLabels(const Objective& objective, const Dataset& data,
                       const RowSelection& selection, const std::string& of_rows);

}  // namespace layerwise
