#include "native/training/run.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "native/core/error.h"
#include "native/core/float_environment.h"
#include "native/core/option_reader.h"
#include "native/core/state_archive.h"
#include "native/training/early_stopping.h"
#include "native/training/epoch_training.h"
#include "native/training/evaluation.h"
#include "native/training/full_batch.h"
#include "native/training/inspection.h"
#include "native/training/lbfgs.h"
#include "native/training/meter.h"
#include "native/training/mini_batch.h"
#include "native/training/monitor.h"
#include "native/training/optimizer_steps.h"
#include "native/training/run_data.h"
#include "native/training/run_observer.h"
#include "native/training/schedules.h"
#include "native/training/session.h"
#include "native/training/snapshots.h"
#include "native/training/stop_condition.h"
#include "native/training/training_options.h"

namespace layerwise {
namespace {

constexpr const char* kBestName = "best";  // the array of a state

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

}  // namespace

struct Run::State {
  State(std::shared_ptr<Network> network_to_train, std::shared_ptr<const Dataset> training_data,
        std::shared_ptr<const Dataset> validation_data, const Value& value, CustomLoss* custom_loss,
        std::shared_ptr<const RunSnapshot> saved)
      : network(std::move(network_to_train)),
        options(ReadTrainingOptions(ValueReader(value, ""))),
        data(std::move(training_data), std::move(validation_data), options, ValueReader(value, ""),
             network->spec(), custom_loss),
        early_stopping(options.early_stopping),
        snapshots(options.snapshots),
        from(std::move(saved)) {
    if (!options.full_batch) {
      optimizer = std::make_unique<OptimizerSteps>(options.optimizer, options.decay_biases);
    }
    if (options.warm_start) {
      warm = network->kept_optimizer();
      CheckWarmStart();
    }
    CompilePlans(ReadStatisticsOptions(ValueReader(value, "")));
    ReadMonitors(ValueReader(value, ""));
    MakeMeters();
    learning_rate = std::make_unique<LearningRate>(
        options.schedule, options.optimizer.parameters[0], options.epochs,
        data.batches().Updates(options.accumulate_batches));
    // Last, so that a call that is refused takes nothing away.
    if (!options.warm_start) spare = network->ReleaseOptimizer();
  }

  size_t ArenaBytes() const {
    return session->bytes() + training_meter.bytes() + validation_meter.bytes() +
           (inspection == nullptr ? 0 : inspection->bytes());
  }
  size_t SpareBytes() const {
    return spare == nullptr || spare->state.memory() == nullptr ? 0
                                                                : spare->state.memory()->bytes();
  }
  void CompilePlans(const StatisticsOptions& statistics);
  void ReadMonitors(const ValueReader& given);
  void MakeMeters();
  const char* OptimizerName() const;
  void CheckWarmStart() const;
  RunHistory Train(EventSink& told, const std::atomic<bool>& flag);
  void Prepare();
  template <typename Take>
  void TakeMemory(const Take& take);
  bool IsOver() const;
  bool TrainEpoch();
  EpochEvent FinishEpoch();
  EvaluationResult Validate();
  void JudgeEpoch(const EpochEvent& event);
  RunHistory History(bool was_stopped);

  bool CanGoBack(const Error& error) const;
  void GoBack();
  void LowerRate();
  void KeepGoodState();
  void KeepOptimizer();

  void Restore();
  void Visit(StateArchive& archive);
  void VisitBest(StateArchive& archive);
  void VisitTimes(StateArchive& archive);
  void TakeSnapshot();
  std::shared_ptr<const RunSnapshot> Save(bool is_complete);

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
  // What a call before has kept, for its memory: pages that are there already cost nothing.
  std::shared_ptr<KeptOptimizer> spare;
  Snapshots snapshots;
  std::shared_ptr<const RunSnapshot> from;   // null once it is restored
  std::shared_ptr<const RunSnapshot> ended;  // the state of the end, where somebody wants it

  RunPosition position;
  bool converged = false;
  int64_t rows_trained = 0;  // in the epochs that are over
  // Of the run and of its current epoch, before the state that it goes on from.
  double seconds_before = 0;
  double seconds_of_epoch_before = 0;

