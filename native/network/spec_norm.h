// Reading the specs of normalisations.
#pragma once

#include <limits>

#include "native/core/value.h"
#include "native/kernels/row_info.h"
#include "native/network/spec.h"

namespace layerwise {

inline constexpr ParameterInfo kEpsilonParameter{
    .name = "epsilon",
    .fallback = 1e-5,
    .minimum = 1e-30,  // far enough from zero to stay there in single precision
    .maximum = std::numeric_limits<double>::infinity(),
    .description = "Added to the variance."};

inline constexpr ParameterInfo kScaleParameter{
    .name = "scale",
    .fallback = 1,
    .minimum = 0,
    .maximum = 1,
    .is_boolean = true,
    .description = "Whether there is a learnt gamma for each column, else 1."};

inline constexpr ParameterInfo kShiftParameter{
    .name = "shift",
    .fallback = 1,
    .minimum = 0,
    .maximum = 1,
    .is_boolean = true,
    .description = "Whether there is a learnt beta for each column, else 0."};

inline constexpr ParameterInfo kBatchNormParameters[] = {
    {.name = "momentum",
     .fallback = 0.1,
     .minimum = 0.0,
     .maximum = 1.0,
     .description = "The share of a batch in the running mean and variance."},
    kEpsilonParameter,
    kScaleParameter,
    kShiftParameter,
    {.name = "frozen",
     .fallback = 0,
     .minimum = 0,
     .maximum = 1,
     .is_boolean = true,
     .description =
         "Whether training leaves gamma, beta and the running statistics as they are and "
         "normalises with the running statistics, as predicting does; Keras's trainable "
         "= False."}};

inline constexpr RowInfo kBatchNormInfo{
    "batchNorm", "y = gamma (x - mean) / sqrt(variance + epsilon) + beta",
    "Batch normalisation (Ioffe and Szegedy 2015): each column with the mean and variance of the "
    "batch while training, with running ones when predicting. Momentum and epsilon as in PyTorch; "
    "scale and shift are Keras's scale and center, both together PyTorch's affine.",
    kBatchNormParameters};

inline constexpr ParameterInfo kLayerNormParameters[] = {kEpsilonParameter, kScaleParameter,
                                                         kShiftParameter, kFrozenParameter};

inline constexpr RowInfo kLayerNormInfo{
    "layerNorm", "y = gamma (x - mean) / sqrt(variance + epsilon) + beta",
    "Layer normalisation (Ba, Kiros and Hinton 2016): each row with its own mean and variance, "
    "while training and when predicting. Epsilon as in PyTorch.",
    kLayerNormParameters};

// Fill in the layer, whose input size is known.
void ReadBatchNorm(const ValueReader& reader, LayerSpec& layer);
void ReadLayerNorm(const ValueReader& reader, LayerSpec& layer);

}  // namespace layerwise
