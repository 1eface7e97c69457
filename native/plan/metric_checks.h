// Whether metrics suit what a network is measured by and its data.
#pragma once

#include "native/data/dataset.h"
#include "native/plan/objective.h"

namespace layerwise {

// Throws for a metric that is of something else than these outputs and targets.
void CheckMetrics(const OutputObjective& objective, const Dataset& data);

}  // namespace layerwise
