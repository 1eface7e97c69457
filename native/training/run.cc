#include "native/training/run.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "native/core/error.h"
#include "native/core/finite.h"
#include "native/core/float_environment.h"
#include "native/core/thread_pool.h"
#include "native/data/batches.h"
#include "native/data/next_rows.h"
#include "native/data/training_rows.h"
#include "native/kernels/instruction_set.h"
#include "native/network/precision.h"
#include "native/plan/batch_loader.h"
#include "native/plan/execution_plan.h"
#include "native/plan/metric_checks.h"
#include "native/plan/objective.h"
#include "native/plan/objective_checks.h"
#include "native/training/divergence.h"
#include "native/training/early_stopping.h"
#include "native/training/evaluation.h"
#include "native/training/full_batch.h"
#include "native/training/inspection.h"
#include "native/training/meter.h"
#include "native/training/monitor.h"
#include "native/training/optimizer_steps.h"
#include "native/training/output_class_weights.h"
#include "native/training/run_checks.h"
#include "native/training/schedules.h"
#include "native/training/stratification.h"
#include "native/training/training_options.h"
#include "native/training/weight_average.h"
#include "native/training/weight_checks.h"

namespace layerwise {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double PerSecond(int64_t rows, double seconds) {
  return seconds > 0 ? static_cast<double>(rows) / seconds : 0.0;
}

Error Diverged(const std::string& where, const char* expected, const std::string& received) {
  return {
      ErrorKind::kDivergence, where, expected, received,
      std::string(kDivergedRemedy) + " The model keeps the parameters of the last finished epoch."};
}

// Releases the network however the run ends.
class RunningNetwork {
 public:
  explicit RunningNetwork(std::shared_ptr<Network> network) : network_(std::move(network)) {
    network_->BeginRun();
  }
  ~RunningNetwork() { network_->EndRun(); }
  RunningNetwork(const RunningNetwork&) = delete;
  RunningNetwork& operator=(const RunningNetwork&) = delete;
  Network& operator*() const { return *network_; }
  Network* operator->() const { return network_.get(); }

 private:
  std::shared_ptr<Network> network_;
};

// Where a batch stands among those that one update is made of.
struct PartOfStep {
  double share;  // of its rows
  bool is_first;
  bool is_last;
};

}  // namespace

struct Run::State {
  State(std::shared_ptr<Network> network_to_train, std::shared_ptr<const Dataset> training_data,
        std::shared_ptr<const Dataset> validation_data, const Value& value, CustomLoss* custom_loss)
      : network(std::move(network_to_train)),
        data(std::move(training_data)),
        validation(std::move(validation_data)),
        options(ReadTrainingOptions(ValueReader(value, ""))),
        split(data->rows(), options.validation_split, options.seed),
        class_weights(ReadOutputClassWeights(ValueReader(value, ""), network->spec())),
        objective(ReadObjective(ValueReader(value, ""), network->spec(), custom_loss)),
        early_stopping(options.early_stopping) {
    CheckShapes(*data, network->spec(), objective, "");
    data->Freeze();
    if (validation != nullptr) {
      CheckShapes(*validation, network->spec(), objective, "validation.");
      CheckSameKinds(*data, *validation);
      validation->Freeze();
    }
    CheckRows(options, split, data->rows());
    CheckMeasuredRows(network->spec(), split.count(), ErrorKind::kShape, "inputs");
    CheckMeasuredRows(network->spec(), options.batch_size, ErrorKind::kArgument, "batchSize");
    batches =
        Batches(split.count(), options.batch_size, MeasuredByBatches(network->spec()) != nullptr);
    CheckClassTargets(class_weights, *data);
    CheckBounds(options, network->spec());
    CheckOutputWeights(objective);
    if (!options.full_batch) {
      optimizer = std::make_unique<OptimizerSteps>(options.optimizer, options.decay_biases);
    }
    CompilePlan(ReadStatisticsOptions(ValueReader(value, "")));
    ReadMonitors(ValueReader(value, ""));
    MakeMeters();
    learning_rate =
        std::make_unique<LearningRate>(options.schedule, options.optimizer.parameters[0],
                                       options.epochs, batches.Updates(options.accumulate_batches));
  }

