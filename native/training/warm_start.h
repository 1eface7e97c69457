// Runs that go on with what the optimizer of the run before them knew.
#pragma once

#include <memory>
#include <string>

#include "native/network/network.h"
#include "native/training/epoch_training.h"

namespace layerwise {

// Throws where an optimizer of this name cannot go on with what is kept.
void CheckWarmStart(const KeptOptimizer& kept, const std::string& name);
void LoadOptimizer(const KeptOptimizer& kept, EpochTraining& training);
// Where there is no memory for it, a warm start is refused later: no reason for a training that has
// come to its end to fail.
//
// The states of the training are those of the network from then on: it must not go on.
void KeepOptimizer(Network& network, const std::string& name, EpochTraining& training);

}  // namespace layerwise
