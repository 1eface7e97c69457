// Reading the specs of layers that multiply by weights.
#pragma once

#include <string>
#include <vector>

#include "native/core/value.h"
#include "native/network/spec.h"

namespace layerwise {

// Fill in the layer, whose input size is known.
void ReadDense(const ValueReader& reader, LayerSpec& layer);
void ReadMaxout(const ValueReader& reader, LayerSpec& layer);
// All but the inner layers, on which the output size depends.
void ReadResidual(const ValueReader& reader, LayerSpec& layer);

// A spec ties a layer to another one of its list by that one's number: turns it into its place
// among all layers, for the last of them. `starts` says where the layers of the list begin. Throws
// unless the two fit.
void ResolveTie(const std::vector<size_t>& starts, std::vector<LayerSpec>& layers);

}  // namespace layerwise
