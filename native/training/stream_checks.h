// What is looked at as the rows of a stream come: of rows that are all there it is looked at before
// the training.
#pragma once

#include <span>
#include <vector>

#include "native/data/class_weights.h"
#include "native/network/spec.h"
#include "native/plan/metric_rows.h"
#include "native/plan/objective.h"
#include "native/training/row_stream.h"

namespace layerwise {

class StreamChecks {
 public:
  // What is given outlives it; the data is of the form of all rows.
  StreamChecks(const Objective& objective, std::span<const ClassWeights> class_weights,
               const NetworkSpec& network, const Dataset& form);

  // Throws where the rows of a block are no good, and with the last one where those of the epoch
  // are not. A training that went on in the midst of an epoch knows nothing of what was before.
  void Look(const RowStream::Block& block);

 private:
  void Begin();
  void Add(const RowStream::Block& block);
  void Require() const;

  const Objective& objective_;
  std::span<const ClassWeights> class_weights_;
  const NetworkSpec& network_;
  MetricRows metric_rows_;
  // Of the epoch so far.
  bool is_whole_ = false;
  bool counts_ = false;              // any row
  std::vector<bool> classes_count_;  // in each output any class of a row
};

}  // namespace layerwise
