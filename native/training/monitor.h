// The number that the epochs of a run are judged by: a loss or a metric, of the training or of the
// validation.
#pragma once

#include <cstddef>
#include <optional>

#include "native/core/value.h"
#include "native/plan/objective.h"
#include "native/training/events.h"

namespace layerwise {

struct Monitor {
  bool of_validation = false;
  std::optional<size_t> metric;  // none: the loss
  bool maximizes = false;

  // The lower, the better.
  double ScoreOf(const EpochEvent& event) const;
};

// The loss, of the validation where there is one.
Monitor DefaultMonitor(bool validates);

// Reads `monitor` where there is one: loss, validation.loss, and the same with the name of a
// metric.
Monitor ReadMonitor(const ValueReader& options, const Objective& objective, bool validates,
                    const Monitor& fallback);

}  // namespace layerwise
