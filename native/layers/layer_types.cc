// The table of all types of layers: a new one is added here.
#include "native/layers/activation.h"
#include "native/layers/activity_penalty.h"
#include "native/layers/batch_norm.h"
#include "native/layers/contractive_penalty.h"
#include "native/layers/dense/dense_layer.h"
#include "native/layers/embedding.h"
#include "native/layers/gaussian_sampling.h"
#include "native/layers/heads.h"
#include "native/layers/layer_norm.h"
#include "native/layers/maxout.h"
#include "native/layers/noise.h"
#include "native/layers/prelu.h"
#include "native/layers/residual.h"
#include "native/layers/scaling.h"

namespace layerwise {
namespace {

constexpr const LayerType* kLayerTypes[] = {
    &DenseLayer::kType,
    &ActivationLayer::kType,
    &BatchNormLayer::kType,
    &GaussianSamplingLayer::kType,
    &NoiseLayer::kMaskingNoise,
    &NoiseLayer::kGaussianNoise,
    &NoiseLayer::kSaltAndPepperNoise,
    &NoiseLayer::kSwapNoise,
    &NoiseLayer::kDropout,
    &NoiseLayer::kAlphaDropout,
    &LayerNormLayer::kType,
    &ActivityPenaltyLayer::kType,
    &ContractivePenaltyLayer::kType,
    &PreluLayer::kType,
    &MaxoutLayer::kType,
    &ResidualLayer::kType,
    &HeadsLayer::kType,
    &EmbeddingLayer::kType,
    &ScalingLayer::kType,
};

}  // namespace

std::span<const LayerType* const> LayerTypes() { return kLayerTypes; }

}  // namespace layerwise
