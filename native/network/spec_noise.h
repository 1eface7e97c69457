// Reading the specs of layers that change values at random while training.
#pragma once

#include <limits>

#include "native/core/value.h"
#include "native/kernels/row_info.h"
#include "native/network/spec.h"

namespace layerwise {

inline constexpr ParameterInfo kRateParameter{
    .name = "rate",
    .fallback = 0.3,
    .minimum = 0.0,
    .maximum = 1.0,
    .description = "The share of the values that are replaced."};

inline constexpr ParameterInfo kRateParameters[] = {kRateParameter};

inline constexpr RowInfo kMaskingNoiseInfo{
    "maskingNoise", "y = 0 with probability rate, else x",
    "Values are zero at random while training, and pass unchanged when predicting: the corruption "
    "of "
    "denoising autoencoders (Vincent et al. 2008). Unlike dropout it does not scale up the others.",
    kRateParameters};

inline constexpr ParameterInfo kGaussianNoiseParameters[] = {
    {.name = "standardDeviation",
     .fallback = 0.1,
     .minimum = 0.0,
     .maximum = std::numeric_limits<float>::max(),
     .description = "The standard deviation of the noise."}};

inline constexpr RowInfo kGaussianNoiseInfo{
    "gaussianNoise", "y = x + standardDeviation * noise",
    "Adds normally distributed noise while training, and nothing when predicting.",
    kGaussianNoiseParameters};

inline constexpr ParameterInfo kSaltAndPepperNoiseParameters[] = {
    kRateParameter,
    {.name = "low",
     .fallback = 0.0,
     .minimum = std::numeric_limits<float>::lowest(),
     .maximum = std::numeric_limits<float>::max(),
     .description = "What half of the replaced values become."},
    {.name = "high",
     .fallback = 1.0,
     .minimum = std::numeric_limits<float>::lowest(),
     .maximum = std::numeric_limits<float>::max(),
     .description = "What the other half becomes."}};

inline constexpr RowInfo kSaltAndPepperNoiseInfo{
    "saltAndPepperNoise", "y = low or high with probability rate, else x",
    "Values jump to their lowest or highest at random while "
    "training (Vincent et al. 2010), and pass "
    "unchanged when predicting.",
    kSaltAndPepperNoiseParameters};

inline constexpr RowInfo kSwapNoiseInfo{
    "swapNoise", "y = x of another row with probability rate, else x",
    "Values are taken from the same column of a random row of the batch while training, and pass "
    "unchanged when predicting. What is replaced stays a value that the column knows, which suits "
    "tables.",
    kRateParameters};

inline constexpr ParameterInfo kDropoutParameters[] = {
    {.name = "rate",
     .fallback = 0.5,
     .minimum = 0.0,
     .maximum = 1.0,
     .maximum_exclusive = true,
     .description = "The share of the values that are dropped."}};

inline constexpr RowInfo kDropoutInfo{
    "dropout", "y = 0 with probability rate, else x / (1 - rate)",
    "Dropout (Srivastava et al. 2014): values are zero at random while training, and the others "
    "are scaled so that their mean stays. Values pass unchanged when predicting.",
    kDropoutParameters};

inline constexpr RowInfo kAlphaDropoutInfo{
    "alphaDropout", "y = a s + b with probability rate, else a x + b; s = -1.7580993408473766",
    "Alpha dropout (Klambauer et al. 2017), for networks of selu: dropped values become the least "
    "value of selu, and a and b keep a mean of 0 and a variance of 1. Values pass unchanged when "
    "predicting.",
    kDropoutParameters};

// Fill in the layer, whose input size is known.
void ReadMaskingNoise(const ValueReader& reader, LayerSpec& layer);
void ReadGaussianNoise(const ValueReader& reader, LayerSpec& layer);
void ReadSaltAndPepperNoise(const ValueReader& reader, LayerSpec& layer);
void ReadSwapNoise(const ValueReader& reader, LayerSpec& layer);
void ReadDropout(const ValueReader& reader, LayerSpec& layer);
void ReadAlphaDropout(const ValueReader& reader, LayerSpec& layer);

}  // namespace layerwise
