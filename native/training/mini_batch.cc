#include "native/training/mini_batch.h"

#include <cmath>
#include <string>
#include <utility>

#include "native/core/error.h"
#include "native/core/finite.h"
#include "native/core/option_reader.h"
#include "native/training/divergence.h"

namespace layerwise {

MiniBatchTraining::MiniBatchTraining(const TrainingOptions& options, Session& session,
                                     RunData& data, OptimizerSteps& optimizer,
                                     const LearningRate& learning_rate, Recoveries& recoveries,
                                     std::unique_ptr<RowBlocks> blocks)
    : options_(options),
      session_(session),
      data_(data),
      optimizer_(optimizer),
      learning_rate_(learning_rate),
      recoveries_(recoveries),
      blocks_(std::move(blocks)),
      fetches_next_rows_(blocks_ == nullptr && data.stream() == nullptr &&
                         NextRows::Pays(data.training(), options.batch_size)),
      statistics_(session.layout()) {
  if (fetches_next_rows_) fetch_parts_ = session_.plan().FetchMeanwhile(&next_rows_);
  if (!options.Averages()) return;
  average_ = std::make_unique<WeightAverage>(session_.layout(), options.average_decay);
}

EpochTraining::Outcome MiniBatchTraining::Epoch(RunPosition& position, Meter& meter,
                                                RunObserver& observer, StopCondition& stop,
                                                const BetweenBatches& between) {
  const RowSelection order = OrderOf(position.current());
  while (position.batch < data_.batches().count()) {
    if (stop.IsMet()) return Outcome::kStopped;
    const int64_t batch = position.batch;
    const BatchRows rows = data_.batches().At(batch);
    RowStream::Batch taken{&data_.training(), order.Slice(rows.first, rows.count())};
    if (data_.stream() != nullptr) {
      const auto streamed = data_.stream()->Take(position.current(), rows, stop);
      if (!streamed.has_value()) return Outcome::kStopped;
      taken = *streamed;
    }
    const PartOfUpdate part = PartOf(batch);
    const bool ends_epoch = rows.end == order.count;
    if (batch == 0) left_out_ = 0;
    if (part.is_last) observer.BeforeUpdate(updates_ + 1, ends_epoch);
    const bool counts = Measure(*taken.data, taken.rows, part, meter);
    if (counts) observer.CheckLoss(batch + 1, rows.count());
    const Recovery here{position.current(), batch + 1};
    if (Learn(rows.count(), part, here, counts)) observer.AfterUpdate();
    ++position.batch;
    if (ends_epoch) break;
    observer.ReportProgress(batch + 1);
    between(part.is_last);
  }
  CheckSkipped(position);
  return Outcome::kEnded;
}

size_t MiniBatchTraining::bytes() const {
  return (average_ == nullptr ? 0 : average_->bytes()) +
         (blocks_ == nullptr ? 0 : blocks_->bytes());
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
  VisitOptimizer(archive);
  archive.Count("batches", batches_done_, kMaxCount);
  archive.Count("updates", updates_, kMaxCount);
  if (average_ != nullptr) average_->Visit(archive);
  const bool is_amid_update = position.batch < data_.batches().count() &&
                              options_.DefersUpdates() && !PartOf(position.batch).is_first;
  if (is_amid_update) trained.VisitGradients(archive);
  if (!options_.SkipsBatches()) return;
  archive.Flag("leavesOut", leaves_out_);
  archive.Count("leftOut", left_out_, kMaxRows);
}

void MiniBatchTraining::VisitOptimizer(StateArchive& archive) {
  session_.plan().trained().VisitStates(archive);
  optimizer_.Visit(archive);
}

MiniBatchTraining::PartOfUpdate MiniBatchTraining::PartOf(int64_t batch) const {
  const int64_t in_update = options_.accumulate_batches;
  const BatchRows rows = data_.batches().At(batch);
  const BatchRows update = data_.batches().At(batch / in_update * in_update, in_update);
  return {static_cast<double>(rows.count()) / static_cast<double>(update.count()),
          rows.first == update.first, rows.end == update.end};
}

// Of a stream, whose blocks have an order of their own, only the number of rows.
RowSelection MiniBatchTraining::OrderOf(int64_t epoch) {
  const bool shuffles = options_.shuffle && data_.stream() == nullptr;
  return shuffles ? data_.Shuffled(epoch) : data_.InOrder();
}

bool MiniBatchTraining::Measure(const Dataset& data, RowSelection rows, const PartOfUpdate& part,
                                Meter& meter) {
  if (blocks_ != nullptr) {
    MeasureBlocks(data, rows, part, meter);
    return true;
  }
  if (fetches_next_rows_) {
    next_rows_ = NextRows(data, rows, fetch_parts_);
    rows.upcoming = 0;
  }
  if (options_.SkipsBatches()) statistics_.Keep(session_.parameters());
  session_.Pass(data, rows, data_.class_weights(), NextPass());
  if (options_.SkipsBatches() && !std::isfinite(session_.plan().batch().MeanLoss(rows.count))) {
    statistics_.Restore(session_.plan().trained().values());
    return false;
  }
  meter.Add(session_.plan(), session_.pool(), data, rows);
  return true;
}

void MiniBatchTraining::MeasureBlocks(const Dataset& data, const RowSelection& rows,
                                      const PartOfUpdate& part, Meter& meter) {
  const double before = meter.loss_sum();
  const TrainingPass pass = NextPass();
  blocks_->Pass(data, rows, data_.class_weights(), pass, part.share, !part.is_first, meter);
  // The plan of the session has the whole batch, for whoever looks where it went wrong.
  if (!std::isfinite(meter.loss_sum() - before)) {
    session_.Pass(data, rows, data_.class_weights(), pass);
  }
}

bool MiniBatchTraining::Learn(int64_t rows, const PartOfUpdate& part, const Recovery& here,
                              bool counts) {
  const bool learnt = options_.DefersUpdates() || blocks_ != nullptr
                          ? LearnLater(rows, part, here, counts)
                          : LearnAtOnce(rows);
  if (part.is_last) ++updates_;
  if (learnt && average_ != nullptr) {
    average_->Add(session_.pool(), session_.plan().trained().values());
  }
  return learnt;
}

bool MiniBatchTraining::LearnAtOnce(int64_t rows) {
  session_.Learn(rows, NextStep());
  return true;
}

// An update that has a batch which is left out is left out with it.
bool MiniBatchTraining::LearnLater(int64_t rows, const PartOfUpdate& part, const Recovery& here,
                                   bool counts) {
  leaves_out_ = !counts || (leaves_out_ && !part.is_first);
  if (!counts) recoveries_.Add(here);
  // Blocks have kept theirs.
  if (!leaves_out_ && blocks_ == nullptr) session_.KeepGradients(rows, part.share, !part.is_first);
  if (!part.is_last) return false;
  if (options_.SkipsBatches() && !leaves_out_ && !GradientsAreFinite()) {
    leaves_out_ = true;
    recoveries_.Add(here);
    statistics_.Restore(session_.plan().trained().values());
  }
  if (leaves_out_) {
    ++left_out_;
    return false;
  }
  session_.plan().Update(session_.pool(), NextStep(), options_.clipping);
  return true;
}

bool MiniBatchTraining::GradientsAreFinite() const {
  for (const ParameterBlock& block : session_.layout().blocks()) {
    const float* first = session_.plan().trained().gradients() + block.offset;
    const auto count = static_cast<size_t>(block.panels.size());
    if (block.trainable() && !AllFinite({first, count})) return false;
  }
  return true;
}

void MiniBatchTraining::CheckSkipped(const RunPosition& position) const {
  if (left_out_ < data_.batches().Updates(options_.accumulate_batches)) return;
  throw Error(ErrorKind::kDivergence, "loss", "finite numbers in a batch of each epoch",
              "NaN or infinity in every update of epoch " + std::to_string(position.current()),
              kDivergedRemedy);
}

}  // namespace layerwise
