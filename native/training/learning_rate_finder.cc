#include "native/training/learning_rate_finder.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "native/core/error.h"
#include "native/core/float_environment.h"
#include "native/data/training_rows.h"
#include "native/plan/index_checks.h"
#include "native/plan/objective.h"
#include "native/plan/objective_checks.h"
#include "native/training/divergence.h"
#include "native/training/optimizer_steps.h"
#include "native/training/output_class_weights.h"
#include "native/training/run_checks.h"
#include "native/training/session.h"
#include "native/training/training_options.h"
#include "native/training/weight_checks.h"

namespace layerwise {
namespace {

constexpr int64_t kMaxSteps = 1'000'000;

struct RangeOptions {
  double from = 0;
  double to = 0;
  int64_t steps = 0;
  double smoothing = 0;
  double divergence = 0;

  double RateAt(int64_t step) const {
    return from * std::pow(to / from, static_cast<double>(step) / static_cast<double>(steps - 1));
  }
};

double ReadAbove(const ValueReader& options, const char* name, double bound) {
  const ValueReader reader = options.Member(name);
  if (reader.Number() > bound) return reader.Number();
  throw Error(ErrorKind::kArgument, reader.path(), "a number above " + Value(bound).Describe(),
              reader.value().Describe(), "Choose a larger one.");
}

RangeOptions ReadRange(const ValueReader& options) {
  options.AllowOnly(kLearningRateFinderOptions);
  RangeOptions read;
  read.from = ReadAbove(options, "from", 0);
  read.to = ReadAbove(options, "to", read.from);
  read.steps = options.Member("steps").Integer(2, kMaxSteps);
  read.divergence = ReadAbove(options, "divergence", 1);
  const ValueReader smoothing = options.Member("smoothing");
  read.smoothing = smoothing.Number();
  if (read.smoothing >= 0 && read.smoothing < 1) return read;
  throw Error(ErrorKind::kArgument, smoothing.path(), "a share of at least 0 and below 1",
              smoothing.value().Describe(), "For example 0.9.");
}

// An exponential moving average, divided by the weight that its numbers have (Adam's correction).
class Smoothed {
 public:
  explicit Smoothed(double decay) : decay_(decay) {}
  double Add(double value) {
    average_ = decay_ * average_ + (1 - decay_) * value;
    weight_ = decay_ * weight_ + (1 - decay_);
    return average_ / weight_;
  }

 private:
  double decay_;
  double average_ = 0;
  double weight_ = 0;
};

}  // namespace

struct LearningRateFinder::State {
  State(std::shared_ptr<Network> of, std::shared_ptr<const Dataset> from, const Value& value)
      : network(std::move(of)),
        data(std::move(from)),
        range(ReadRange(ValueReader(value, ""))),
        options(ReadManualOptions(ValueReader(value, "").Member("training"))),
        class_weights(ReadOutputClassWeights(ValueReader(value, ""), network->spec())),
        objective(ReadObjective(ValueReader(value, ""), network->spec())),
        optimizer(options.optimizer, options.decay_biases, network->layout()),
        batch_rows(std::min(options.batch_size, data->rows())),
        rows(data->rows(), 0, options.seed) {
    CheckShapes(*data, network->spec(), objective, "");
    CheckClassTargets(class_weights, *data);
    CheckOutputWeights(objective);
    CheckMeasuredRows(network->spec(), data->rows(), ErrorKind::kShape, "inputs");
    CheckMeasuredRows(network->spec(), options.batch_size, ErrorKind::kArgument, "batchSize");
    data->Freeze();
  }

  void Prepare();
  RowSelection NextBatch();
  double LossOfNextBatch(int64_t step);
  void Learn(double rate);

  std::shared_ptr<Network> network;
  std::shared_ptr<const Dataset> data;
  RangeOptions range;
  ManualOptions options;
  std::vector<ClassWeights> class_weights;  // of each output
  Objective objective;
  OptimizerSteps optimizer;
  int64_t batch_rows;
  TrainingRows rows;

  std::unique_ptr<Session> session;  // once there is work
  RowSelection order;                // of the epoch
  int64_t at = 0;                    // rows of it that are done
  int64_t epoch = 0;
};

LearningRateFinder::LearningRateFinder(std::shared_ptr<Network> network,
                                       std::shared_ptr<const Dataset> data, const Value& options)
    : state_(std::make_unique<State>(std::move(network), std::move(data), options)) {}

LearningRateFinder::~LearningRateFinder() = default;

void LearningRateFinder::State::Prepare() {
  CheckTargetBounds(*data, objective, "");
  CheckIndices(*data, network->spec(), "");
  CheckRowWeights(*data, rows.InOrder(), "", "to train on");
  BalanceClassWeights(*data, rows.InOrder(), class_weights);
  CheckClassWeights(class_weights, *data, rows.InOrder(), network->spec());
  PlanOptions wanted = MeasuringPlan(network->spec(), *data, objective);
  PlanClassWeights(class_weights, network->spec(), wanted);
  wanted.batch_rows = batch_rows;
  wanted.threads = options.threads;
  wanted.optimizer = &optimizer.row();
  wanted.gradients = options.clipping.enabled();
  wanted.precision = options.precision;
  session = std::make_unique<Session>(network, wanted);
  session->Allocate();
  session->plan().trained().StartOptimizer(options.optimizer.parameters.data());
  session->LoadNewest();
}

// Batches of all the same size, through as many epochs as it takes.
RowSelection LearningRateFinder::State::NextBatch() {
  if (at + batch_rows > order.count) {
    order = rows.Shuffled(++epoch);
    at = 0;
  }
  const RowSelection batch = order.Slice(at, batch_rows);
  at += batch_rows;
  return batch;
}

double LearningRateFinder::State::LossOfNextBatch(int64_t step) {
  session->Pass(*data, NextBatch(), class_weights, {options.seed, static_cast<uint64_t>(step)});
  return session->plan().batch().MeanLoss(batch_rows);
}

void LearningRateFinder::State::Learn(double rate) {
  if (!options.clipping.enabled()) {
    session->Learn(batch_rows, optimizer.Next(rate));
    return;
  }
  session->KeepGradients(batch_rows);
  session->plan().Update(session->pool(), optimizer.Next(rate), options.clipping);
}

LearningRateCurve LearningRateFinder::Execute(const std::atomic<bool>& stop) {
  const FlushDenormals flush;
  State& state = *state_;
  state.Prepare();
  LearningRateCurve curve;
  Smoothed average(state.range.smoothing);
  double lowest = std::numeric_limits<double>::infinity();
  for (int64_t step = 0; step < state.range.steps; ++step) {
    if (stop.load(std::memory_order_relaxed)) break;
    const double rate = state.range.RateAt(step);
    const double loss = state.LossOfNextBatch(step);
    if (step == 0) CheckFirstLoss(loss);
    curve.diverged = !std::isfinite(loss);
    if (curve.diverged) break;
    const double smoothed = average.Add(loss);
    curve.points.push_back({rate, loss, smoothed});
    lowest = std::min(lowest, smoothed);
    curve.diverged = smoothed > state.range.divergence * std::fabs(lowest);
    if (curve.diverged) break;
    state.Learn(rate);
  }
  return curve;
}

}  // namespace layerwise
