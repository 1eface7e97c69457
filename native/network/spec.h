// Reading the spec of a network.
#pragma once

#include "native/core/value.h"
#include "native/layers/network_spec.h"

namespace layerwise {

// Throws Error with the path of what is wrong, e.g. layers[2].units.
NetworkSpec ReadNetworkSpec(const Value& value);

// The first layer that measures batches while training; null where there is none.
const Layer* FirstThatMeasuresBatches(const NetworkSpec& network);

// The layer types as data for the language above.
Value DescribeLayerTypes();

}  // namespace layerwise
