// States of runs and trainers between C++ and JavaScript: { tensors: { name: typed array } }, and
// how far a run had got.
#pragma once

#include <napi.h>

#include <memory>
#include <vector>

#include "native/core/state_archive.h"
#include "native/training/snapshots.h"

namespace layerwise {

// Copies the arrays of a state; `path` names the state in errors. Throws Error.
std::shared_ptr<SavedState> StateArgument(const Napi::Value& value, const char* path);
// Of a run; null where there is none.
std::shared_ptr<const RunSnapshot> RunStateArgument(const Napi::Value& value, const char* path);

// Shows states without copying them, where the engine allows that: JavaScript then sees the memory
// of the state itself, which lives as long as either side needs it. Belongs to the JavaScript
// thread.
class StatesInJs {
 public:
  Napi::Object ToJs(Napi::Env env, const RunSnapshot& snapshot);
  Napi::Object TensorsInJs(Napi::Env env, const SavedState& state);

 private:
  // Memory has one ArrayBuffer, however often it is used.
  struct Shown {
    std::shared_ptr<Arena> memory;
    std::unique_ptr<Napi::ObjectReference> buffer;  // which cannot be moved without exceptions
  };
  napi_value BufferOf(Napi::Env env, const SavedState& state);

  std::vector<Shown> shown_;
};

}  // namespace layerwise
