// What a run works with: made in run.cc, where it trains; kept and restored in run_state.cc.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "native/core/error.h"
#include "native/core/state_archive.h"
#include "native/training/early_stopping.h"
#include "native/training/epoch_training.h"
#include "native/training/inspection.h"
#include "native/training/meter.h"
#include "native/training/monitor.h"
#include "native/training/optimizer_steps.h"
#include "native/training/run.h"
#include "native/training/run_data.h"
#include "native/training/run_observer.h"
#include "native/training/run_position.h"
#include "native/training/schedules.h"
#include "native/training/session.h"
#include "native/training/snapshots.h"
#include "native/training/stop_condition.h"
#include "native/training/training_options.h"

namespace layerwise {

// Releases the network however the run ends.
class RunningNetwork {
 public:
  explicit RunningNetwork(std::shared_ptr<Network> network) : network_(std::move(network)) {
    network_->BeginRun();
  }
  ~RunningNetwork() { network_->EndRun(); }
  RunningNetwork(const RunningNetwork&) = delete;
  RunningNetwork& operator=(const RunningNetwork&) = delete;
  const std::shared_ptr<Network>& shared() const { return network_; }
  Network* operator->() const { return network_.get(); }

 private:
  std::shared_ptr<Network> network_;
};

struct Run::State {
  State(std::shared_ptr<Network> network_to_train, std::shared_ptr<const Dataset> training_data,
        std::shared_ptr<const Dataset> validation_data, const Value& value, CustomLoss* custom_loss,
        std::shared_ptr<const RunSnapshot> saved, std::shared_ptr<RowStream> stream);

  size_t ArenaBytes() const;

  using Validation = std::function<EvaluationResult()>;

  // run.cc: how it is made, and how it trains.
  void CompilePlans(const StatisticsOptions& statistics);
  void ReadMonitors(const ValueReader& given);
  void MakeMeters();
  const char* OptimizerName() const;
  // On these threads, or on as many as the options say.
  RunHistory Train(EventSink& told, const std::atomic<bool>& flag,
                   std::shared_ptr<ThreadPool> threads = nullptr);
  void Begin(EventSink& told, const std::atomic<bool>& flag, std::shared_ptr<ThreadPool> threads);
  RunHistory End(bool was_stopped);
  void Prepare(std::shared_ptr<ThreadPool> threads);
  bool IsOver() const;
  bool TrainEpoch();
  void BeginEpoch();
  bool EndEpoch(EpochTraining::Outcome outcome, const Validation& validate);
  EpochEvent FinishEpoch(const Validation& validate);
  EvaluationResult Validate();
  void JudgeEpoch(const EpochEvent& event);
  RunHistory History(bool was_stopped);

  // run_state.cc: what it goes back to and goes on from.
  bool CanGoBack(const Error& error) const;
  void GoBack();
  void LowerRate();
  void KeepGoodState();
  void Restore();
  void Visit(StateArchive& archive);
  void VisitBest(StateArchive& archive);
  void VisitTimes(StateArchive& archive);
  void TakeSnapshot();
  std::shared_ptr<const RunSnapshot> Save(bool is_complete);
  std::shared_ptr<const RunSnapshot> TrySave(bool is_complete);
  void KeepEnd(bool is_complete);
  void TellOfNonFinite();

  RunningNetwork network;
  TrainingOptions options;
  RunData data;
  std::unique_ptr<OptimizerSteps> optimizer;  // null when training by L-BFGS
  std::unique_ptr<LearningRate> learning_rate;
  Meter training_meter;
  Meter validation_meter;
  Monitor monitor;  // of the schedule
  Monitor stopping_monitor;
  EarlyStopping early_stopping;
  std::shared_ptr<const Parameters> best;  // of the epochs that early stopping has seen
  Recoveries recoveries;
  SavedState good;  // at the beginning of the epoch, where the run may have to go back to it
  std::shared_ptr<const KeptOptimizer> warm;  // null once it is taken over
  Snapshots snapshots;
  std::shared_ptr<const RunSnapshot> from;  // null once it is restored
  // The state of the end, where somebody wants it and there is memory for it.
  bool end_is_kept = false;
  std::shared_ptr<const RunSnapshot> ended;
  std::optional<Error> lost;  // what the last state that there was no memory for would have taken

  RunPosition position;
  bool converged = false;
  bool has_told_of_non_finite = false;
  int64_t rows_trained = 0;  // in the epochs that are over
  // Of the run and of its current epoch, before the state that it goes on from.
  double seconds_before = 0;
  double seconds_of_epoch_before = 0;

  bool takes_blocks = false;  // of rows, where batches are large and the network is small
  std::unique_ptr<Session> session;
  std::unique_ptr<Inspection> inspection;  // null unless somebody wants statistics
  // While it trains; the training once the session has its memory.
  EventSink* sink = nullptr;
  std::unique_ptr<StopCondition> stop;
  std::unique_ptr<RunObserver> observer;
  std::unique_ptr<EpochTraining> training;
};

}  // namespace layerwise
