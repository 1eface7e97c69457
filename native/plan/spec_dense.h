// Reading the specs of layers that multiply by weights.
#pragma once

#include <string>
#include <vector>

#include "native/core/value.h"
#include "native/plan/spec.h"

namespace layerwise {

// Fill in the layer, whose input size is known.
void ReadDense(const ValueReader& reader, LayerSpec& layer);
void ReadMaxout(const ValueReader& reader, LayerSpec& layer);

// Throws unless the last of some layers, which stands at `path`, fits the one that it is tied to.
void CheckTie(const std::vector<LayerSpec>& layers, const std::string& path);

}  // namespace layerwise
