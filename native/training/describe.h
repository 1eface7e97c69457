// Everything registered, as data: the language above generates its names, types and docs from it.
#pragma once

#include "native/core/value.h"

namespace layerwise {

// { activations, losses, optimizers, schedules, initializers, metrics, layers }: arrays of rows;
// and { options }: the names that each call knows.
Value Describe();
// { version, instructionSet, availableInstructionSets, threads }
Value Info();

}  // namespace layerwise
