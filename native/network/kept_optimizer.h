// What an optimizer knew when a run ended, for a run that goes on with it.
#pragma once

#include <string>

#include "native/core/state_archive.h"

namespace layerwise {

struct KeptOptimizer {
  std::string name;
  SavedState state;
};

}  // namespace layerwise