  size_t ArenaBytes() const {
    return plan->bytes() + training_meter.bytes() + validation_meter.bytes() +
           (inspection == nullptr ? 0 : inspection->bytes());
  }
  void CompilePlan(const StatisticsOptions& statistics);
  void ReadMonitors(const ValueReader& given);
  void MakeMeters();
  void CheckData() const;
  const Dataset& ValidationData() const { return validation != nullptr ? *validation : *data; }
  RunHistory Train(EventSink& sink, const std::atomic<bool>& stop);
  void Prepare();
  EpochEvent FinishEpoch(int64_t epoch, const std::atomic<bool>& stop);
  bool TrainEpoch(int64_t epoch, EventSink& sink, const std::atomic<bool>& stop);
  bool TrainFullBatch(int64_t epoch, EventSink& sink, const std::atomic<bool>& stop);
  void TrainBatch(int64_t epoch, int64_t batch, const RowSelection& rows, const PartOfStep& part);
  void LoadTrainingBatch(RowSelection rows);
  void Learn(int64_t rows, const PartOfStep& part);
  EvaluationResult Validate(const RowSelection& held_out, const std::atomic<bool>& stop);
  bool JudgeEpoch(const EpochEvent& event);
  const float* TrainedParameters() const;
  RowSelection ValidationRows() const;
  void CheckBatch(int64_t epoch, int64_t batch, int64_t rows, double loss) const;
  void CheckParameters(int64_t epoch) const;
  void Inspect(int64_t epoch, int64_t update, EventSink& sink);
  void ReportProgress(int64_t epoch, int64_t batch, EventSink& sink);

  RunningNetwork network;
  std::shared_ptr<const Dataset> data;
  std::shared_ptr<const Dataset> validation;
  TrainingOptions options;
  TrainingRows split;
  Batches batches;                          // of an epoch
  std::vector<ClassWeights> class_weights;  // of each output
  Objective objective;
  std::unique_ptr<OptimizerSteps> optimizer;  // null when training by L-BFGS
  Meter training_meter;
  Meter validation_meter;
  Monitor monitor;  // of the schedule
  Monitor stopping_monitor;
  std::unique_ptr<LearningRate> learning_rate;
  EarlyStopping early_stopping;
  std::shared_ptr<const Parameters> best;  // of the epochs that early stopping has seen

  std::unique_ptr<ThreadPool> pool;
  std::unique_ptr<ExecutionPlan> plan;
  std::unique_ptr<WeightAverage> average;
  std::unique_ptr<FullBatchTraining> full_batch;
  NextRows next_rows;
  bool fetches_next_rows = false;
  std::unique_ptr<Inspection> inspection;  // null unless somebody wants statistics
  bool has_converged = false;
  int64_t batches_done = 0;  // of which several may make up an update
  Clock::time_point epoch_start;
  Clock::time_point last_progress;
};

void Run::State::CompilePlan(const StatisticsOptions& statistics) {
  PlanOptions plan_options = MeasuringPlan(network->spec(), *data, objective);
  plan_options.batch_rows = batches.most_rows();
  plan_options.threads = options.threads;
  plan_options.weights |= validation != nullptr && validation->has_weights();
  PlanClassWeights(class_weights, network->spec(), plan_options);
  plan_options.optimizer = optimizer == nullptr ? nullptr : &optimizer->row();
  plan_options.gradients = optimizer == nullptr || options.DefersUpdates();
  plan_options.precision = options.precision;
  plan = std::make_unique<ExecutionPlan>(network->spec(), network->layout(), plan_options);
  if (!statistics.enabled()) return;
  inspection = std::make_unique<Inspection>(statistics, *network, *data, plan_options,
                                            split.count(), options.seed);
}

