#include "native/training/run_data.h"

#include <memory>
#include <string>
#include <utility>

#include "native/plan/index_checks.h"
#include "native/plan/metric_rows.h"
#include "native/plan/objective_checks.h"
#include "native/training/output_class_weights.h"
#include "native/training/run_checks.h"
#include "native/training/stratification.h"
#include "native/training/stream_checks.h"
#include "native/training/weight_checks.h"

namespace layerwise {

RunData::RunData(std::shared_ptr<const Dataset> training, std::shared_ptr<const Dataset> validation,
                 const TrainingOptions& options, const ValueReader& given,
                 const NetworkSpec& network, CustomLoss* custom_loss,
                 std::shared_ptr<RowStream> stream)
    : training_(std::move(training)),
      validation_(std::move(validation)),
      stream_(std::move(stream)),
      split_(stream_ == nullptr ? training_->rows() : stream_->rows(), options.validation_split,
             options.seed),
      class_weights_(ReadOutputClassWeights(given, network)),
      objective_(ReadObjective(given, network, custom_loss)) {
  CheckShapes(*training_, network, objective_, "");
  if (stream_ == nullptr) {
    training_->Freeze();
  } else {
    CheckStream(options);
  }
  if (validation_ != nullptr) {
    CheckShapes(*validation_, network, objective_, "validation.");
    CheckSameKinds(*training_, *validation_);
    validation_->Freeze();
  }
  CheckRows(options, split_, split_.count() + split_.set_aside());
  CheckMeasuredRows(network, split_.count(), ErrorKind::kShape, "inputs");
  CheckMeasuredRows(network, options.batch_size, ErrorKind::kArgument, "batchSize");
  batches_ =
      Batches(split_.count(), options.batch_size, FirstThatMeasuresBatches(network) != nullptr);
  CheckClassTargets(class_weights_, *training_);
  CheckBounds(options, network);
  CheckTrainingFactors(options, network);
  CheckOutputWeights(objective_);
}

PlanOptions RunData::Plan(const NetworkSpec& network) const {
  PlanOptions plan = MeasuringPlan(network, *training_, objective_);
  plan.batch_rows = batches_.most_rows();
  plan.weights |= validation_ != nullptr && validation_->has_weights();
  PlanClassWeights(class_weights_, network, plan);
  return plan;
}

void RunData::CheckStream(const TrainingOptions& options) const {
  const auto refuse = [](const char* path, const char* received, const char* remedy) {
    throw Error(ErrorKind::kArgument, path, "nothing that needs all rows beforehand, for a stream",
                received, remedy);
  };
  if (options.full_batch) refuse("optimizer", "lbfgs", "Take an optimizer of mini-batches.");
  if (options.validation_split > 0) {
    refuse("validation.split", "a share to set aside", "Give data to validate with: { data }.");
  }
  for (const ClassWeights& weights : class_weights_) {
    if (weights.balanced) refuse("classWeights", "balanced", "Give the weights as numbers.");
  }
}

void RunData::BeginStream(const TrainingOptions& options, const NetworkSpec& network,
                          RowStream::Ask ask) {
  if (stream_ == nullptr) return;
  const auto checks =
      std::make_shared<StreamChecks>(objective_, class_weights_, network, *training_);
  stream_->Begin({options.seed, options.shuffle, options.epochs}, std::move(ask),
                 [checks](const RowStream::Block& block) { checks->Look(block); });
}

void RunData::Prepare(const NetworkSpec& network) {
  if (stream_ != nullptr) {
    CheckValidation(network);
    return;
  }
  if (split_.set_aside() > 0) split_.Split(ClassesToStratify(*training_, objective_));
  CheckContents(network);
  BalanceClassWeights(*training_, InOrder(), class_weights_);
  CheckClassWeights(class_weights_, *training_, InOrder(), network);
}

void RunData::CheckContents(const NetworkSpec& network) const {
  CheckTargetBounds(*training_, objective_, "");
  CheckIndices(*training_, network, "");
  CheckRowWeights(*training_, InOrder(), "", "to train on");
  CheckMetricRows(objective_, *training_, InOrder(), "to train on");
  CheckValidation(network);
}

void RunData::CheckValidation(const NetworkSpec& network) const {
  if (validation_ != nullptr) {
    CheckTargetBounds(*validation_, objective_, "validation.");
    CheckIndices(*validation_, network, "validation.");
  }
  const std::string path = validation_ == nullptr ? "" : "validation.";
  if (!validates()) return;
  CheckRowWeights(validation(), ValidationRows(), path, "for validation");
  CheckMetricRows(objective_, validation(), ValidationRows(), "for validation");
}

RowSelection RunData::ValidationRows() const {
  if (validation_ != nullptr) return {nullptr, 0, validation_->rows()};
  return split_.Validation();
}

}  // namespace layerwise
