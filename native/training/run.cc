#include "native/training/run.h"

#include <chrono>
#include <utility>

#include "native/core/float_environment.h"
#include "native/training/early_stopping.h"
#include "native/training/epoch_training.h"
#include "native/training/evaluation.h"
#include "native/training/full_batch.h"
#include "native/training/inspection.h"
#include "native/training/meter.h"
#include "native/training/mini_batch.h"
#include "native/training/monitor.h"
#include "native/training/optimizer_steps.h"
#include "native/training/run_data.h"
#include "native/training/run_observer.h"
#include "native/training/schedules.h"
#include "native/training/session.h"
#include "native/training/training_options.h"

namespace layerwise {
namespace {

using Clock = std::chrono::steady_clock;

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
        std::shared_ptr<const Dataset> validation_data, const Value& value, CustomLoss* custom_loss)
      : network(std::move(network_to_train)),
        options(ReadTrainingOptions(ValueReader(value, ""))),
        data(std::move(training_data), std::move(validation_data), options, ValueReader(value, ""),
             network->spec(), custom_loss),
        early_stopping(options.early_stopping) {
    if (!options.full_batch) {
      optimizer = std::make_unique<OptimizerSteps>(options.optimizer, options.decay_biases);
    }
    CompilePlans(ReadStatisticsOptions(ValueReader(value, "")));
    ReadMonitors(ValueReader(value, ""));
    MakeMeters();
    learning_rate = std::make_unique<LearningRate>(
        options.schedule, options.optimizer.parameters[0], options.epochs,
        data.batches().Updates(options.accumulate_batches));
  }

  size_t ArenaBytes() const {
    return session->bytes() + training_meter.bytes() + validation_meter.bytes() +
           (inspection == nullptr ? 0 : inspection->bytes());
  }
  void CompilePlans(const StatisticsOptions& statistics);
  void ReadMonitors(const ValueReader& given);
  void MakeMeters();
  RunHistory Train(EventSink& sink, const std::atomic<bool>& stop);
  void Prepare();
  EpochEvent FinishEpoch(int64_t epoch, const RunObserver& observer, const std::atomic<bool>& stop);
  EvaluationResult Validate(const std::atomic<bool>& stop);
  bool JudgeEpoch(const EpochEvent& event);

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

  std::unique_ptr<Session> session;
  std::unique_ptr<Inspection> inspection;   // null unless somebody wants statistics
  std::unique_ptr<EpochTraining> training;  // once the session has its memory
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

// Looks at the data, and takes all memory that the run needs.
void Run::State::Prepare() {
  data.Prepare(network->spec());
  session->Allocate();
  training_meter.Allocate();
  validation_meter.Allocate();
  session->plan().trained().StartOptimizer(options.optimizer.parameters.data());
  session->LoadNewest();
  if (optimizer == nullptr) {
    training = std::make_unique<FullBatchTraining>(options, *session, data);
  } else {
    training =
        std::make_unique<MiniBatchTraining>(options, *session, data, *optimizer, *learning_rate);
  }
  if (inspection != nullptr) inspection->Allocate(session->threads());
}

RunHistory Run::State::Train(EventSink& sink, const std::atomic<bool>& stop) {
  const Clock::time_point start = Clock::now();
  Prepare();
  RunHistory history;
  history.threads = session->pool().size();
  history.arena_bytes = ArenaBytes() + training->bytes();
  RunObserver observer(*session, training_meter, inspection.get(), sink, data.batches().count(),
                       options.progress_seconds);
  int64_t rows_trained = 0;
  for (int64_t epoch = 1; epoch <= options.epochs; ++epoch) {
    observer.BeginEpoch(epoch);
    const EpochTraining::Outcome outcome = training->Epoch(epoch, training_meter, observer, stop);
    rows_trained += training_meter.rows();
    observer.CheckParameters();
    network->Publish(training->parameters());
    if (outcome == EpochTraining::Outcome::kStopped) {
      history.stopped = true;
      break;
    }
    const EpochEvent event = FinishEpoch(epoch, observer, stop);
    sink.OnEpoch(event);
    history.stopped = stop.load(std::memory_order_relaxed) && epoch < options.epochs;
    history.stopped_early = JudgeEpoch(event) && !history.stopped && epoch < options.epochs;
    history.converged = outcome == EpochTraining::Outcome::kConverged && !history.stopped;
    if (history.stopped || history.stopped_early || history.converged) break;
  }
  history.best_epoch = early_stopping.best_epoch();
  if (best != nullptr) network->Publish(best->data());
  history.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  history.rows_per_second = RowsPerSecond(rows_trained, history.seconds);
  return history;
}

// Measures the epoch that has come to its end.
EpochEvent Run::State::FinishEpoch(int64_t epoch, const RunObserver& observer,
                                   const std::atomic<bool>& stop) {
  EpochEvent event;
  event.epoch = epoch;
  event.epochs = options.epochs;
  event.training = training_meter.Finish();
  event.learning_rate = training->learning_rate();
  event.seconds = observer.SecondsOfEpoch();
  event.rows_per_second = RowsPerSecond(training_meter.rows(), event.seconds);
  if (data.validates()) {
    event.validation = Validate(stop);
    // A validation that was stopped half-way is none.
    event.has_validation = validation_meter.rows() == data.ValidationRows().count;
  }
  return event;
}

EvaluationResult Run::State::Validate(const std::atomic<bool>& stop) {
  const float* parameters = training->parameters();
  // What the plan derives from the parameters, it has to derive from the averages meanwhile.
  const bool prepares = options.Averages() && options.precision == Precision::kBf16;
  if (prepares) session->plan().Prepare(session->pool(), parameters);
  EvaluationResult result = Evaluate(*session, parameters, data.validation(), data.ValidationRows(),
                                     options.batch_size, stop, validation_meter);
  if (prepares) session->Prepare();
  return result;
}

// Tells the schedule and the early stopping how the epoch went; returns whether to stop.
bool Run::State::JudgeEpoch(const EpochEvent& event) {
  if (data.validates() && !event.has_validation) return false;  // stopped meanwhile
  learning_rate->EpochEnded(monitor.ScoreOf(event));
  if (!options.early_stopping.enabled) return false;
  const bool improves = early_stopping.Improves(event.epoch, stopping_monitor.ScoreOf(event));
  if (improves && options.early_stopping.restore_best) best = network->Snapshot();
  return early_stopping.IsOver();
}

Run::Run(std::shared_ptr<Network> network, std::shared_ptr<const Dataset> data,
         std::shared_ptr<const Dataset> validation, const Value& options, CustomLoss* custom_loss)
    : state_(std::make_unique<State>(std::move(network), std::move(data), std::move(validation),
                                     options, custom_loss)) {}

Run::~Run() = default;

size_t Run::arena_bytes() const { return state_->ArenaBytes(); }

RunHistory Run::Execute(EventSink& sink) {
  const FlushDenormals flush;
  return state_->Train(sink, stop_);
}

RunShape Run::shape() const {
  const RunData& data = state_->data;
  return {state_->options.epochs, data.training_rows(), data.ValidationRows().count,
          data.objective().has_heads(), NamesOf(data.objective())};
}

}  // namespace layerwise
