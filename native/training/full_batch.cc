#include "native/training/full_batch.h"

#include <algorithm>

namespace layerwise {

FullBatchTraining::FullBatchTraining(const std::vector<double>& settings,
                                     const ParameterLayout& layout, ExecutionPlan& plan,
                                     ThreadPool& pool, const Dataset& data, RowSelection rows,
                                     const Batches& batches, uint32_t seed,
                                     std::span<const ClassWeights> class_weights)
    : lbfgs_(settings),
      layout_(layout),
      plan_(plan),
      pool_(pool),
      data_(data),
      rows_(rows),
      batches_(batches),
      seed_(seed),
      class_weights_(class_weights) {
  size_t count = 0;
  for (const ParameterBlock& block : layout.blocks()) {
    if (block.trainable()) count += static_cast<size_t>(block.panels.size());
  }
  point_.resize(count);
  gradient_.resize(count);
}

Lbfgs::Outcome FullBatchTraining::Epoch(Meter& meter, const BatchListener& on_batch,
                                        const std::atomic<bool>& stop) {
  const std::optional<double> loss = Pass(meter, &on_batch, stop);
  if (!loss) return Lbfgs::Outcome::kStopped;
  Gather(plan_.parameters(), point_);
  Gather(plan_.gradients(), gradient_);
  Meter unseen;
  const Lbfgs::Objective objective = [&](const Lbfgs::Vector& point, Lbfgs::Vector& gradient) {
    MoveTo(point);
    const std::optional<double> value = Pass(unseen, nullptr, stop);
    Gather(plan_.gradients(), gradient);
    return value;
  };
  const Lbfgs::Outcome outcome = lbfgs_.Iterate(objective, *loss, gradient_, point_);
  MoveTo(point_);
  return outcome;
}

std::optional<double> FullBatchTraining::Pass(Meter& meter, const BatchListener* on_batch,
                                              const std::atomic<bool>& stop) {
  meter.Reset();
  for (int64_t batch = 0; batch < batches_.count(); ++batch) {
    if (stop.load(std::memory_order_relaxed)) return std::nullopt;
    const BatchRows range = batches_.At(batch);
    const int64_t rows = range.count();
    // The same noise in every pass: the line search needs a function.
    plan_.StartBatch({seed_, static_cast<uint64_t>(batch)});
    const RowSelection slice = rows_.Slice(range.first, rows);
    LoadBatch(data_, slice, plan_, pool_, class_weights_);
    plan_.ForwardTraining(pool_, rows);
    plan_.Loss(pool_, rows, true);
    meter.Add(plan_, pool_, data_, slice);
    if (on_batch != nullptr) (*on_batch)(batch + 1, rows);
    const double share = static_cast<double>(rows) / static_cast<double>(rows_.count);
    plan_.KeepGradients(pool_, rows, static_cast<float>(share), batch > 0);
  }
  return meter.loss_sum() / static_cast<double>(rows_.count);
}

void FullBatchTraining::Gather(const float* from, Lbfgs::Vector& to) const {
  auto next = to.begin();
  for (const ParameterBlock& block : layout_.blocks()) {
    if (!block.trainable()) continue;
    next = std::copy_n(from + block.offset, block.panels.size(), next);
  }
}

void FullBatchTraining::MoveTo(const Lbfgs::Vector& point) {
  auto next = point.begin();
  for (const ParameterBlock& block : layout_.blocks()) {
    if (!block.trainable()) continue;
    std::copy_n(next, block.panels.size(), plan_.parameters() + block.offset);
    next += block.panels.size();
  }
  plan_.Prepare(pool_, plan_.parameters());
}

}  // namespace layerwise
