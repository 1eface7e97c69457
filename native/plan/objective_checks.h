// Whether data suits a network and what it is measured by.
#pragma once

#include <cstdint>
#include <string>

#include "native/data/dataset.h"
#include "native/network/spec.h"
#include "native/plan/objective.h"

namespace layerwise {

// Throws when the data's shapes do not fit the network or its targets the loss or a metric.
void CheckShapes(const Dataset& data, const NetworkSpec& network, const Objective& objective,
                 const std::string& path);

// Throws when a target lies outside the loss's bounds. Reads all targets: not for the caller's
// thread.
void CheckTargetBounds(const Dataset& data, const Objective& objective, const std::string& path);

// The same of the first `rows` rows.
void CheckTargetBounds(const Dataset& block, int64_t rows, const Objective& objective,
                       const std::string& path);

}  // namespace layerwise
