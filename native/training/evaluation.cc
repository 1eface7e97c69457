#include "native/training/evaluation.h"

#include <algorithm>
#include <utility>

#include "native/core/float_environment.h"
#include "native/plan/index_checks.h"
#include "native/plan/metric_rows.h"
#include "native/plan/objective_checks.h"
#include "native/training/weight_checks.h"

namespace layerwise {

EvaluationResult Evaluate(Session& session, const float* parameters, const Dataset& data,
                          const RowSelection& selection, int64_t batch_rows, StopCondition& stop,
                          Meter& meter) {
  ExecutionPlan& plan = session.plan();
  ThreadPool& pool = session.pool();
  meter.Reset();
  plan.layers().BeginEvaluation();
  for (int64_t at = 0; at < selection.count && !stop.IsMet(); at += batch_rows) {
    const int64_t rows = std::min(batch_rows, selection.count - at);
    const RowSelection batch = selection.Slice(at, rows);
    session.LoadRows(data, batch);
    plan.Forward(pool, parameters, rows);
    plan.Loss(pool, rows, false);
    meter.Add(plan, pool, data, batch);
  }
  meter.AddToMean(plan.layers().EndEvaluation());
  return meter.Finish();
}

struct Evaluation::State {
  std::shared_ptr<Network> network;
  std::shared_ptr<const Dataset> data;
  Objective objective;
  EvaluationOptions options;
  int64_t batch_rows;
};

Evaluation::Evaluation(std::shared_ptr<Network> network, std::shared_ptr<const Dataset> data,
                       const Value& value, CustomLoss* custom_loss) {
  const ValueReader options(value, "");
  const auto own = ReadOptions<EvaluationOptions>(options);
  Objective objective = ReadObjective(options, network->spec(), custom_loss);
  CheckShapes(*data, network->spec(), objective, "");
  data->Freeze();
  const int64_t batch_rows = std::min(own.batch_size, data->rows());
  state_ = std::make_unique<State>(
      State{std::move(network), std::move(data), std::move(objective), own, batch_rows});
}

Evaluation::~Evaluation() = default;

EvaluationResult Evaluation::Execute(const std::atomic<bool>& stop) {
  const FlushDenormals flush;
  const Dataset& data = *state_->data;
  const RowSelection all{nullptr, 0, data.rows()};
  CheckTargetBounds(data, state_->objective, "");
  CheckIndices(data, state_->network->spec(), "");
  CheckRowWeights(data, all, "", "to evaluate");
  CheckMetricRows(state_->objective, data, all, "to evaluate");
  PlanOptions options = MeasuringPlan(state_->network->spec(), data, state_->objective);
  options.batch_rows = state_->batch_rows;
  options.threads = state_->options.threads;
  options.precision = state_->options.precision;
  Session session(state_->network, options);
  session.Allocate();
  session.LoadNewest();
  Meter meter(state_->objective, data, all.count, state_->batch_rows);
  meter.Allocate();
  StopCondition condition(stop);
  return Evaluate(session, session.parameters(), data, all, state_->batch_rows, condition, meter);
}

std::vector<OutputNames> Evaluation::names() const { return NamesOf(state_->objective); }

}  // namespace layerwise
