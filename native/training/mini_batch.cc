#include "native/training/mini_batch.h"

#include "native/core/option_reader.h"

namespace layerwise {

MiniBatchTraining::MiniBatchTraining(const TrainingOptions& options, Session& session,
                                     RunData& data, OptimizerSteps& optimizer,
                                     const LearningRate& learning_rate)
    : options_(options),
      session_(session),
      data_(data),
      optimizer_(optimizer),
      learning_rate_(learning_rate),
      fetches_next_rows_(NextRows::Pays(data.training(), options.batch_size)) {
  if (fetches_next_rows_) fetch_parts_ = session_.plan().FetchMeanwhile(&next_rows_);
  if (!options.Averages()) return;
  average_ = std::make_unique<WeightAverage>(session_.layout(), options.average_decay);
}

EpochTraining::Outcome MiniBatchTraining::Epoch(RunPosition& position, Meter& meter,
                                                RunObserver& observer, StopCondition& stop,
                                                const BetweenBatches& between) {
  const RowSelection order =
      options_.shuffle ? data_.Shuffled(position.current()) : data_.InOrder();
  while (position.batch < data_.batches().count()) {
    if (stop.IsMet()) return Outcome::kStopped;
    const int64_t batch = position.batch;
    const BatchRows rows = data_.batches().At(batch);
    const PartOfUpdate part = PartOf(batch);
    const bool ends_epoch = rows.end == order.count;
    if (part.is_last) observer.BeforeUpdate(optimizer_.done() + 1, ends_epoch);
    Measure(order.Slice(rows.first, rows.count()), meter);
    observer.CheckLoss(batch + 1, rows.count());
    Learn(rows.count(), part);
    if (part.is_last) observer.AfterUpdate();
    ++position.batch;
    if (ends_epoch) break;
    observer.ReportProgress(batch + 1);
    between(part.is_last);
  }
  return Outcome::kEnded;
}

const float* MiniBatchTraining::parameters() const {
  return HasAverage() ? average_->data() : session_.parameters();
}

const char* MiniBatchTraining::parameters_name() const {
  return HasAverage() ? WeightAverage::kName : TrainedParameters::kName;
}

void MiniBatchTraining::Visit(StateArchive& archive, const RunPosition& position) {
  TrainedParameters& trained = session_.plan().trained();
  trained.VisitValues(archive);
  trained.VisitStates(archive);
  optimizer_.Visit(archive);
  archive.Count("batches", batches_done_, kMaxCount);
  if (average_ != nullptr) average_->Visit(archive);
  const bool is_amid_update = position.batch < data_.batches().count() &&
                              options_.DefersUpdates() && !PartOf(position.batch).is_first;
  if (is_amid_update) trained.VisitGradients(archive);
}

MiniBatchTraining::PartOfUpdate MiniBatchTraining::PartOf(int64_t batch) const {
  const int64_t in_update = options_.accumulate_batches;
  const BatchRows rows = data_.batches().At(batch);
  const BatchRows update = data_.batches().At(batch / in_update * in_update, in_update);
  return {static_cast<double>(rows.count()) / static_cast<double>(update.count()),
          rows.first == update.first, rows.end == update.end};
}

void MiniBatchTraining::Measure(RowSelection rows, Meter& meter) {
  if (fetches_next_rows_) {
    next_rows_ = NextRows(data_.training(), rows, fetch_parts_);
    rows.upcoming = 0;
  }
  session_.Pass(data_.training(), rows, data_.class_weights(),
                {options_.seed, static_cast<uint64_t>(batches_done_++)});
  meter.Add(session_.plan(), session_.pool(), data_.training(), rows);
}

void MiniBatchTraining::Learn(int64_t rows, const PartOfUpdate& part) {
  if (!options_.DefersUpdates()) {
    session_.Learn(rows, NextStep());
  } else {
    session_.KeepGradients(rows, part.share, !part.is_first);
    if (!part.is_last) return;
    session_.plan().Update(session_.pool(), NextStep(), options_.clipping);
  }
  if (average_ != nullptr) average_->Add(session_.pool(), session_.plan().trained().values());
}

}  // namespace layerwise
