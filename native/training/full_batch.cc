#include "native/training/full_batch.h"

#include <algorithm>

#include "native/core/option_reader.h"

namespace layerwise {
namespace {

size_t CountTrainable(const ParameterLayout& layout) {
  size_t count = 0;
  for (const ParameterBlock& block : layout.blocks()) {
    if (block.trainable()) count += static_cast<size_t>(block.panels.size());
  }
  return count;
}

}  // namespace

FullBatchTraining::FullBatchTraining(const TrainingOptions& options, Session& session,
                                     const RunData& data)
    : options_(options),
      session_(session),
      data_(data),
      lbfgs_(options.optimizer.parameters),
      point_(CountTrainable(session.layout())),
      gradient_(point_.size()),
      statistics_(session.layout()) {}

// An iteration that is stopped half-way has not been: whoever goes on later begins it again, with
// the running statistics of that time too, which every pass over the rows changes.
EpochTraining::Outcome FullBatchTraining::Epoch(RunPosition& position, Meter& meter,
                                                RunObserver& observer, StopCondition& stop,
                                                const BetweenBatches&) {
  if (position.batch > 0) return Outcome::kEnded;  // but for its validation
  statistics_.Keep(session_.parameters());
  observer.BeforeUpdate(updates_ + 1, true);
  const Lbfgs::Outcome outcome = Iterate(meter, observer, stop);
  if (outcome == Lbfgs::Outcome::kStopped) {
    statistics_.Restore(session_.plan().trained().values());
    return Outcome::kStopped;
  }
  ++updates_;
  position.batch = data_.batches().count();
  observer.AfterUpdate();
  return outcome == Lbfgs::Outcome::kConverged ? Outcome::kConverged : Outcome::kEnded;
}

void FullBatchTraining::Visit(StateArchive& archive, const RunPosition&) {
  session_.plan().trained().VisitValues(archive);
  archive.Count("updates", updates_, kMaxCount);
  VisitOptimizer(archive);
}

Lbfgs::Outcome FullBatchTraining::Iterate(Meter& meter, RunObserver& observer,
                                          StopCondition& stop) {
  const std::optional<double> loss = Pass(meter, &observer, stop);
  if (!loss) return Lbfgs::Outcome::kStopped;
  Gather(session_.parameters(), point_);
  Gather(session_.plan().trained().gradients(), gradient_);
  Meter unseen;
  const Lbfgs::Objective objective = [&](const Lbfgs::Vector& point, Lbfgs::Vector& gradient) {
    MoveTo(point);
    const std::optional<double> value = Pass(unseen, nullptr, stop);
    Gather(session_.plan().trained().gradients(), gradient);
    return value;
  };
  const Lbfgs::Outcome outcome = lbfgs_.Iterate(objective, *loss, gradient_, point_);
  MoveTo(point_);
  return outcome;
}

std::optional<double> FullBatchTraining::Pass(Meter& meter, RunObserver* observer,
                                              StopCondition& stop) {
  meter.Reset();
  const RowSelection all = data_.InOrder();
  for (int64_t batch = 0; batch < data_.batches().count(); ++batch) {
    if (stop.IsMet()) return std::nullopt;
    const BatchRows range = data_.batches().At(batch);
    const RowSelection rows = all.Slice(range.first, range.count());
    // The same noise in every pass: the line search needs a function.
    session_.Pass(data_.training(), rows, data_.class_weights(),
                  {options_.seed, static_cast<uint64_t>(batch)});
    meter.Add(session_.plan(), session_.pool(), data_.training(), rows);
    if (observer != nullptr) observer->CheckLoss(batch + 1, rows.count);
    const double share = static_cast<double>(rows.count) / static_cast<double>(all.count);
    session_.KeepGradients(rows.count, share, batch > 0);
  }
  return meter.loss_sum() / static_cast<double>(all.count);
}

void FullBatchTraining::Gather(const float* from, Lbfgs::Vector& to) const {
  auto next = to.begin();
  for (const ParameterBlock& block : session_.layout().blocks()) {
    if (!block.trainable()) continue;
    next = std::copy_n(from + block.offset, block.panels.size(), next);
  }
}

void FullBatchTraining::MoveTo(const Lbfgs::Vector& point) {
  auto next = point.begin();
  for (const ParameterBlock& block : session_.layout().blocks()) {
    if (!block.trainable()) continue;
    std::copy_n(next, block.panels.size(), session_.plan().trained().values() + block.offset);
    next += block.panels.size();
  }
  session_.Prepare();
}

}  // namespace layerwise
