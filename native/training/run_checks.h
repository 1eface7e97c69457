// What has to fit together before a run begins.
#pragma once

#include <cstdint>
#include <string>

#include "native/core/error.h"
#include "native/data/dataset.h"
#include "native/data/training_rows.h"
#include "native/network/spec.h"
#include "native/training/training_options.h"

namespace layerwise {

// Validation and training data have the same kind of targets for each output.
void CheckSameKinds(const Dataset& data, const Dataset& validation);

// Of so many rows there are some to train on, enough for a batch, and some to validate where that
// is wanted.
void CheckRows(const TrainingOptions& options, const TrainingRows& split, int64_t rows);

// A training pass has more than one row where the network measures batches: the only row of a batch
// is its mean, and nothing is left of it but the shift. `path` says where the rows come from.
void CheckMeasuredRows(const NetworkSpec& network, int64_t rows, ErrorKind kind,
                       const std::string& path);

// No weights are bounded where L-BFGS searches along lines, which wants a smooth way to go.
void CheckBounds(const TrainingOptions& options, const NetworkSpec& spec);

// No parameters have a rate of their own where there is none.
void CheckTrainingFactors(const TrainingOptions& options, const NetworkSpec& spec);

}  // namespace layerwise
