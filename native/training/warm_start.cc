#include "native/training/warm_start.h"

#include <memory>
#include <utility>

#include "native/core/error.h"
#include "native/core/state_archive.h"

namespace layerwise {

void CheckWarmStart(const KeptOptimizer& kept, const std::string& name) {
  if (kept.state.arrays().empty()) {
    throw Error(ErrorKind::kMemory, "warmStart", "the optimizer of the call before",
                "none, as there was no memory to keep it in",
                "Leave warmStart out, or give the process more memory.");
  }
  if (kept.name == name) return;
  throw Error(ErrorKind::kArgument, "warmStart",
              "the optimizer of the call before, which was " + kept.name, name,
              "Go on with that optimizer, or leave warmStart out.");
}

void LoadOptimizer(const KeptOptimizer& kept, EpochTraining& training) {
  StateLoader loader(kept.state);
  training.VisitOptimizer(loader);
}

void KeepOptimizer(Network& network, const std::string& name, EpochTraining& training) {
  auto kept = std::make_shared<KeptOptimizer>();
  kept->name = name;
  StateSaver saver(StateSaver::Shared::kHeld);
  training.VisitOptimizer(saver);
  try {
    saver.SaveTo(kept->state);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kMemory) throw;
  }
  network.KeepOptimizer(std::move(kept));
}

}  // namespace layerwise
