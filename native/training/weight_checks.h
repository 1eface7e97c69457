// Refuses weights of 0 for everything: what counts for nothing is neither learnt nor measured.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "native/core/error.h"
#include "native/data/class_weights.h"
#include "native/data/dataset.h"
#include "native/data/row_selection.h"
#include "native/network/spec.h"
#include "native/plan/objective.h"

namespace layerwise {

// Whether a row has a weight above 0, and in an output a class with one.
bool AnyCounts(const Dataset& data, const RowSelection& rows);
bool AnyCounts(const Dataset& data, const RowSelection& rows, size_t output,
               std::span<const float> of_class);
// What is told where none has.
Error NoRowCounts(const std::string& path, const std::string& of_rows);
Error NoClassCounts(const OutputSpec& output);

// Of some rows of a data set, whose path is `path` and which errors call `of_rows`: "to train on".
void CheckRowWeights(const Dataset& data, const RowSelection& rows, const std::string& path,
                     const std::string& of_rows);

// Of the classes that these rows have, for each output, once they are balanced.
void CheckClassWeights(std::span<const ClassWeights> weights, const Dataset& data,
                       const RowSelection& rows, const NetworkSpec& network);

// Of the losses of several outputs.
void CheckOutputWeights(const Objective& objective);

}  // namespace layerwise
