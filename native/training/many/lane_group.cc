#include "native/training/many/lane_group.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "native/core/memory_room.h"
#include "native/kernels/instruction_set.h"

namespace layerwise {
namespace {

// Whether lanes can be filled from the data itself: as floats in memory, of which nobody wants the
// rows beside their outputs.
bool LoadsByPlan(const Dataset& data, const Meter& meter) {
  return data.reads_file() || data.inputs_are_bytes() || meter.has_metrics();
}

}  // namespace

RowSelection LaneGroup::Member::RowsOf(int64_t batch) const {
  const BatchRows own = state().data.batches().At(batch);
  return order.Slice(own.first, own.count());
}

RowSelection LaneGroup::Member::ValidationRowsOf(int64_t batch) const {
  const RowSelection all = state().data.ValidationRows();
  const int64_t size = state().options.batch_size;
  const int64_t first = std::min(batch * size, all.count);
  return all.Slice(first, std::min(size, all.count - first));
}

LaneGroup::LaneGroup(const LaneShape& shape, std::span<Run* const> runs,
                     std::span<const size_t> numbers, ManyRunsSink& sink)
    : shape_(shape),
      kernels_(ManyKernelsFor(SelectedInstructionSet())),
      sink_(sink),
      thread_(std::make_shared<ThreadPool>(1)),
      batch_(shape_, kernels_.lanes) {
  for (size_t i = 0; i < runs.size(); ++i) {
    Member& member = members_.emplace_back();
    member.lane = static_cast<int>(i);
    member.number = numbers[i];
    member.run = runs[i];
  }
  network_ =
      std::make_unique<LaneNetwork>(shape_, members_.front().state().session->layout(), kernels_);
}

template <typename F>
void LaneGroup::Guard(Member& member, const F& act) {
  try {
    act();
  } catch (...) {
    End(member, {{}, std::current_exception()});
  }
}

void LaneGroup::Train() {
  ArenaLayout layout;
  batch_.Reserve(layout);
  network_->Reserve(layout);
  RequireMemoryRoom(layout.bytes());
  arena_ = Arena(layout);
  batch_.Bind(arena_);
  network_->Bind(arena_);
  progress_seconds_ = std::numeric_limits<double>::infinity();
  last_progress_ = Clock::now();
  for (Member& member : members_) {
    Guard(member, [&] { Begin(member); });
  }
  const auto trains = [](const Member& member) { return member.trains; };
  while (std::any_of(members_.begin(), members_.end(), trains)) TrainEpoch();
}

void LaneGroup::Begin(Member& member) {
  Run::State& state = member.state();
  state.Begin(sink_.SinkOf(member.number), member.run->stop_flag(), thread_);
  member.training = static_cast<MiniBatchTraining*>(state.training.get());
  member.loads_by_plan = LoadsByPlan(state.data.training(), state.training_meter);
  member.validates_by_plan = LoadsByPlan(state.data.validation(), state.validation_meter);
  network_->Load(member.lane, state.session->plan().trained());
  progress_seconds_ = std::min(progress_seconds_, state.options.progress_seconds);
  member.trains = true;
}

void LaneGroup::TrainEpoch() {
  int64_t batches = 0;
  for (Member& member : members_) {
    if (!member.trains) continue;
    BeginEpoch(member);
    batches = std::max(batches, member.batches());
  }
  for (int64_t batch = 0; batch < batches; ++batch) {
    if (LoadBatch(batch)) TrainBatch(batch);
  }
  for (Member& member : members_) {
    if (!member.trains) continue;
    member.state().training_meter.SetLosses(member.loss_sum, member.rows);
    member.state().position.batch = member.batches();
    Save(member);
  }
  Validate();
  for (Member& member : members_) {
    if (member.trains) EndEpoch(member, EpochTraining::Outcome::kEnded);
  }
}

void LaneGroup::BeginEpoch(Member& member) {
  Run::State& state = member.state();
  state.BeginEpoch();
  member.order =
      state.options.shuffle ? state.data.Shuffled(state.position.current()) : state.data.InOrder();
  member.loss_sum = 0;
  member.rows = 0;
}

bool LaneGroup::LoadBatch(int64_t batch) {
  batch_.Clear();
  for (Member& member : members_) {
    if (!member.trains || batch >= member.batches()) continue;
    Run::State& state = member.state();
    if (state.stop->IsMet()) {
      state.training_meter.SetLosses(member.loss_sum, member.rows);
      state.position.batch = batch;
      Save(member);
      EndEpoch(member, EpochTraining::Outcome::kStopped);
      continue;
    }
    Guard(member, [&] { Load(member, member.RowsOf(batch), false); });
  }
  batch_.Finish();
  return batch_.rows() > 0;
}

void LaneGroup::Load(Member& member, const RowSelection& rows, bool for_validation) {
  Run::State& state = member.state();
  const Dataset& data = for_validation ? state.data.validation() : state.data.training();
  const std::span<const ClassWeights> class_weights =
      for_validation ? std::span<const ClassWeights>() : state.data.class_weights();
  if (for_validation ? member.validates_by_plan : member.loads_by_plan) {
    state.session->LoadRows(data, rows, class_weights);
    batch_.LoadFrom(member.lane, state.session->plan(), rows.count);
  } else {
    batch_.Load(member.lane, data, rows, class_weights);
  }
}

void LaneGroup::TrainBatch(int64_t batch) {
  network_->Forward(batch_);
  network_->Loss(batch_, true);
  AddLosses();
  for (Member& member : members_) {
    if (!HasRows(member)) continue;
    if (!std::isfinite(member.loss_sum)) {
      Guard(member, [&] { FindDivergence(member, batch); });
      continue;
    }
    Run::State& state = member.state();
    Measure(member, state.training_meter, state.data.training(), member.RowsOf(batch));
    member.training->NextPass();
  }
  network_->Backward(batch_);
  Update();
  ReportProgress(batch);
}

void LaneGroup::AddLosses() {
  const int64_t lanes = kernels_.lanes;
  std::array<double, kMostLanes> sums{};
  for (const Member& member : members_) sums[static_cast<size_t>(member.lane)] = member.loss_sum;
  const double* losses = network_->row_losses();
  for (int64_t row = 0; row < batch_.rows(); ++row) {
    for (int64_t lane = 0; lane < lanes; ++lane) {
      sums[static_cast<size_t>(lane)] += losses[row * lanes + lane];
    }
  }
  for (Member& member : members_) {
    if (!HasRows(member)) continue;
    member.loss_before = member.loss_sum;
    member.loss_sum = sums[static_cast<size_t>(member.lane)];
    member.rows += batch_.rows(member.lane);
  }
}

// The plan of its own passes the batch again, for whoever looks where it went wrong.
void LaneGroup::FindDivergence(Member& member, int64_t batch) {
  Run::State& state = member.state();
  state.training_meter.SetLosses(member.loss_before, member.rows - batch_.rows(member.lane));
  state.observer->LossIsFinite();
  Save(member);
  state.session->Prepare();
  const RowSelection rows = member.RowsOf(batch);
  const Dataset& data = state.data.training();
  state.session->Pass(data, rows, state.data.class_weights(), member.training->NextPass());
  state.training_meter.Add(state.session->plan(), *thread_, data, rows);
  state.observer->CheckLoss(batch + 1, rows.count);
}

void LaneGroup::Measure(Member& member, Meter& meter, const Dataset& data,
                        const RowSelection& rows) {
  if (!meter.has_metrics()) return;
  const ExecutionPlan& plan = member.state().session->plan();
  const MatrixView& outputs = plan.batch().outputs();
  FromLane(network_->outputs() + member.lane, kernels_.lanes, rows.count, shape_.outputs(),
           outputs.data, outputs.stride);
  meter.Measure(plan, *thread_, data, rows);
}

void LaneGroup::Update() {
  active_.fill(0);
  const OptimizerSteps* alike = nullptr;
  for (Member& member : members_) {
    if (!HasRows(member)) continue;
    active_[static_cast<size_t>(member.lane)] = 1;
    network_->SetConstants(member.lane, member.training->NextUpdate(alike));
    if (alike == nullptr) alike = member.state().optimizer.get();
  }
  network_->Update(active_.data());
}

void LaneGroup::ReportProgress(int64_t batch) {
  const Clock::time_point now = Clock::now();
  if (std::chrono::duration<double>(now - last_progress_).count() < progress_seconds_) return;
  last_progress_ = now;
  for (Member& member : members_) {
    if (!HasRows(member) || batch + 1 == member.batches()) continue;
    member.state().training_meter.SetLosses(member.loss_sum, member.rows);
    member.state().observer->ReportProgress(batch + 1);
  }
}

void LaneGroup::Validate() {
  int64_t batches = 0;
  for (Member& member : members_) {
    if (!member.trains || !member.state().data.validates()) continue;
    member.state().validation_meter.Reset();
    member.loss_sum = 0;
    member.rows = 0;
    const int64_t size = member.state().options.batch_size;
    const int64_t rows = member.state().data.ValidationRows().count;
    batches = std::max(batches, (rows + size - 1) / size);
  }
  for (int64_t batch = 0; batch < batches; ++batch) ValidateBatch(batch);
  for (Member& member : members_) {
    if (!member.trains || !member.state().data.validates()) continue;
    member.state().validation_meter.SetLosses(member.loss_sum, member.rows);
    member.validation = member.state().validation_meter.Finish();
  }
}

void LaneGroup::ValidateBatch(int64_t batch) {
  batch_.Clear();
  for (Member& member : members_) {
    if (!member.trains || !member.state().data.validates() || member.state().stop->IsMet()) {
      continue;
    }
    const RowSelection rows = member.ValidationRowsOf(batch);
    if (rows.count > 0) Guard(member, [&] { Load(member, rows, true); });
  }
  batch_.Finish();
  if (batch_.rows() == 0) return;
  network_->Forward(batch_);
  network_->Loss(batch_, false);
  AddLosses();
  for (Member& member : members_) {
    if (!HasRows(member)) continue;
    Run::State& state = member.state();
    Measure(member, state.validation_meter, state.data.validation(),
            member.ValidationRowsOf(batch));
  }
}

void LaneGroup::EndEpoch(Member& member, EpochTraining::Outcome outcome) {
  Guard(member, [&] {
    Run::State& state = member.state();
    const bool goes_on = state.EndEpoch(outcome, [&] { return member.validation; });
    if (goes_on && !state.IsOver()) return;
    network_->SaveStates(member.lane, state.session->plan().trained());
    End(member, {state.End(!goes_on), nullptr});
  });
}

void LaneGroup::Save(Member& member) const {
  network_->SaveParameters(member.lane, member.state().session->plan().trained());
}

void LaneGroup::End(Member& member, RunEnd end) {
  member.trains = false;
  member.training = nullptr;
  sink_.OnEnd(member.number, std::move(end));
}

}  // namespace layerwise
