// Runs of one shape that train side by side, each on a lane of vectors: batch by batch, every one
// with what is its own — rows, order, learning rate, weights, the epoch that it ends after. What a
// run does between two epochs it does itself (run.cc).
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "native/core/arena.h"
#include "native/core/thread_pool.h"
#include "native/training/many/lane_batch.h"
#include "native/training/many/lane_network.h"
#include "native/training/many/lane_shape.h"
#include "native/training/many/run_end.h"
#include "native/training/mini_batch.h"

namespace layerwise {

class LaneGroup {
 public:
  // Of as many runs as there are lanes, at most. They and the sink outlive it.
  LaneGroup(const LaneShape& shape, std::span<Run* const> runs, std::span<const size_t> numbers,
            ManyRunsSink& sink);
  LaneGroup(const LaneGroup&) = delete;
  LaneGroup& operator=(const LaneGroup&) = delete;

  // Trains them all to their ends, of which the sink is told, on the calling thread.
  void Train();

 private:
  // A run on its lane.
  struct Member {
    int lane = 0;
    size_t number = 0;  // by which the sink knows it
    Run* run = nullptr;
    MiniBatchTraining* training = nullptr;
    bool trains = false;         // until its end
    bool loads_by_plan = false;  // rows of the training, or of the validation
    bool validates_by_plan = false;
    RowSelection order{};  // of the epoch
    // Of the epoch, or of the validation: sums of the losses now and before the batch.
    double loss_sum = 0;
    double loss_before = 0;
    int64_t rows = 0;
    EvaluationResult validation;

    Run::State& state() const { return run->state(); }
    int64_t batches() const { return state().data.batches().count(); }
    RowSelection RowsOf(int64_t batch) const;
    RowSelection ValidationRowsOf(int64_t batch) const;
  };

  void Begin(Member& member);
  void TrainEpoch();
  void BeginEpoch(Member& member);
  // Loads the batch of the epoch into every lane that has one; returns whether any has.
  bool LoadBatch(int64_t batch);
  void Load(Member& member, const RowSelection& rows, bool for_validation);
  void TrainBatch(int64_t batch);
  // Adds the losses of the batch in the order of the rows.
  void AddLosses();
  void FindDivergence(Member& member, int64_t batch);
  void Measure(Member& member, Meter& meter, const Dataset& data, const RowSelection& rows);
  void Update();
  void ReportProgress(int64_t batch);
  void Validate();
  void ValidateBatch(int64_t batch);
  void EndEpoch(Member& member, EpochTraining::Outcome outcome);
  void End(Member& member, RunEnd end);
  // What it throws ends the member alone.
  template <typename F>
  void Guard(Member& member, const F& act);
  void Save(Member& member) const;
  bool HasRows(const Member& member) const { return member.trains && batch_.rows(member.lane) > 0; }

  using Clock = std::chrono::steady_clock;

  const LaneShape& shape_;
  const ManyKernels& kernels_;
  ManyRunsSink& sink_;
  const std::shared_ptr<ThreadPool> thread_;  // the calling one alone
  std::vector<Member> members_;
  LaneBatch batch_;
  std::unique_ptr<LaneNetwork> network_;
  Arena arena_;
  alignas(kCacheLineBytes) std::array<float, kMostLanes> active_{};
  double progress_seconds_ = 0;  // the shortest interval of all members
  Clock::time_point last_progress_;
};

}  // namespace layerwise
