// How one of many runs has ended.
#pragma once

#include <cstddef>
#include <exception>

#include "native/training/events.h"
#include "native/training/run.h"

namespace layerwise {

struct RunEnd {
  RunHistory history;
  std::exception_ptr error;  // in its place, where the run has failed
};

// Called on threads of the trainings; must return quickly and must not throw.
class ManyRunsSink {
 public:
  virtual ~ManyRunsSink() = default;
  // What the run tells goes there.
  virtual EventSink& SinkOf(size_t run) = 0;
  // The last of a run: nothing of it is in use any more.
  virtual void OnEnd(size_t run, RunEnd end) = 0;
};

}  // namespace layerwise
