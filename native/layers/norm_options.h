// The options that normalisations share.
#pragma once

#include <limits>

#include "native/kernels/row_info.h"

namespace layerwise {

inline constexpr ParameterInfo kEpsilonParameter{
    .name = "epsilon",
    .fallback = 1e-5,
    .minimum = 1e-30,  // far enough from zero to stay there in single precision
    .maximum = std::numeric_limits<double>::infinity(),
    .description = "Added to the variance."};

inline constexpr ParameterInfo kScaleParameter =
    BooleanParameter("scale", true, "Whether there is a learnt gamma for each column, else 1.");

inline constexpr ParameterInfo kShiftParameter =
    BooleanParameter("shift", true, "Whether there is a learnt beta for each column, else 0.");

}  // namespace layerwise
