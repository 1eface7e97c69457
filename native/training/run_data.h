// What a run learns from: the rows that it trains on and those that it validates with, what both
// are measured by, and the weights of their classes.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "native/core/value.h"
#include "native/data/batches.h"
#include "native/data/class_weights.h"
#include "native/data/dataset.h"
#include "native/data/training_rows.h"
#include "native/network/spec.h"
#include "native/plan/execution_plan.h"
#include "native/plan/objective.h"
#include "native/training/row_stream.h"
#include "native/training/training_options.h"

namespace layerwise {

class RunData {
 public:
  // Reads the objective and the weights of classes, and checks the data against them and the
  // network, without looking at every row; `validation` may be null. With a `stream` it trains on
  // that, and the training data only shows its form. Throws Error.
  RunData(std::shared_ptr<const Dataset> training, std::shared_ptr<const Dataset> validation,
          const TrainingOptions& options, const ValueReader& given, const NetworkSpec& network,
          CustomLoss* custom_loss, std::shared_ptr<RowStream> stream = nullptr);
  RunData(const RunData&) = delete;
  RunData& operator=(const RunData&) = delete;

  const Dataset& training() const { return *training_; }
  // Null unless the rows come while it trains: training() has none of them then.
  RowStream* stream() const { return stream_.get(); }
  // Before the first batch; the network outlives it.
  void BeginStream(const TrainingOptions& options, const NetworkSpec& network, RowStream::Ask ask);
  // The data that the rows for validation are of: that of the training where a share is set aside.
  const Dataset& validation() const { return validation_ != nullptr ? *validation_ : *training_; }
  const Objective& objective() const { return objective_; }
  std::span<const ClassWeights> class_weights() const { return class_weights_; }
  const Batches& batches() const { return batches_; }  // of an epoch
  int64_t training_rows() const { return split_.count(); }
  bool validates() const { return ValidationRows().count > 0; }

  // What a plan has to be that loads such data and measures it.
  PlanOptions Plan(const NetworkSpec& network) const;

  // Sets rows aside and looks at all of them. Not for the caller's thread; before what follows.
  void Prepare(const NetworkSpec& network);

  RowSelection ValidationRows() const;
  RowSelection InOrder() const { return split_.InOrder(); }
  // They are in the order of an epoch, and valid until the next call.
  RowSelection Shuffled(int64_t epoch) { return split_.Shuffled(epoch); }

 private:
  void CheckContents(const NetworkSpec& network) const;
  void CheckValidation(const NetworkSpec& network) const;
  void CheckStream(const TrainingOptions& options) const;

  const std::shared_ptr<const Dataset> training_;
  const std::shared_ptr<const Dataset> validation_;
  const std::shared_ptr<RowStream> stream_;
  TrainingRows split_;
  std::vector<ClassWeights> class_weights_;  // of each output
  Objective objective_;
  Batches batches_;
};

}  // namespace layerwise
