// A training run: the whole loop over epochs and batches, on the thread that calls Execute plus the
// pool.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "native/core/error.h"
#include "native/core/value.h"
#include "native/data/dataset.h"
#include "native/network/network.h"
#include "native/training/events.h"
#include "native/training/non_finite.h"

namespace layerwise {

class RowStream;

struct RunHistory {
  bool stopped = false;        // ended by Stop() before the last epoch
  bool time_is_over = false;   // ended by the option timeLimit before the last epoch
  bool stopped_early = false;  // ended by the option earlyStopping before the last epoch
  bool converged = false;      // L-BFGS found no better parameters before the last epoch
  int64_t best_epoch = 0;      // by that option's judgement; 0 without it
  double seconds = 0;
  double rows_per_second = 0;
  int threads = 1;
  size_t arena_bytes = 0;
  // Where the run came to numbers that are not finite and went on, by the option onNonFinite.
  std::vector<Recovery> recoveries;
  bool rolls_back = false;  // that option's way of going on
  // Of the end, with the option snapshots. Where the run was stopped half-way through a validation
  // it is of before that.
  std::shared_ptr<const RunSnapshot> state;
  std::optional<Error> lost_state;  // in its place, where there was no memory for it
};

// What a run trains on, and what it measures.
struct RunShape {
  int64_t epochs = 0;           // that were asked for
  int64_t rows = 0;             // that train in each of them
  int64_t validation_rows = 0;  // that are measured after each of them
  bool has_heads = false;       // several outputs, each with a loss of its own
  std::vector<OutputNames> outputs;
};

class Run {
 public:
  // Reads the options (training_options.h; loss and metrics: objective.h) and compiles the plan;
  // `validation` may be null. Throws Error; takes the network (Network::BeginRun) until it is
  // destroyed. Cheap enough for the caller's thread: the arena is allocated and filled by Execute.
  // `from`: the state that it goes on from, or null. `stream`: where the rows to train on come from
  // in the place of `data`, which shows their form; or null.
  Run(std::shared_ptr<Network> network, std::shared_ptr<const Dataset> data,
      std::shared_ptr<const Dataset> validation, const Value& options,
      CustomLoss* custom_loss = nullptr, std::shared_ptr<const RunSnapshot> from = nullptr,
      std::shared_ptr<RowStream> stream = nullptr);
  ~Run();
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  // Native memory that Execute will allocate.
  size_t arena_bytes() const;

  // Trains; throws Error (kDivergence, kMemory, and others where the state does not fit). Call
  // once.
  RunHistory Execute(EventSink& sink);
  // From any thread: ends the run after the current batch.
  void Stop() noexcept { stop_.store(true, std::memory_order_relaxed); }
  // From any thread: has the sink given a snapshot after the current batch.
  void Snapshot() noexcept;
  // From any thread: the memory of the last snapshot may be used again. Until then there is no
  // other.
  void ReleaseSnapshot() noexcept;

  // From any thread: the rows that the sink was told of are there, or never will be.
  void RowsFilled() noexcept;
  void RowsFailed() noexcept;

  RunShape shape() const;
  // What it goes on from.
  RunPosition begin() const;

  // For trainings of many networks (many/many_run.h), which call what Execute does part by part.
  struct State;
  State& state() { return *state_; }
  const std::atomic<bool>& stop_flag() const { return stop_; }

 private:
  std::unique_ptr<State> state_;
  std::atomic<bool> stop_{false};
};

}  // namespace layerwise
