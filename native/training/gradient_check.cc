#include "native/training/gradient_check.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "native/core/error.h"
#include "native/core/float_environment.h"
#include "native/core/random.h"
#include "native/plan/index_checks.h"
#include "native/plan/objective.h"
#include "native/plan/objective_checks.h"
#include "native/training/divergence.h"
#include "native/training/run_checks.h"
#include "native/training/session.h"
#include "native/training/training_options.h"
#include "native/training/weight_checks.h"

namespace layerwise {
namespace {

// The first step is this share of the size of a parameter, or of the typical size in its tensor,
// whichever is larger; every next one is half of the one before.
constexpr double kFirstStep = 0.1;
constexpr double kLeastSize = 0.05;
constexpr int kSteps = 7;
// Rounding of a loss in single precision, in its own size: what is left of it in a mean over rows.
constexpr double kRounding = 3e-8;

struct Estimate {
  double derivative = 0;
  double uncertainty = std::numeric_limits<double>::infinity();
};

// Difference quotients of smaller and smaller steps, each two extrapolated to a step of zero
// (Richardson 1911). The extrapolation counts that is least uncertain: large steps disagree where
// the loss is curved, small ones where rounding dominates. It has to agree with the two before it,
// as one may do so by chance, and with the slopes on both sides: these differ where the loss bends
// right here, as that of rectifiers does, and where all steps may agree in the mean of both.
class Extrapolation {
 public:
  // The quotients from p to p + step and from p - step to p, for a step that is half of the one
  // before, and what rounding may do to their mean.
  void Add(double right, double left, double rounding) {
    const double quotient = (right + left) / 2;
    const double derivative = (4 * quotient - quotient_) / 3;
    const double change = std::fabs(derivative - derivative_);
    const double bend = std::fabs(2 * (right - left) - jump_) / 2;
    if (++steps_ > 3) {
      const double uncertainty = rounding + 2 * (change + change_ + bend + bend_);
      if (uncertainty < best_.uncertainty) best_ = {derivative, uncertainty};
    }
    quotient_ = quotient;
    derivative_ = derivative;
    change_ = change;
    bend_ = bend;
    jump_ = right - left;
  }

  const Estimate& best() const { return best_; }

 private:
  int steps_ = 0;
  double quotient_ = 0;
  double derivative_ = 0;
  double change_ = 0;
  double bend_ = 0;
  double jump_ = 0;
  Estimate best_;
};

double RootMeanSquare(const ParameterBlock& block, const float* parameters) {
  double sum = 0;
  for (int64_t i = 0; i < block.panels.size(); ++i) {
    const double value = static_cast<double>(parameters[block.offset + i]);
    sum += value * value;
  }
  return std::sqrt(sum / static_cast<double>(BlockSize(block)));
}

// Where an element of the shape lies among the parameters.
int64_t PositionOf(const ParameterBlock& block, int64_t index) {
  return block.offset + block.panels.Index(index % block.panels.depth, index / block.panels.depth);
}

}  // namespace

struct GradientCheck::State {
  std::shared_ptr<Network> network;
  std::shared_ptr<const Dataset> data;
  Objective objective;
  GradientCheckOptions options;
  std::unique_ptr<Session> session;  // once there is work

  void Prepare();
  double Loss(bool with_gradient);
  Estimate Differentiate(float& parameter, double size, double loss);
  ParameterCheck Check(const ParameterBlock& block, uint32_t stream, double loss,
                       const std::atomic<bool>& stop);
};

GradientCheck::GradientCheck(std::shared_ptr<Network> network, std::shared_ptr<const Dataset> data,
                             const Value& value) {
  const ValueReader options(value, "");
  const auto own = ReadOptions<GradientCheckOptions>(options);
  Objective objective = ReadObjective(options, network->spec());
  CheckShapes(*data, network->spec(), objective, "");
  CheckOutputWeights(objective);
  CheckMeasuredRows(network->spec(), data->rows(), ErrorKind::kShape, "inputs");
  data->Freeze();
  state_ = std::make_unique<State>(
      State{std::move(network), std::move(data), std::move(objective), own, nullptr});
}

GradientCheck::~GradientCheck() = default;

GradientReport GradientCheck::Execute(const std::atomic<bool>& stop) {
  const FlushDenormals flush;
  State& state = *state_;
  CheckTargetBounds(*state.data, state.objective, "");
  CheckIndices(*state.data, state.network->spec(), "");
  CheckRowWeights(*state.data, {nullptr, 0, state.data->rows()}, "", "to check with");
  state.Prepare();
  GradientReport report;
  report.loss = state.Loss(true);
  CheckFirstLoss(report.loss);
  uint32_t stream = 1;  // that of purpose 0 draws the rows of inspections
  for (const ParameterBlock& block : state.network->layout().blocks()) {
    ++stream;
    if (!block.trainable()) continue;
    report.parameters.push_back(state.Check(block, stream, report.loss, stop));
  }
  return report;
}

void GradientCheck::State::Prepare() {
  PlanOptions plan = MeasuringPlan(network->spec(), *data, objective);
  plan.batch_rows = data->rows();
  plan.threads = options.threads;
  plan.gradients = true;
  session = std::make_unique<Session>(network, plan);
  session->Allocate();
  session->LoadNewest();
  session->LoadRows(*data, {nullptr, 0, data->rows()});
}

// The same random numbers each time.
double GradientCheck::State::Loss(bool with_gradient) {
  const int64_t rows = data->rows();
  session->Prepare();
  session->Pass(rows, {options.seed, 0}, with_gradient);
  if (with_gradient) session->KeepGradients(rows);
  return session->plan().batch().MeanLoss(rows);
}

Estimate GradientCheck::State::Differentiate(float& parameter, double size, double loss) {
  const float kept = parameter;
  Extrapolation extrapolation;
  double step = kFirstStep * std::max(size, std::fabs(static_cast<double>(kept)));
  for (int i = 0; i < kSteps; ++i, step /= 2) {
    const float above = kept + static_cast<float>(step);
    const float below = kept - static_cast<float>(step);
    parameter = above;
    const double loss_above = Loss(false);
    parameter = below;
    const double loss_below = Loss(false);
    // As far away as the rounded parameters are.
    const double to_right = static_cast<double>(above) - static_cast<double>(kept);
    const double to_left = static_cast<double>(kept) - static_cast<double>(below);
    extrapolation.Add((loss_above - loss) / to_right, (loss - loss_below) / to_left,
                      kRounding * std::fabs(loss) / step);
  }
  parameter = kept;
  return extrapolation.best();
}

// Of a large parameter one entry of each of as many stretches.
ParameterCheck GradientCheck::State::Check(const ParameterBlock& block, uint32_t stream,
                                           double loss, const std::atomic<bool>& stop) {
  const RandomStream random(options.seed, StreamPurpose::kInspection, stream);
  const int64_t size = BlockSize(block);
  const int64_t count = std::min(options.entries, size);
  const double typical = std::max(kLeastSize, RootMeanSquare(block, session->parameters()));
  ExecutionPlan& plan = session->plan();
  ParameterCheck check{block.name, block.layer, block.shape, {}};
  for (int64_t i = 0; i < count && !stop.load(std::memory_order_relaxed); ++i) {
    const int64_t index = random.InStretch(i, count, size);
    const int64_t position = PositionOf(block, index);
    const Estimate estimate = Differentiate(plan.trained().values()[position], typical, loss);
    check.entries.push_back({index, static_cast<double>(plan.trained().gradients()[position]),
                             estimate.derivative, estimate.uncertainty});
  }
  return check;
}

}  // namespace layerwise
