#include "native/plan/predictor.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "native/core/companion.h"
#include "native/core/error.h"
#include "native/core/float_environment.h"
#include "native/core/thread_pool.h"
#include "native/layers/blocks.h"
#include "native/layers/dense/other_half.h"
#include "native/plan/index_checks.h"
#include "native/plan/prediction_plan.h"

namespace layerwise {
namespace {

// Enough rows to reuse the weights while they are in the cache; more only costs memory.
constexpr int64_t kRowsInBatch = 128;
// Predictions of a few rows at a time are the common case on a server: keep small plans for them.
constexpr int64_t kRowsInSmallPlan = 8;
// With so many rows for each, threads go through the whole network with rows of their own, and
// never wait for each other. With fewer they share the outputs of each layer.
constexpr int64_t kRowsInLane = 64;
// As long as each reads the weights for itself, they should not have to come from memory; of bf16
// each has a copy.
constexpr int64_t kMostWeightsInLanes = int64_t{4} << 20;
constexpr int64_t kMostBf16WeightsInLanes = int64_t{1} << 20;
// Before a thread has come, another one has made so many multiplications.
constexpr int64_t kLeastProductsInLane = int64_t{1} << 20;

int64_t CountWeights(const ParameterLayout& layout, size_t from, size_t to) {
  int64_t count = 0;
  for (const ParameterBlock& block : layout.blocks()) {
    const bool is_inside = block.layer >= from && block.layer < to;
    if (is_inside && block.role == ParameterRole::kWeights && !block.is_table())
      count += block.panels.size();
  }
  return count;
}

void CheckRange(const Network& network, int64_t from, int64_t to) {
  const auto layers = static_cast<int64_t>(network.spec().size());
  if (from >= 0 && from < to && to <= layers) return;
  throw Error(ErrorKind::kArgument, "from, to",
              "a range of layers within 0 to " + std::to_string(layers),
              std::to_string(from) + " to " + std::to_string(to), "Take from < to.");
}

}  // namespace

// What is predicted by a call, and with what.
struct Predictor::Call {
  const float* inputs;
  int64_t rows;
  float* outputs;
  const float* parameters;
  uint64_t version;  // of the parameters
  const std::atomic<bool>* stop;