  std::unique_ptr<Session> session;
  std::unique_ptr<Inspection> inspection;  // null unless somebody wants statistics
  // While it trains; the training once the session has its memory.
  EventSink* sink = nullptr;
  std::optional<StopCondition> stop;
  std::unique_ptr<RunObserver> observer;
  std::unique_ptr<EpochTraining> training;
};

void Run::State::CompilePlans(const StatisticsOptions& statistics) {
  PlanOptions plan = data.Plan(network->spec());
  plan.threads = options.threads;
  plan.optimizer = optimizer == nullptr ? nullptr : &optimizer->row();
  plan.gradients = optimizer == nullptr || options.DefersUpdates();
  plan.precision = options.precision;
  session = std::make_unique<Session>(network.shared(), plan);
  if (!statistics.enabled()) return;
  inspection = std::make_unique<Inspection>(statistics, network.shared(), data, plan, options.seed);
}

void Run::State::ReadMonitors(const ValueReader& given) {
  const bool validates = data.validates();
  monitor = ReadMonitor(given, data.objective(), validates, DefaultMonitor(validates));
  stopping_monitor =
      options.early_stopping.enabled
          ? ReadMonitor(given.Member("earlyStopping"), data.objective(), validates, monitor)
          : monitor;
}

void Run::State::MakeMeters() {
  training_meter =
      Meter(data.objective(), data.training(), data.training_rows(), data.batches().most_rows());
  if (!data.validates()) return;
  validation_meter =
      Meter(data.objective(), data.validation(), data.ValidationRows().count, options.batch_size);
}

// What is spared is given up where there is no room for both.
template <typename Take>
void Run::State::TakeMemory(const Take& take) {
  try {
    take();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kMemory || spare == nullptr) throw;
    spare.reset();
    take();
  }
}

// Looks at the data, and takes all memory that the run needs.
void Run::State::Prepare() {
  data.Prepare(network->spec());
  TakeMemory([this] { session->Allocate(); });
  training_meter.Allocate();
  validation_meter.Allocate();
  session->plan().trained().StartOptimizer(options.optimizer.parameters.data());
  if (from == nullptr) session->LoadNewest();
  if (optimizer == nullptr) {
    training = std::make_unique<FullBatchTraining>(options, *session, data);
  } else {
    training = std::make_unique<MiniBatchTraining>(options, *session, data, *optimizer,
                                                   *learning_rate, recoveries);
  }
  if (inspection != nullptr) {
    TakeMemory([this] { inspection->Allocate(session->threads()); });
  }
  if (from != nullptr) {
    Restore();
  } else if (warm != nullptr) {
    StateLoader loader(warm->state);
    training->VisitOptimizer(loader);
  }
  warm.reset();
  if (position.batch == 0) KeepGoodState();
}

RunHistory Run::State::Train(EventSink& told, const std::atomic<bool>& flag) {
  sink = &told;
  stop.emplace(flag, options.time_limit);
  observer = std::make_unique<RunObserver>(*session, training_meter, inspection.get(), told,
                                           data.batches().count(), options.progress_seconds);
  Prepare();
  bool was_stopped = false;
  while (!was_stopped && !IsOver()) {
    try {
      was_stopped = !TrainEpoch();
    } catch (const Error& error) {
      if (!CanGoBack(error)) throw;
      GoBack();
    }
  }
  RunHistory history = History(was_stopped);
  if (options.snapshots.enabled) history.state = ended != nullptr ? ended : Save(!was_stopped);
  if (best != nullptr) network->Publish(best->data());
  KeepOptimizer();
  return history;
}

RunHistory Run::State::History(bool was_stopped) {
  RunHistory history;
  history.threads = session->pool().size();
  history.arena_bytes = ArenaBytes() + training->bytes();
  history.time_is_over = was_stopped && stop->time_is_over();
  history.stopped = was_stopped && !history.time_is_over;
  history.converged = converged && !was_stopped;
  history.stopped_early =
      early_stopping.IsOver() && !was_stopped && !converged && position.epoch < options.epochs;
  history.best_epoch = early_stopping.best_epoch();
  history.recoveries = recoveries.all();
  history.rolls_back = options.RollsBack();
  history.seconds = seconds_before + stop->Seconds();
  const int64_t rows = rows_trained + (position.batch > 0 ? training_meter.rows() : 0);
  history.rows_per_second = RowsPerSecond(rows, history.seconds);
  return history;
}

// Between two epochs, or where the next one is further than it should get.
bool Run::State::IsOver() const {
  if (position.epoch >= options.epochs) return true;
  return position.batch == 0 && (converged || early_stopping.IsOver());
}

