#include "native/network/spec_noise.h"

#include <vector>

#include "native/network/choice.h"

namespace layerwise {

void ReadMaskingNoise(const ValueReader& reader, LayerSpec& layer) {
  layer.type = LayerType::kMaskingNoise;
  layer.output_size = layer.input_size;
  layer.noise = {.kind = NoiseKind::kMasking, .rate = ReadParameters(reader, kMaskingNoiseInfo)[0]};
}

void ReadGaussianNoise(const ValueReader& reader, LayerSpec& layer) {
  layer.type = LayerType::kGaussianNoise;
  layer.output_size = layer.input_size;
  layer.noise = {.kind = NoiseKind::kGaussian,
                 .deviation = ReadParameters(reader, kGaussianNoiseInfo)[0]};
}

void ReadSaltAndPepperNoise(const ValueReader& reader, LayerSpec& layer) {
  const std::vector<double> parameters = ReadParameters(reader, kSaltAndPepperNoiseInfo);
  layer.type = LayerType::kSaltAndPepperNoise;
  layer.output_size = layer.input_size;
  layer.noise = {.kind = NoiseKind::kSaltAndPepper,
                 .rate = parameters[0],
                 .low = parameters[1],
                 .high = parameters[2]};
}

void ReadSwapNoise(const ValueReader& reader, LayerSpec& layer) {
  layer.type = LayerType::kSwapNoise;
  layer.output_size = layer.input_size;
  layer.noise = {.kind = NoiseKind::kSwap, .rate = ReadParameters(reader, kSwapNoiseInfo)[0]};
}

void ReadDropout(const ValueReader& reader, LayerSpec& layer) {
  layer.type = LayerType::kDropout;
  layer.output_size = layer.input_size;
  layer.noise = {.kind = NoiseKind::kDropout, .rate = ReadParameters(reader, kDropoutInfo)[0]};
}

void ReadAlphaDropout(const ValueReader& reader, LayerSpec& layer) {
  layer.type = LayerType::kAlphaDropout;
  layer.output_size = layer.input_size;
  layer.noise = {.kind = NoiseKind::kAlphaDropout,
                 .rate = ReadParameters(reader, kAlphaDropoutInfo)[0]};
}

}  // namespace layerwise
