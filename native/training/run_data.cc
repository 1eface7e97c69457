#include "native/training/run_data.h"

#include <string>
#include <utility>

#include "native/plan/metric_rows.h"
#include "native/plan/objective_checks.h"
#include "native/training/output_class_weights.h"
#include "native/training/run_checks.h"
#include "native/training/stratification.h"
#include "native/training/weight_checks.h"

namespace layerwise {

RunData::RunData(std::shared_ptr<const Dataset> training, std::shared_ptr<const Dataset> validation,
                 const TrainingOptions& options, const ValueReader& given,
                 const NetworkSpec& network, CustomLoss* custom_loss)
    : training_(std::move(training)),
      validation_(std::move(validation)),
      split_(training_->rows(), options.validation_split, options.seed),
      class_weights_(ReadOutputClassWeights(given, network)),
      objective_(ReadObjective(given, network, custom_loss)) {
  CheckShapes(*training_, network, objective_, "");
  training_->Freeze();
  if (validation_ != nullptr) {
    CheckShapes(*validation_, network, objective_, "validation.");
    CheckSameKinds(*training_, *validation_);
    validation_->Freeze();
  }
  CheckRows(options, split_, training_->rows());
  CheckMeasuredRows(network, split_.count(), ErrorKind::kShape, "inputs");
  CheckMeasuredRows(network, options.batch_size, ErrorKind::kArgument, "batchSize");
  batches_ =
      Batches(split_.count(), options.batch_size, FirstThatMeasuresBatches(network) != nullptr);
  CheckClassTargets(class_weights_, *training_);
  CheckBounds(options, network);
  CheckOutputWeights(objective_);
}

PlanOptions RunData::Plan(const NetworkSpec& network) const {
  PlanOptions plan = MeasuringPlan(network, *training_, objective_);
  plan.batch_rows = batches_.most_rows();
  plan.weights |= validation_ != nullptr && validation_->has_weights();
  PlanClassWeights(class_weights_, network, plan);
  return plan;
}

void RunData::Prepare(const NetworkSpec& network) {
  if (split_.set_aside() > 0) split_.Split(ClassesToStratify(*training_, objective_));
  CheckContents();
  BalanceClassWeights(*training_, InOrder(), class_weights_);
  CheckClassWeights(class_weights_, *training_, InOrder(), network);
}

void RunData::CheckContents() const {
  CheckTargetBounds(*training_, objective_, "");
  if (validation_ != nullptr) CheckTargetBounds(*validation_, objective_, "validation.");
  const std::string path = validation_ == nullptr ? "" : "validation.";
  CheckRowWeights(*training_, InOrder(), "", "to train on");
  CheckRowWeights(validation(), ValidationRows(), path, "for validation");
  CheckMetricRows(objective_, *training_, InOrder(), "to train on");
  CheckMetricRows(objective_, validation(), ValidationRows(), "for validation");
}

RowSelection RunData::ValidationRows() const {
  if (validation_ != nullptr) return {nullptr, 0, validation_->rows()};
  return split_.Validation();
}

}  // namespace layerwise