void Run::State::ReadMonitors(const ValueReader& given) {
  const bool validates = ValidationRows().count > 0;
  monitor = ReadMonitor(given, objective, validates, DefaultMonitor(validates));
  stopping_monitor = options.early_stopping.enabled
                         ? ReadMonitor(given.Member("earlyStopping"), objective, validates, monitor)
                         : monitor;
}

void Run::State::MakeMeters() {
  training_meter = Meter(objective, *data, split.count(), batches.most_rows());
  const int64_t held_out = ValidationRows().count;
  if (held_out == 0) return;
  validation_meter = Meter(objective, ValidationData(), held_out, options.batch_size);
}

// What takes a look at every row.
void Run::State::CheckData() const {
  CheckTargetBounds(*data, objective, "");
  if (validation != nullptr) CheckTargetBounds(*validation, objective, "validation.");
  const std::string path = validation == nullptr ? "" : "validation.";
  CheckRowWeights(*data, split.InOrder(), "", "to train on");
  CheckRowWeights(ValidationData(), ValidationRows(), path, "for validation");
  CheckMetricLabels(objective, *data, split.InOrder(), "to train on");
  CheckMetricLabels(objective, ValidationData(), ValidationRows(), "for validation");
}

RunHistory Run::State::Train(EventSink& sink, const std::atomic<bool>& stop) {
  const Clock::time_point start = Clock::now();
  Prepare();
  RunHistory history;
  history.threads = pool->size();
  history.arena_bytes = ArenaBytes() + (average == nullptr ? 0 : average->bytes());
  int64_t rows_trained = 0;
  for (int64_t epoch = 1; epoch <= options.epochs; ++epoch) {
    epoch_start = last_progress = Clock::now();
    const bool complete =
        full_batch != nullptr ? TrainFullBatch(epoch, sink, stop) : TrainEpoch(epoch, sink, stop);
    rows_trained += training_meter.rows();
    CheckParameters(epoch);
    network->Publish(TrainedParameters());
    if (!complete) {
      history.stopped = true;
      break;
    }
    const EpochEvent event = FinishEpoch(epoch, stop);
    sink.OnEpoch(event);
    history.stopped = stop.load(std::memory_order_relaxed) && epoch < options.epochs;
    history.stopped_early = JudgeEpoch(event) && !history.stopped && epoch < options.epochs;
    history.converged = has_converged && !history.stopped;
    if (history.stopped || history.stopped_early || history.converged) break;
  }
  history.best_epoch = early_stopping.best_epoch();
  if (best != nullptr) network->Publish(best->data());
  history.seconds = SecondsSince(start);
  history.rows_per_second = PerSecond(rows_trained, history.seconds);
  return history;
}

// Looks at the data, and takes all memory that the run needs.
void Run::State::Prepare() {
  if (split.set_aside() > 0) split.Split(ClassesToStratify(*data, objective));
  CheckData();
  BalanceClassWeights(*data, split.InOrder(), class_weights);
  CheckClassWeights(class_weights, *data, split.InOrder(), network->spec());

  pool = std::make_unique<ThreadPool>(options.threads);
  plan->Allocate();
  training_meter.Allocate();
  validation_meter.Allocate();
  std::copy_n(network->Snapshot()->data(), network->layout().size(), plan->parameters());
  plan->StartOptimizer(options.optimizer.parameters.data());
  plan->Prepare(*pool, plan->parameters());
  fetches_next_rows = NextRows::Pays(*data, options.batch_size);
  if (fetches_next_rows) plan->FetchMeanwhile(&next_rows);

  if (options.Averages()) {
    average = std::make_unique<WeightAverage>(network->layout(), options.average_decay);
  }
  if (options.full_batch) {
    full_batch = std::make_unique<FullBatchTraining>(
        options.optimizer.parameters, network->layout(), *plan, *pool, *data, split.InOrder(),
        batches, options.seed, class_weights);
  }
  if (inspection != nullptr) inspection->Allocate(split.InOrder());
}

