#include "native/network/spec_noise.h"

#include <vector>

#include "native/network/choice.h"

namespace layerwise {
namespace {

// Noise changes values, not their number.
void SetNoise(LayerSpec& layer, LayerType type, const NoiseSpec& noise) {
  layer.type = type;
  layer.output_size = layer.input_size;
  layer.noise = noise;
}

}  // namespace

void ReadMaskingNoise(const ValueReader& reader, LayerSpec& layer) {
  SetNoise(layer, LayerType::kMaskingNoise,
           {.kind = NoiseKind::kMasking, .rate = ReadParameters(reader, kMaskingNoiseInfo)[0]});
}

void ReadGaussianNoise(const ValueReader& reader, LayerSpec& layer) {
  SetNoise(
      layer, LayerType::kGaussianNoise,
      {.kind = NoiseKind::kGaussian, .deviation = ReadParameters(reader, kGaussianNoiseInfo)[0]});
}

void ReadSaltAndPepperNoise(const ValueReader& reader, LayerSpec& layer) {
  const std::vector<double> parameters = ReadParameters(reader, kSaltAndPepperNoiseInfo);
  SetNoise(layer, LayerType::kSaltAndPepperNoise,
           {.kind = NoiseKind::kSaltAndPepper,
            .rate = parameters[0],
            .low = parameters[1],
            .high = parameters[2]});
}

void ReadSwapNoise(const ValueReader& reader, LayerSpec& layer) {
  SetNoise(layer, LayerType::kSwapNoise,
           {.kind = NoiseKind::kSwap, .rate = ReadParameters(reader, kSwapNoiseInfo)[0]});
}

void ReadDropout(const ValueReader& reader, LayerSpec& layer) {
  SetNoise(layer, LayerType::kDropout,
           {.kind = NoiseKind::kDropout, .rate = ReadParameters(reader, kDropoutInfo)[0]});
}

void ReadAlphaDropout(const ValueReader& reader, LayerSpec& layer) {
  SetNoise(
      layer, LayerType::kAlphaDropout,
      {.kind = NoiseKind::kAlphaDropout, .rate = ReadParameters(reader, kAlphaDropoutInfo)[0]});
}

}  // namespace layerwise
