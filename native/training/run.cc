#include "native/training/run.h"

#include <string>
#include <utility>

#include "native/core/error.h"
#include "native/core/float_environment.h"
#include "native/core/option_reader.h"
#include "native/training/evaluation.h"
#include "native/training/full_batch.h"
#include "native/training/lbfgs.h"
#include "native/training/mini_batch.h"
#include "native/training/run_state.h"
#include "native/training/warm_start.h"

namespace layerwise {

Run::State::State(std::shared_ptr<Network> network_to_train,
                  std::shared_ptr<const Dataset> training_data,
                  std::shared_ptr<const Dataset> validation_data, const Value& value,
                  CustomLoss* custom_loss, std::shared_ptr<const RunSnapshot> saved,
                  std::shared_ptr<RowStream> stream)
    : network(std::move(network_to_train)),
      options(ReadTrainingOptions(ValueReader(value, ""))),
      data(std::move(training_data), std::move(validation_data), options, ValueReader(value, ""),
           network->spec(), custom_loss, std::move(stream)),
      early_stopping(options.early_stopping),
      snapshots(options.snapshots),
      from(std::move(saved)) {
  if (!options.full_batch) {
    optimizer = std::make_unique<OptimizerSteps>(options.optimizer, options.decay_biases,
                                                 network->layout());
  }
  if (options.warm_start) {
    warm = network->kept_optimizer();
    if (warm != nullptr) CheckWarmStart(*warm, OptimizerName());
  }
  CompilePlans(ReadStatisticsOptions(ValueReader(value, "")));
  ReadMonitors(ValueReader(value, ""));
  MakeMeters();
  learning_rate = std::make_unique<LearningRate>(
      options.schedule, options.optimizer.parameters[0], options.epochs,
      data.batches().Updates(options.accumulate_batches));
  // Last, so that a call that is refused takes nothing away.
  if (!options.warm_start) network->ForgetOptimizer();
}

size_t Run::State::ArenaBytes() const {
  return session->bytes() + training_meter.bytes() + validation_meter.bytes() +
         (inspection == nullptr ? 0 : inspection->bytes());
}

const char* Run::State::OptimizerName() const {
  return optimizer == nullptr ? LbfgsInfo().name : optimizer->row().info.name;
}

void Run::State::CompilePlans(const StatisticsOptions& statistics) {
  PlanOptions plan = data.Plan(network->spec());
  plan.threads = options.threads;
  plan.optimizer = optimizer == nullptr ? nullptr : &optimizer->row();
  plan.gradients = optimizer == nullptr || options.DefersUpdates();
  plan.precision = options.precision;
  session = std::make_unique<Session>(network.shared(), plan);
  takes_blocks = optimizer != nullptr && !options.SkipsBatches() &&
                 RowBlocks::Pay(session->plan(), network->layout());
  if (takes_blocks && !plan.gradients) {
    PlanOptions keeping = plan;
    keeping.gradients = true;
    session = std::make_unique<Session>(network.shared(), keeping);
  }
  if (!statistics.enabled()) return;
  if (data.stream() != nullptr) {
    throw Error(ErrorKind::kArgument, "statistics", "none of a training on a stream", "statistics",
                "They look at a sample of all rows: leave them out.");
  }
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

// Looks at the data, and takes all memory that the run needs.
void Run::State::Prepare(std::shared_ptr<ThreadPool> threads) {
  data.Prepare(network->spec());
  session->Allocate(std::move(threads));
  training_meter.Allocate();
  validation_meter.Allocate();
  session->plan().trained().StartOptimizer(options.optimizer.parameters.data());
  if (from == nullptr) session->LoadNewest();
  if (optimizer == nullptr) {
    training = std::make_unique<FullBatchTraining>(options, *session, data);
  } else {
    training = std::make_unique<MiniBatchTraining>(
        options, *session, data, *optimizer, *learning_rate, recoveries,
        takes_blocks ? std::make_unique<RowBlocks>(*session) : nullptr);
  }
  if (inspection != nullptr) inspection->Allocate(session->threads());
  if (from != nullptr) {
    Restore();
  } else if (warm != nullptr) {
    LoadOptimizer(*warm, *training);
  }
  warm.reset();
  if (position.batch == 0) KeepGoodState();
}

void Run::State::Begin(EventSink& told, const std::atomic<bool>& flag,
                       std::shared_ptr<ThreadPool> threads) {
  sink = &told;
  stop = std::make_unique<StopCondition>(flag, options.time_limit);
  observer = std::make_unique<RunObserver>(*session, training_meter, inspection.get(), told,
                                           data.batches().count(), options.progress_seconds);
  data.BeginStream(options, network->spec(),
                   [this](const WantedRows& rows) { sink->OnRowsWanted(rows); });
  Prepare(std::move(threads));
}

RunHistory Run::State::Train(EventSink& told, const std::atomic<bool>& flag,
                             std::shared_ptr<ThreadPool> threads) {
  Begin(told, flag, std::move(threads));
  bool was_stopped = false;
  while (!was_stopped && !IsOver()) {
    try {
      was_stopped = !TrainEpoch();
    } catch (const Error& error) {
      if (!CanGoBack(error)) throw;
      GoBack();
    }
  }
  return End(was_stopped);
}

// Tells the network what it has learnt.
RunHistory Run::State::End(bool was_stopped) {
  RunHistory history = History(was_stopped);
  KeepEnd(!was_stopped);
  history.state = ended;
  if (history.state == nullptr) history.lost_state = lost;
  if (best != nullptr) network->Publish(best->data());
  KeepOptimizer(*network.shared(), OptimizerName(), *training);
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
  BeginEpoch();
  const EpochTraining::Outcome outcome =
      training->Epoch(position, training_meter, *observer, *stop, [this](bool ends_update) {
        if (snapshots.IsDueAfterBatch(training->updates(), ends_update)) TakeSnapshot();
      });
  return EndEpoch(outcome, [this] { return Validate(); });
}

void Run::State::BeginEpoch() {
  if (position.batch == 0) training_meter.Reset();
  observer->BeginEpoch(position.current(), seconds_of_epoch_before);
}

bool Run::State::EndEpoch(EpochTraining::Outcome outcome, const Validation& validate) {
  observer->CheckParameters();
  network->Publish(training->parameters());
  if (outcome == EpochTraining::Outcome::kStopped) return false;
  converged = converged || outcome == EpochTraining::Outcome::kConverged;
  TellOfNonFinite();
  const EpochEvent event = FinishEpoch(validate);
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
EpochEvent Run::State::FinishEpoch(const Validation& validate) {
  EpochEvent event;
  event.epoch = position.current();
  event.epochs = options.epochs;
  event.learning_rate = training->learning_rate();
  event.seconds = observer->SecondsOfEpoch();
  event.rows_per_second = RowsPerSecond(training_meter.rows(), event.seconds);
  if (data.validates()) {
    event.validation = validate();
    // A validation that was stopped half-way is none. Whoever goes on later validates again, and
    // only then is the epoch over.
    event.has_validation = validation_meter.rows() == data.ValidationRows().count;
    if (!event.has_validation) KeepEnd(false);
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

Run::Run(std::shared_ptr<Network> network, std::shared_ptr<const Dataset> data,
         std::shared_ptr<const Dataset> validation, const Value& options, CustomLoss* custom_loss,
         std::shared_ptr<const RunSnapshot> from, std::shared_ptr<RowStream> stream)
    : state_(std::make_unique<State>(std::move(network), std::move(data), std::move(validation),
                                     options, custom_loss, std::move(from), std::move(stream))) {}

Run::~Run() = default;

size_t Run::arena_bytes() const { return state_->ArenaBytes(); }

RunHistory Run::Execute(EventSink& sink) {
  const FlushDenormals flush;
  return state_->Train(sink, stop_);
}

void Run::Snapshot() noexcept { state_->snapshots.Ask(); }

void Run::RowsFilled() noexcept {
  if (RowStream* stream = state_->data.stream()) stream->Filled();
}

void Run::RowsFailed() noexcept {
  if (RowStream* stream = state_->data.stream()) stream->Fail();
}

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
