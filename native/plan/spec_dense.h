// Reading the specs of layers that multiply by weights.
#pragma once

#include "native/core/value.h"
#include "native/plan/spec.h"

namespace layerwise {

// Fill in the layer, whose input size is known.
void ReadDense(const ValueReader& reader, LayerSpec& layer);
void ReadMaxout(const ValueReader& reader, LayerSpec& layer);

}  // namespace layerwise