// Measures the epoch that has come to its end.
EpochEvent Run::State::FinishEpoch(int64_t epoch, const std::atomic<bool>& stop) {
  EpochEvent event;
  event.epoch = epoch;
  event.epochs = options.epochs;
  event.training = training_meter.Finish();
  event.learning_rate =
      optimizer == nullptr ? options.optimizer.parameters[0] : optimizer->learning_rate();
  event.seconds = SecondsSince(epoch_start);
  event.rows_per_second = PerSecond(training_meter.rows(), event.seconds);
  const RowSelection held_out = ValidationRows();
  if (held_out.count > 0) {
    event.validation = Validate(held_out, stop);
    event.has_validation = validation_meter.rows() == held_out.count;  // not stopped half-way
  }
  return event;
}

EvaluationResult Run::State::Validate(const RowSelection& held_out, const std::atomic<bool>& stop) {
  // What the plan derives from the parameters, it has to derive from the averages meanwhile.
  const bool prepares = average != nullptr && options.precision == Precision::kBf16;
  if (prepares) plan->Prepare(*pool, TrainedParameters());
  EvaluationResult result = Evaluate(*plan, *pool, TrainedParameters(), ValidationData(), held_out,
                                     options.batch_size, stop, validation_meter);
  if (prepares) plan->Prepare(*pool, plan->parameters());
  return result;
}

// Tells the schedule and the early stopping how the epoch went; returns whether to stop.
bool Run::State::JudgeEpoch(const EpochEvent& event) {
  const bool validates = ValidationRows().count > 0;
  if (validates && !event.has_validation) return false;  // stopped meanwhile
  learning_rate->EpochEnded(monitor.ScoreOf(event));
  if (!options.early_stopping.enabled) return false;
  const bool improves = early_stopping.Improves(event.epoch, stopping_monitor.ScoreOf(event));
  if (improves && options.early_stopping.restore_best) best = network->Snapshot();
  return early_stopping.IsOver();
}

// What readers and the validation see.
const float* Run::State::TrainedParameters() const {
  return average != nullptr && average->has_begun() ? average->data() : plan->parameters();
}

RowSelection Run::State::ValidationRows() const {
  if (validation != nullptr) return {nullptr, 0, validation->rows()};
  return split.Validation();
}

// Returns whether it came to the end.
bool Run::State::TrainEpoch(int64_t epoch, EventSink& sink, const std::atomic<bool>& stop) {
  training_meter.Reset();
  const RowSelection order = options.shuffle ? split.Shuffled(epoch) : split.InOrder();
  const int64_t in_step = options.accumulate_batches;
  for (int64_t batch = 0; batch < batches.count(); ++batch) {
    if (stop.load(std::memory_order_relaxed)) return false;
    const BatchRows rows = batches.At(batch);
    const BatchRows step = batches.At(batch / in_step * in_step, in_step);
    const PartOfStep part{static_cast<double>(rows.count()) / static_cast<double>(step.count()),
                          rows.first == step.first, rows.end == step.end};
    const bool ends_epoch = rows.end == order.count;
    const bool inspects = part.is_last && inspection != nullptr &&
                          inspection->IsDueAfter(epoch, optimizer->done() + 1, ends_epoch);
    if (inspects) inspection->KeepParameters(plan->parameters());
    TrainBatch(epoch, batch + 1, order.Slice(rows.first, rows.count()), part);
    if (inspects) Inspect(epoch, optimizer->done(), sink);
    if (!ends_epoch) ReportProgress(epoch, batch + 1, sink);
  }
  return true;
}

