// What to say when numbers have left the range of floats.
#pragma once

namespace layerwise {

inline constexpr const char* kDivergedRemedy =
    "Training diverged: lower the learning rate, scale the inputs, or check the initializers.";

}  // namespace layerwise
