#include "native/network/spec_norm.h"

#include <vector>

#include "native/network/choice.h"

namespace layerwise {

void ReadBatchNorm(const ValueReader& reader, LayerSpec& layer) {
  layer.type = LayerType::kBatchNorm;
  layer.output_size = layer.input_size;
  const std::vector<double> parameters = ReadParameters(reader, kBatchNormInfo);
  layer.momentum = parameters[0];
  layer.epsilon = parameters[1];
  layer.scale = parameters[2] != 0;
  layer.shift = parameters[3] != 0;
  layer.frozen = parameters[4] != 0;
}

void ReadLayerNorm(const ValueReader& reader, LayerSpec& layer) {
  layer.type = LayerType::kLayerNorm;
  layer.output_size = layer.input_size;
  const std::vector<double> parameters = ReadParameters(reader, kLayerNormInfo);
  layer.epsilon = parameters[0];
  layer.scale = parameters[1] != 0;
  layer.shift = parameters[2] != 0;
  layer.frozen = parameters[3] != 0;
}

}  // namespace layerwise
