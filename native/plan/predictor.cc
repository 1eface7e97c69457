#include "native/plan/predictor.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "native/core/error.h"
#include "native/core/float_environment.h"
#include "native/core/thread_pool.h"
#include "native/kernels/gemm.h"
#include "native/kernels/instruction_set.h"
#include "native/kernels/rows.h"
#include "native/plan/execution_plan.h"
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

void CheckRange(const Network& network, int64_t from, int64_t to) {
  const auto layers = static_cast<int64_t>(network.spec().size());
  if (from >= 0 && from < to && to <= layers) return;
  throw Error(ErrorKind::kArgument, "from, to",
              "a range of layers within 0 to " + std::to_string(layers),
              std::to_string(from) + " to " + std::to_string(to), "Take from < to.");
}

}  // namespace

struct Predictor::State {
  State(std::shared_ptr<const Network> of, size_t first, size_t end, int64_t output_columns,
        int threads_of_pool, Precision precision_of_products)
      : network(std::move(of)),
        from(first),
        to(end),
        columns(output_columns),
        threads(threads_of_pool),
        precision(precision_of_products) {}

  int64_t input_size() const { return network->spec().layers[from].input_size; }
  int64_t output_size() const { return columns; }

  // Made when first needed: that is on the thread of the work, not on that of the request.
  ThreadPool& Pool() {
    if (pool == nullptr) pool = std::make_unique<ThreadPool>(threads);
    return *pool;
  }

  // The plan for at least so many rows; made when first needed, larger ones replace smaller ones.
  ExecutionPlan& PlanFor(int64_t rows) {
    const int64_t wanted =
        rows <= kRowsInSmallPlan ? kRowsInSmallPlan : kRowsInBatch * Pool().size();
    if (plan == nullptr || plan_rows < wanted) {
      auto larger =
          std::make_unique<ExecutionPlan>(network->spec(), network->layout(),
                                          OptionsFor(from, to, wanted, Pool().size(), precision));
      larger->Allocate();
      plan = std::move(larger);
      plan_rows = wanted;
      prepared = nullptr;
    }
    return *plan;
  }

  // Makes rows of the caller's the inputs of the plan.
  void SetInputs(const float* rows, int64_t count) {
    const bool is_crowded = count > kFewRows && input_size() % kCrowdedStride == 0;
    if (plan->ReadsRowsAnywhere() && !is_crowded) {
      plan->ReadRowsFrom(rows);
      return;
    }
    plan->ReadRowsFrom(nullptr);
    CopyInputs(rows, count);
  }

  void CopyInputs(const float* rows, int64_t count) {
    const RowKernels& kernels = RowKernelsFor(SelectedInstructionSet());
    const MatrixView& padded = plan->inputs();
    const int64_t step = std::max<int64_t>(1, kNumbersInCopy / input_size());
    Pool().Run((count + step - 1) / step, [&](int64_t task, int) {
      const int64_t first = task * step;
      const int64_t copied = std::min(step, count - first);
      kernels.copy_floats(
          {nullptr, first, copied, 0, input_size(), padded.Row(first), padded.stride}, rows);
    });
  }

  // The newest parameters, with what the plan derives from them up to date.
  const float* NewestParameters() {
    std::shared_ptr<const Parameters> newest = network->Snapshot();
    if (newest != prepared) {
      plan->Prepare(Pool(), newest->data());
      prepared = std::move(newest);
    }
    return prepared->data();
  }

  std::shared_ptr<const Network> network;
  size_t from;
  size_t to;
  int64_t columns;  // of the outputs
  int threads;
  Precision precision;
  std::unique_ptr<ThreadPool> pool;
  std::unique_ptr<ExecutionPlan> plan;
  int64_t plan_rows = 0;
  std::shared_ptr<const Parameters> prepared;  // what the plan was prepared for
};

Predictor::Predictor(std::shared_ptr<const Network> network, int64_t from, int64_t to, int threads,
                     Precision precision) {
  CheckRange(*network, from, to);
  const std::vector<size_t>& starts = network->spec().starts;
  const size_t first = starts[static_cast<size_t>(from)];
  const size_t end = starts[static_cast<size_t>(to)];
  const int64_t columns = network->spec().layers[starts[static_cast<size_t>(to) - 1]].output_size;
  state_ = std::make_unique<State>(std::move(network), first, end, columns, threads, precision);
}

Predictor::~Predictor() = default;

int64_t Predictor::input_size() const { return state_->input_size(); }
int64_t Predictor::output_size() const { return state_->output_size(); }
size_t Predictor::bytes() const { return state_->plan == nullptr ? 0 : state_->plan->bytes(); }

void Predictor::Predict(std::span<const float> inputs, int64_t rows, std::span<float> outputs,
                        const std::atomic<bool>* stop) {
  const FlushDenormals flush;
  State& state = *state_;
  ExecutionPlan& plan = state.PlanFor(rows);
  const float* parameters = state.NewestParameters();
  for (int64_t at = 0; at < rows; at += state.plan_rows) {
    if (stop != nullptr && stop->load(std::memory_order_relaxed)) return;
    const int64_t count = std::min(state.plan_rows, rows - at);
    state.SetInputs(inputs.data() + at * state.input_size(), count);
    plan.Forward(state.Pool(), parameters, count);
    plan.CopyOutputs(count, outputs.data() + at * state.output_size());
  }
}

}  // namespace layerwise