// Returns whether the run may go on: not when it was stopped.
bool Run::State::TrainEpoch() {
  if (position.batch == 0) training_meter.Reset();
  observer->BeginEpoch(position.current(), seconds_of_epoch_before);
  const EpochTraining::Outcome outcome =
      training->Epoch(position, training_meter, *observer, *stop, [this](bool ends_update) {
        if (snapshots.IsDueAfterBatch(training->updates(), ends_update)) TakeSnapshot();
      });
  observer->CheckParameters();
  network->Publish(training->parameters());
  if (outcome == EpochTraining::Outcome::kStopped) return false;
  converged = converged || outcome == EpochTraining::Outcome::kConverged;
  const EpochEvent event = FinishEpoch();
  sink->OnEpoch(event);
  if (data.validates() && !event.has_validation) return false;
  JudgeEpoch(event);
  rows_trained += training_meter.rows();
  seconds_of_epoch_before = 0;
  position = {position.epoch + 1, 0};
  KeepGoodState();
  if (snapshots.IsDueAfterEpoch(position.epoch) && !IsOver()) TakeSnapshot();
  return !stop->IsMet() || position.epoch >= options.epochs;
}

// Measures the epoch that has come to its end.
EpochEvent Run::State::FinishEpoch() {
  EpochEvent event;
  event.epoch = position.current();
  event.epochs = options.epochs;
  event.learning_rate = training->learning_rate();
  event.seconds = observer->SecondsOfEpoch();
  event.rows_per_second = RowsPerSecond(training_meter.rows(), event.seconds);
  if (data.validates()) {
    event.validation = Validate();
    // A validation that was stopped half-way is none. Whoever goes on later validates again, and
    // only then is the epoch over.
    event.has_validation = validation_meter.rows() == data.ValidationRows().count;
    if (!event.has_validation && options.snapshots.enabled) ended = Save(false);
  }
  event.training = training_meter.Finish();
  return event;
}

EvaluationResult Run::State::Validate() {
  const float* parameters = training->parameters();
  // What the plan derives from the parameters, it has to derive from the averages meanwhile.
  const bool prepares = options.Averages() && options.precision == Precision::kBf16;
  if (prepares) session->plan().Prepare(session->pool(), parameters);
  EvaluationResult result = Evaluate(*session, parameters, data.validation(), data.ValidationRows(),
                                     options.batch_size, *stop, validation_meter);
  if (prepares) session->Prepare();
  return result;
}

// Tells the schedule and the early stopping how the epoch went.
void Run::State::JudgeEpoch(const EpochEvent& event) {
  learning_rate->EpochEnded(monitor.ScoreOf(event));
  if (!options.early_stopping.enabled) return;
  const bool improves = early_stopping.Improves(event.epoch, stopping_monitor.ScoreOf(event));
  if (improves && options.early_stopping.restore_best) best = network->Snapshot();
}

// ---- Numbers that are not finite ----

bool Run::State::CanGoBack(const Error& error) const {
  return options.RollsBack() && error.kind() == ErrorKind::kDivergence &&
         recoveries.count() < options.on_non_finite.times;
}

// Everything is as it was when the epoch began, but for the learning rate.
void Run::State::GoBack() {
  Recoveries all = recoveries;
  all.Add({position.current(), std::min(position.batch + 1, data.batches().count())});
  const double seconds = seconds_before;
  position.batch = 0;
  StateLoader loader(good);
  Visit(loader);
  recoveries = std::move(all);
  seconds_before = seconds;
  seconds_of_epoch_before = 0;
  LowerRate();
  session->Prepare();
}

void Run::State::LowerRate() {
  if (!options.RollsBack()) return;
  const auto times = static_cast<double>(recoveries.count());
  learning_rate->set_share(std::pow(options.on_non_finite.factor, times));
}

void Run::State::KeepGoodState() {
  if (!options.RollsBack()) return;
  StateSaver saver;
  Visit(saver);
  saver.SaveTo(good);
}

// ---- Warm starts ----

const char* Run::State::OptimizerName() const {
  return optimizer == nullptr ? LbfgsInfo().name : optimizer->row().info.name;
}

void Run::State::CheckWarmStart() const {
  if (warm == nullptr) return;
  if (warm->state.memory() == nullptr) {
    throw Error(ErrorKind::kMemory, "warmStart", "the optimizer of the call before",
                "none, as there was no memory to keep it in",
                "Leave warmStart out, or give the process more memory.");
  }
  if (warm->name == OptimizerName()) return;
  throw Error(ErrorKind::kArgument, "warmStart",
              "the optimizer of the call before, which was " + warm->name, OptimizerName(),
              "Go on with that optimizer, or leave warmStart out.");
}