// Returns whether it came to the end.
bool Run::State::TrainFullBatch(int64_t epoch, EventSink& sink, const std::atomic<bool>& stop) {
  const bool inspects = inspection != nullptr && inspection->IsDueAfter(epoch, epoch, true);
  if (inspects) inspection->KeepParameters(plan->parameters());
  double loss_before = 0;
  const auto check = [&](int64_t batch, int64_t rows) {
    CheckBatch(epoch, batch, rows, training_meter.loss_sum() - loss_before);
    loss_before = training_meter.loss_sum();
  };
  const Lbfgs::Outcome outcome = full_batch->Epoch(training_meter, check, stop);
  has_converged = outcome == Lbfgs::Outcome::kConverged;
  if (outcome == Lbfgs::Outcome::kStopped) return false;
  if (inspects) Inspect(epoch, epoch, sink);
  return true;
}

void Run::State::TrainBatch(int64_t epoch, int64_t batch, const RowSelection& rows,
                            const PartOfStep& part) {
  const double loss_before = training_meter.loss_sum();
  LoadTrainingBatch(rows);
  plan->StartBatch({options.seed, static_cast<uint64_t>(batches_done++)});
  plan->ForwardTraining(*pool, rows.count);
  plan->Loss(*pool, rows.count, true);
  training_meter.Add(*plan, *pool, *data, rows);
  CheckBatch(epoch, batch, rows.count, training_meter.loss_sum() - loss_before);
  Learn(rows.count, part);
}

void Run::State::LoadTrainingBatch(RowSelection rows) {
  if (fetches_next_rows) {
    next_rows = NextRows(*data, rows, plan->FetchParts());
    rows.upcoming = 0;
  }
  LoadBatch(*data, rows, *plan, *pool, class_weights);
}

// The backward pass and the update.
void Run::State::Learn(int64_t rows, const PartOfStep& part) {
  const auto next_step = [&] { return optimizer->Next(learning_rate->At(optimizer->done())); };
  if (!options.DefersUpdates()) {
    plan->Backward(*pool, rows, next_step());
  } else {
    plan->KeepGradients(*pool, rows, static_cast<float>(part.share), !part.is_first);
    if (!part.is_last) return;
    plan->Update(*pool, next_step(), options.clipping);
  }
  if (average != nullptr) average->Add(*pool, plan->parameters());
}

void Run::State::CheckBatch(int64_t epoch, int64_t batch, int64_t rows, double loss) const {
  if (std::isfinite(loss)) return;
  const std::string layer = plan->FirstNonFiniteLayer(rows);
  throw Diverged(layer.empty() ? "loss" : layer, "finite numbers",
                 std::string(std::isnan(loss) ? "NaN" : "infinity") + " in epoch " +
                     std::to_string(epoch) + ", batch " + std::to_string(batch));
}

void Run::State::CheckParameters(int64_t epoch) const {
  for (const ParameterBlock& block : network->layout().blocks()) {
    const float* values = plan->parameters() + block.offset;
    const auto count = static_cast<size_t>(block.panels.size());
    if (AllFinite({values, count})) continue;
    throw Diverged(block.name, "finite parameters",
                   "NaN or infinity after epoch " + std::to_string(epoch));
  }
}

void Run::State::Inspect(int64_t epoch, int64_t update, EventSink& sink) {
  sink.OnStatistics(inspection->Inspect(*pool, plan->parameters(), class_weights, epoch, update));
}

void Run::State::ReportProgress(int64_t epoch, int64_t batch, EventSink& sink) {
  const Clock::time_point now = Clock::now();
  if (std::chrono::duration<double>(now - last_progress).count() < options.progress_seconds) return;
  last_progress = now;
  ProgressEvent event;
  event.epoch = epoch;
  event.batch = batch;
  event.batches = batches.count();
  event.training = training_meter.Running();
  event.rows_per_second = PerSecond(training_meter.rows(), SecondsSince(epoch_start));
  sink.OnProgress(event);
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
  const State& state = *state_;
  return {state.options.epochs, state.split.count(), state.ValidationRows().count,
          state.network->spec().has_heads(), NamesOf(state.objective)};
}

}  // namespace layerwise
