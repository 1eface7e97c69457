// Reading the spec of a network.
#pragma once

#include "native/core/value.h"
#include "native/layers/batch_norm.h"
#include "native/layers/network_spec.h"

namespace layerwise {

// Throws Error with the path of what is wrong, e.g. layers[2].units.
NetworkSpec ReadNetworkSpec(const Value& value);

// The first batch normalisation that measures batches while training, as it is not frozen; null
// where there is none.
const BatchNormLayer* MeasuredByBatches(const NetworkSpec& network);

// The layer types as data for the language above.
Value DescribeLayerTypes();

}  // namespace layerwise