void Run::State::KeepOptimizer() {
  std::shared_ptr<KeptOptimizer> kept =
      spare != nullptr ? std::move(spare) : network->ReleaseOptimizer();
  // Another optimizer may need much less of it.
  if (kept == nullptr || kept->name != OptimizerName()) kept = std::make_shared<KeptOptimizer>();
  kept->name = OptimizerName();
  StateSaver saver;
  training->VisitOptimizer(saver);
  try {
    saver.SaveTo(kept->state);
  } catch (const Error& error) {
    // No reason for a training that has come to its end to fail.
    if (error.kind() != ErrorKind::kMemory) throw;
  }
  network->KeepOptimizer(std::move(kept));
}

// ---- States ----

// Whatever the state holds, the network stays as it was when it does not fit.
void Run::State::Restore() {
  const RunPosition at = from->position;
  if (at.batch > data.batches().count()) {
    throw Error(ErrorKind::kData, "state.batch",
                "at most the " + std::to_string(data.batches().count()) + " batches of an epoch",
                std::to_string(at.batch), "Go on with the data that the state was saved with.");
  }
  position = at;
  training_meter.Reset();
  StateLoader loader(from->state);
  Visit(loader);
  loader.RequireAllTaken();
  CheckParameters(session->layout(), session->parameters());
  CheckParameters(session->layout(), training->parameters());
  if (best != nullptr) CheckParameters(session->layout(), best->data());
  LowerRate();
  session->Prepare();
  network->Publish(training->parameters());
  from.reset();
}

void Run::State::Visit(StateArchive& archive) {
  training->Visit(archive, position);
  learning_rate->Visit(archive);
  if (options.early_stopping.enabled) {
    early_stopping.Visit(archive);
    VisitBest(archive);
  }
  archive.Flag("converged", converged);
  if (options.SkipsBatches() || options.RollsBack()) recoveries.Visit(archive);
  if (position.batch > 0) training_meter.Visit(archive);
  if (position.batch > 0 && options.RollsBack()) archive.Nested("rollback", good);
  archive.Count("rows", rows_trained, kMaxCount);
  VisitTimes(archive);
}

void Run::State::VisitBest(StateArchive& archive) {
  bool is_known = best != nullptr;
  archive.Flag("bestIsKnown", is_known);
  const auto size = static_cast<size_t>(session->layout().size());
  if (is_known && archive.is_loading()) {
    auto loaded = std::make_shared<Parameters>(session->layout());
    archive.Floats(kBestName, {loaded->data(), size});
    best = std::move(loaded);
  } else if (is_known) {
    archive.Save(kBestName, {best->data(), size});
  } else {
    best.reset();
  }
}

void Run::State::VisitTimes(StateArchive& archive) {
  double seconds = seconds_before + stop->Seconds();
  double of_epoch = position.batch > 0 ? observer->SecondsOfEpoch() : 0;
  archive.FiniteNumber("seconds", seconds);
  archive.FiniteNumber("secondsOfEpoch", of_epoch);
  if (!archive.is_loading()) return;
  seconds_before = seconds;
  seconds_of_epoch_before = of_epoch;
}

// None of parameters that are past help: the run ends when it finds them.
void Run::State::TakeSnapshot() {
  if (observer->ParametersAreFinite()) sink->OnSnapshot(Save(false));
}

std::shared_ptr<const RunSnapshot> Run::State::Save(bool is_complete) {
  RunSnapshot& snapshot = snapshots.Next();
  snapshot.position = position;
  snapshot.updates = training->updates();
  snapshot.complete = is_complete;
  snapshot.weights = is_complete && best != nullptr ? kBestName : training->parameters_name();
  StateSaver saver;
  Visit(saver);
  saver.SaveTo(snapshot.state);
  return snapshots.Take();
}

Run::Run(std::shared_ptr<Network> network, std::shared_ptr<const Dataset> data,
         std::shared_ptr<const Dataset> validation, const Value& options, CustomLoss* custom_loss,
         std::shared_ptr<const RunSnapshot> from)
    : state_(std::make_unique<State>(std::move(network), std::move(data), std::move(validation),
                                     options, custom_loss, std::move(from))) {}

Run::~Run() = default;

size_t Run::arena_bytes() const { return state_->ArenaBytes() + state_->SpareBytes(); }

RunHistory Run::Execute(EventSink& sink) {
  const FlushDenormals flush;
  return state_->Train(sink, stop_);
}

void Run::Snapshot() noexcept { state_->snapshots.Ask(); }

void Run::ReleaseSnapshot() noexcept { state_->snapshots.Release(); }

RunPosition Run::begin() const {
  return state_->from == nullptr ? RunPosition() : state_->from->position;
}

RunShape Run::shape() const {
  const RunData& data = state_->data;
  return {state_->options.epochs, data.training_rows(), data.ValidationRows().count,
          data.objective().has_heads(), NamesOf(data.objective())};
}

}  // namespace layerwise
