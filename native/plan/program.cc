#include "native/plan/program.h"

namespace layerwise {

bool Program::IsTiedTo(size_t stage, size_t owner) const {
  return IsTied(stage) && !IsTied(owner) && stages[owner].traits.is_dense &&
         stages[stage].tied_to == static_cast<int64_t>(stages[owner].layer);
}

bool Program::HasTied(size_t owner) const {
  for (size_t stage = 0; stage < stages.size(); ++stage) {
    if (IsTiedTo(stage, owner)) return true;
  }
  return false;
}

int64_t Program::OwnerOf(size_t stage) const {
  for (size_t owner = 0; owner < stage; ++owner) {
    if (IsTiedTo(stage, owner)) return static_cast<int64_t>(owner);
  }
  return -1;
}

}  // namespace layerwise
