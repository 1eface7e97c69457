// What to say when numbers have left the range of floats.
#pragma once

#include <cmath>

#include "native/core/error.h"
#include "native/core/value.h"

namespace layerwise {

inline constexpr const char* kDivergedRemedy =
    "Training diverged: lower the learning rate, scale the inputs, or check the initializers.";

// Before anything is learnt.
inline void CheckFirstLoss(double loss) {
  if (std::isfinite(loss)) return;
  throw Error(ErrorKind::kDivergence, "loss", "a finite number", Value(loss).Describe(),
              "Scale the inputs, or check the weights.");
}

}  // namespace layerwise
