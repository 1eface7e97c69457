// Whether metrics suit a network and its data.
#pragma once

#include <string>

#include "native/data/dataset.h"
#include "native/network/spec.h"
#include "native/plan/batch_loader.h"
#include "native/plan/objective.h"

namespace layerwise {

// Whether outputs are yes-or-no answers, each for itself.
bool HasIndependentOutputs(const OutputObjective& objective, const NetworkSpec& network);

// What the outputs and targets are to metrics.
MetricTask TaskOf(const OutputObjective& objective, const NetworkSpec& network,
                  const Dataset& data);

// Throws for a metric that is of something else than these outputs and targets.
void CheckMetrics(const OutputObjective& objective, const NetworkSpec& network,
                  const Dataset& data);

// Throws when the selected rows lack a label that a metric cannot do without. Reads their targets:
// not for the caller's thread. `of_rows` says which they are: "to train on".
void CheckMetricLabels(const Objective& objective, const NetworkSpec& network, const Dataset& data,
                       const RowSelection& selection, const std::string& of_rows);

}  // namespace layerwise
