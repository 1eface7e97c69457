#include "native/plan/predictor.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "native/core/companion.h"
#include "native/core/error.h"
#include "native/core/float_environment.h"
#include "native/core/thread_pool.h"
#include "native/kernels/gemm.h"
#include "native/kernels/instruction_set.h"
#include "native/kernels/rows.h"
#include "native/layers/dense/other_half.h"
#include "native/plan/execution_plan.h"
#include "native/plan/index_checks.h"
#include "native/plan/view_rows.h"

namespace layerwise {
namespace {

// Enough rows to reuse the weights while they are in the cache; more only costs memory.
constexpr int64_t kRowsInBatch = 128;
// Numbers that one thread copies at a time: fewer take less time than another thread needs to
// begin.
constexpr int64_t kNumbersInCopy = 16 * 1024;
// Rows so many numbers apart, or a multiple, fall into a few sets of the first-level cache: better
// copied to where they are padded.
constexpr int64_t kCrowdedStride = 256;
// Predictions of a few rows at a time are the common case on a server: keep small plans for them.
constexpr int64_t kRowsInSmallPlan = 8;

PlanOptions OptionsFor(size_t from, size_t to, int64_t rows, int threads, Precision precision) {
  PlanOptions options;
  options.from = from;
  options.to = to;
  options.batch_rows = rows;
  options.threads = threads;
  options.precision = precision;
  return options;
}

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

  // The plan for at least so many rows; made when first needed, larger ones replace smaller ones.
  ExecutionPlan& PlanFor(int64_t rows) {
    const int64_t wanted = rows <= kRowsInSmallPlan ? kRowsInSmallPlan : kRowsInBatch * threads;
    if (plan == nullptr || plan_rows < wanted) {
      auto larger = std::make_unique<ExecutionPlan>(
          network->spec(), network->layout(), OptionsFor(from, to, wanted, threads, precision));
      larger->Allocate();
      LetGo();
      plan = std::move(larger);
      plan_rows = wanted;
      prepared.reset();
    }
    return *plan;
  }

  // Makes rows of the caller's the inputs of the plan.
  void SetInputs(ThreadPool& pool, const float* rows, int64_t count) {
    const bool is_crowded = count > kFewRows && sizes.input % kCrowdedStride == 0;
    if (plan->batch().ReadsRowsAnywhere() && !is_crowded) {
      plan->batch().ReadRowsFrom(rows);
      return;
    }
    plan->batch().ReadRowsFrom(nullptr);
    CopyInputs(pool, rows, count);
  }

  void CopyInputs(ThreadPool& pool, const float* rows, int64_t count) {
    const RowKernels& kernels = RowKernelsFor(SelectedInstructionSet());
    const MatrixView& padded = plan->batch().inputs();
    const int64_t step = std::max<int64_t>(1, kNumbersInCopy / sizes.input);
    pool.Run((count + step - 1) / step, [&](int64_t task, int) {
      const int64_t first = task * step;
      const int64_t copied = std::min(step, count - first);
      kernels.copy_floats(
          {nullptr, first, copied, 0, sizes.input, sizes.input, padded.Row(first), padded.stride},
          rows);
    });
  }

  // The newest parameters, with what the plan derives from them up to date.
  std::shared_ptr<const Parameters> NewestParameters(ThreadPool& pool) {
    uint64_t version = 0;
    std::shared_ptr<const Parameters> newest = network->Snapshot(&version);
    if (prepared != version) {
      LetGo();
      plan->Prepare(pool, newest->data());
      prepared = version;
    }
    return newest;
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
  std::unique_ptr<ExecutionPlan> plan;
  int64_t plan_rows = 0;
  std::optional<uint64_t> prepared;  // the version of the parameters that the plan is prepared for
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
size_t Predictor::bytes() const { return state_->plan == nullptr ? 0 : state_->plan->bytes(); }

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
  // Lives for this call, so that its helpers go at once: an idle predictor needs none.
  ThreadPool pool(state.threads);
  ExecutionPlan& plan = state.PlanFor(rows);
  const std::shared_ptr<const Parameters> parameters = state.NewestParameters(pool);
  for (int64_t at = 0; at < rows; at += state.plan_rows) {
    if (stop != nullptr && stop->load(std::memory_order_relaxed)) return;
    const int64_t count = std::min(state.plan_rows, rows - at);
    state.SetInputs(pool, inputs.data() + at * state.sizes.input, count);
    plan.Forward(pool, parameters->data(), count);
    plan.batch().CopyOutputs(count, outputs.data() + at * state.sizes.output);
  }
  if (Companion::OfThisThread() != nullptr) state.KeepWhileRead(parameters);
}

}  // namespace layerwise