  bool IsStopped() const { return stop != nullptr && stop->load(std::memory_order_relaxed); }
};

struct Predictor::State {
  State(std::shared_ptr<const Network> of, size_t first, size_t end, RowSizes row_sizes,
        int most_threads, Precision precision_of_products)
      : network(std::move(of)),
        from(first),
        to(end),
        sizes(row_sizes),
        threads(std::clamp(most_threads, 1, kMaxThreads)),
        precision(precision_of_products),
        weights(CountWeights(network->layout(), from, to)) {}
  ~State() { LetGo(); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  // What the companion reads stays until it is done, also with what was given up.
  void KeepWhileRead(std::shared_ptr<const Parameters> parameters) {
    if (Companion::OfProcess().IsAtWork()) read = std::move(parameters);
  }
  void LetGo() {
    if (read == nullptr) return;
    Companion::OfProcess().WaitUntilIdle();
    read.reset();
  }

  // The plan of the team for at least so many rows; made when first needed, larger ones replace
  // smaller ones.
  PredictionPlan& PlanFor(int64_t rows) {
    const int64_t wanted = rows <= kRowsInSmallPlan ? kRowsInSmallPlan : kRowsInBatch * threads;
    if (plan == nullptr || plan->rows() < wanted) {
      std::unique_ptr<PredictionPlan> larger = MakePlan(wanted, threads);
      LetGo();
      plan = std::move(larger);
    }
    return *plan;
  }

  std::unique_ptr<PredictionPlan> MakePlan(int64_t rows, int threads_of_plan) const {
    return std::make_unique<PredictionPlan>(
        *network, PredictionPlan::Shape{from, to, rows, threads_of_plan, precision});
  }

  bool TakesLanes(int64_t rows) const {
    const bool is_bf16 = precision == Precision::kBf16;
    return threads > 1 && rows >= threads * kRowsInLane &&
           weights <= (is_bf16 ? kMostBf16WeightsInLanes : kMostWeightsInLanes) &&
           rows / threads * weights >= kLeastProductsInLane;
  }

  // Batch by batch, by all threads together.
  void PredictInTurn(const Call& call) {
    // Lives for this call, so that its helpers go at once: an idle predictor needs none.
    ThreadPool pool(threads);
    PredictionPlan& team = PlanFor(call.rows);
    if (!team.IsPreparedFor(call.version)) {
      LetGo();
      team.Prepare(pool, call.parameters, call.version);
    }
    for (int64_t at = 0; at < call.rows && !call.IsStopped(); at += team.rows()) {
      team.Predict(pool, call.parameters, call.inputs + at * sizes.input,
                   std::min(team.rows(), call.rows - at), call.outputs + at * sizes.output);
    }
  }

  // Blocks of about the same size, as many for each thread.
  void PredictInLanes(const Call& call) {
    while (lanes.size() < static_cast<size_t>(threads)) lanes.push_back(MakePlan(kRowsInBatch, 1));
    const int64_t in_lane = (call.rows + threads * kRowsInBatch - 1) / (threads * kRowsInBatch);
    const int64_t blocks = in_lane * threads;
    ThreadPool pool(threads);
    pool.Run(blocks, [&](int64_t block, int thread) {
      if (call.IsStopped()) return;
      ThreadPool alone(1);
      PredictionPlan& lane = *lanes[static_cast<size_t>(thread)];
      if (!lane.IsPreparedFor(call.version)) lane.Prepare(alone, call.parameters, call.version);
      const int64_t first = PartBegin(call.rows, block, blocks);
      lane.Predict(alone, call.parameters, call.inputs + first * sizes.input,
                   PartBegin(call.rows, block + 1, blocks) - first,
                   call.outputs + first * sizes.output);
    });
  }

  std::shared_ptr<const Network> network;
  size_t from;
  size_t to;
  RowSizes sizes;
  int threads;
  Precision precision;
  int64_t weights;
  // The parameters that the companion may be reading still; null where it is not.
  std::shared_ptr<const Parameters> read;
  std::unique_ptr<PredictionPlan> plan;  // of all threads together; null before it is needed
  std::vector<std::unique_ptr<PredictionPlan>> lanes;  // of one thread each
};

RowSizes RowSizesOf(const Network& network, int64_t from, int64_t to) {
  CheckRange(network, from, to);
  const NetworkSpec& spec = network.spec();
  const size_t first = spec.starts[static_cast<size_t>(from)];
  const size_t last = spec.starts[static_cast<size_t>(to) - 1];  // of a block or heads their whole
  return {spec.layers[first]->input_size, spec.layers[last]->output_size};
}

Predictor::Predictor(std::shared_ptr<const Network> network, int64_t from, int64_t to, int threads,
                     Precision precision) {
  const RowSizes sizes = RowSizesOf(*network, from, to);
  const std::vector<size_t>& starts = network->spec().starts;
  const size_t first = starts[static_cast<size_t>(from)];
  const size_t end = starts[static_cast<size_t>(to)];
  state_ = std::make_unique<State>(std::move(network), first, end, sizes, threads, precision);
}

Predictor::~Predictor() = default;

int64_t Predictor::input_size() const { return state_->sizes.input; }
int64_t Predictor::output_size() const { return state_->sizes.output; }
size_t Predictor::bytes() const {
  size_t bytes = state_->plan == nullptr ? 0 : state_->plan->bytes();
  for (const auto& lane : state_->lanes) bytes += lane->bytes();
  return bytes;
}

bool Predictor::PaysInHalves(int64_t rows) const {
  return OtherHalf::PaysForNetwork(state_->weights, std::min(rows, kRowsInBatch));
}

void Predictor::Predict(std::span<const float> inputs, int64_t rows, std::span<float> outputs,
                        const std::atomic<bool>* stop) {
  const FlushDenormals flush;
  State& state = *state_;
  if (state.from == 0) {
    CheckIndices(state.network->spec(), inputs.first(static_cast<size_t>(rows * input_size())),
                 input_size(), "inputs");
  }
  Call call{inputs.data(), rows, outputs.data(), nullptr, 0, stop};
  const std::shared_ptr<const Parameters> parameters = state.network->Snapshot(&call.version);
  call.parameters = parameters->data();
  state.TakesLanes(rows) ? state.PredictInLanes(call) : state.PredictInTurn(call);
  if (Companion::OfThisThread() != nullptr) state.KeepWhileRead(parameters);
}

}  // namespace layerwise
