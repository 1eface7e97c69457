#include "native/training/manual_trainer.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "native/core/error.h"
#include "native/core/finite.h"
#include "native/core/float_environment.h"
#include "native/core/option_reader.h"
#include "native/kernels/instruction_set.h"
#include "native/kernels/rows.h"
#include "native/plan/index_checks.h"
#include "native/plan/view_rows.h"
#include "native/training/divergence.h"
#include "native/training/optimizer_steps.h"
#include "native/training/run_checks.h"
#include "native/training/session.h"
#include "native/training/training_options.h"

namespace layerwise {
namespace {

// How far the pass of the last batch has got.
enum class Pass {
  kNone,
  kPredicted,  // forward, without what a backward pass needs
  kForward,
  // The gradient by the outputs lies in the plan. The backward pass waits for the next call: when
  // that is Step, gradients become updates while they are in the cache, as in a run.
  kPending,
  kDone,
};

void CheckSize(const char* path, size_t values, int64_t rows, int64_t columns) {
  if (static_cast<int64_t>(values) == rows * columns) return;
  throw Error(ErrorKind::kShape, path,
              std::to_string(rows) + " rows of " + std::to_string(columns) + " values",
              std::to_string(values) + " values", "Give whole rows, one for each of the inputs.");
}

void CheckFinite(const char* path, std::span<const float> values, int64_t columns,
                 const char* remedy) {
  if (AllFinite(values)) return;
  const auto found =
      std::find_if(values.begin(), values.end(), [](float value) { return !std::isfinite(value); });
  const int64_t index = found - values.begin();
  throw Error(ErrorKind::kData,
              std::string(path) + "[" + std::to_string(index / columns) + "][" +
                  std::to_string(index % columns) + "]",
              "a finite number", Value(static_cast<double>(*found)).Describe(), remedy);
}

}  // namespace

struct ManualTrainer::State {
  State(std::shared_ptr<Network> of, const ManualOptions& read)
      : network(std::move(of)),
        options(read),
        optimizer(read.optimizer, read.decay_biases, network->layout()),
        session(network, PlanOptionsFor()) {
    session.Allocate();
    session.plan().trained().StartOptimizer(options.optimizer.parameters.data());
    Load();
  }

  PlanOptions PlanOptionsFor() const {
    PlanOptions wanted;
    wanted.to = network->spec().layers.size();
    wanted.batch_rows = options.batch_size;
    wanted.threads = options.threads;
    wanted.optimizer = &optimizer.row();
    wanted.gradients = true;
    wanted.input_gradient = options.input_gradient;
    wanted.precision = options.precision;
    return wanted;
  }

  // Takes the newest parameters of the network.
  void Load() {
    version = session.LoadNewest();
    has_changes = false;
  }

  // The same, where they have changed since. A waiting pass is of the old ones.
  void Synchronise() {
    if (network->version() == version) return;
    FinishPass();
    Load();
  }

  void FinishPass() {
    if (pass != Pass::kPending) return;
    session.KeepGradients(rows, 1, has_gradients);
    has_gradients = true;
    pass = Pass::kDone;
  }

  void Visit(StateArchive& archive) {
    TrainedParameters& trained = session.plan().trained();
    trained.VisitValues(archive);
    trained.VisitStates(archive);
    optimizer.Visit(archive);
    archive.Count("batches", batches, kMaxCount);
    archive.Flag("hasGradients", has_gradients);
    if (has_gradients) trained.VisitGradients(archive);
  }

  // As it is, without looking what the network has meanwhile.
  void Save(SavedState& to) {
    StateSaver saver;
    Visit(saver);
    saver.SaveTo(to);
  }

  void RequirePass() const {
    if (pass == Pass::kForward) return;
    const char* received = "none";
    if (pass == Pass::kPredicted) received = "one with training: false";
    if (pass == Pass::kPending || pass == Pass::kDone) received = "a second backward pass of it";
    throw Error(ErrorKind::kState, "backward", "a forward pass for training since the last step",
                received, "Call forward, then backward, once for each batch.");
  }

  std::shared_ptr<Network> network;
  ManualOptions options;
  OptimizerSteps optimizer;
  Session session;
  uint64_t version = 0;      // of the network's parameters that the plan has, or began with
  bool has_changes = false;  // by updates that are not published
  Pass pass = Pass::kNone;
  int64_t rows = 0;            // of the pass
  int64_t batches = 0;         // passes for training
  bool has_gradients = false;  // whether the plan's gradients count; otherwise they are zero
};

ManualTrainer::ManualTrainer(std::shared_ptr<Network> network, const Value& options) {
  const FlushDenormals flush;
  const ManualOptions read = ReadManualOptions(ValueReader(options, ""));
  network->CheckAtRest("trainer");
  CheckMeasuredRows(network->spec(), read.batch_size, ErrorKind::kArgument, "batchSize");
  state_ = std::make_unique<State>(std::move(network), read);
}

ManualTrainer::~ManualTrainer() = default;

size_t ManualTrainer::bytes() const { return state_->session.bytes(); }
int ManualTrainer::threads() const { return state_->session.pool().size(); }
int64_t ManualTrainer::updates() const { return state_->optimizer.done(); }

void ManualTrainer::Forward(std::span<const float> inputs, int64_t rows, bool training,
                            std::span<float> outputs) {
  const FlushDenormals flush;
  State& state = *state_;
  ExecutionPlan& plan = state.session.plan();
  state.network->CheckAtRest("forward");
  if (rows < 1 || rows > state.options.batch_size) {
    throw Error(ErrorKind::kShape, "inputs",
                "1 to " + std::to_string(state.options.batch_size) + " rows, the batchSize",
                std::to_string(rows),
                "Give fewer rows, or make the trainer with a larger batchSize.");
  }
  CheckSize("inputs", inputs.size(), rows, plan.batch().inputs().columns);
  CheckSize("outputs", outputs.size(), rows, state.network->output_size());
  CheckFinite("inputs", inputs, plan.batch().inputs().columns,
              "Replace or drop missing values before.");
  CheckIndices(state.network->spec(), inputs, plan.batch().inputs().columns, "inputs");
  if (training) CheckMeasuredRows(state.network->spec(), rows, ErrorKind::kShape, "inputs");
  state.FinishPass();
  state.Synchronise();

  const RowKernels& kernels = RowKernelsFor(SelectedInstructionSet());
  const MatrixView& to = plan.batch().inputs();
  kernels.copy_floats({nullptr, 0, rows, 0, to.columns, to.columns, to.data, to.stride},
                      inputs.data());
  state.pass = Pass::kNone;
  state.rows = rows;
  if (training) {
    plan.ForwardTraining(state.session.pool(), rows,
                         {state.options.seed, static_cast<uint64_t>(state.batches++)});
  } else {
    plan.Forward(state.session.pool(), plan.trained().values(), rows);
  }
  plan.batch().CopyOutputs(rows, outputs.data());
  if (!AllFinite(outputs)) {
    throw Error(ErrorKind::kDivergence, plan.layers().FirstNonFinite(rows), "finite numbers",
                "NaN or infinity in the forward pass", kDivergedRemedy);
  }
  state.pass = training ? Pass::kForward : Pass::kPredicted;
}

void ManualTrainer::Backward(std::span<const float> output_gradient) {
  State& state = *state_;
  state.RequirePass();
  const int64_t columns = state.network->output_size();
  CheckSize("outputGradient", output_gradient.size(), state.rows, columns);
  CheckFinite("outputGradient", output_gradient, columns,
              "Check how the loss and its gradient are computed.");
  state.session.plan().batch().SetOutputGradient(state.rows, output_gradient.data());
  state.pass = Pass::kPending;
}

void ManualTrainer::ReadInputGradient(std::span<float> out) {
  const FlushDenormals flush;
  State& state = *state_;
  if (!state.options.input_gradient) {
    throw Error(ErrorKind::kState, "inputGradient", "a trainer that keeps it", "one that does not",
                "Make the trainer with inputGradient: true.");
  }
  state.FinishPass();
  if (state.pass != Pass::kDone) {
    throw Error(ErrorKind::kState, "inputGradient", "a backward pass of the last forward pass",
                "none", "Call backward before.");
  }
  const MatrixView& from = state.session.plan().batch().input_gradient();
  CheckSize("inputGradient", out.size(), state.rows, from.columns);
  CopyRowsOut(from, state.rows, out.data());
}

void ManualTrainer::Step(double learning_rate) {
  const FlushDenormals flush;
  State& state = *state_;
  ExecutionPlan& plan = state.session.plan();
  state.network->CheckAtRest("step");
  if (!state.has_gradients && state.pass != Pass::kPending) {
    throw Error(ErrorKind::kState, "step", "a backward pass since the last step", "none",
                "Call forward and backward before.");
  }
  state.Synchronise();
  const GradientClipping& clipping = state.options.clipping;
  const bool updates_at_once = !state.has_gradients && !clipping.enabled();
  if (!updates_at_once) state.FinishPass();
  const StepConstants constants = state.optimizer.Next(learning_rate);
  if (updates_at_once) {
    state.session.Learn(state.rows, constants);
  } else {
    plan.Update(state.session.pool(), constants, clipping);
  }
  // What a forward pass holds is of other parameters now.
  state.pass =
      state.pass == Pass::kPending || state.pass == Pass::kDone ? Pass::kDone : Pass::kNone;
  state.has_gradients = false;
  state.has_changes = true;
}

void ManualTrainer::ZeroGradients() {
  State& state = *state_;
  if (state.pass == Pass::kPending && state.options.input_gradient) state.FinishPass();
  if (state.pass == Pass::kPending) state.pass = Pass::kDone;
  state.has_gradients = false;
}

void ManualTrainer::ReadGradient(const std::string& name, std::span<float> out) {
  const FlushDenormals flush;
  State& state = *state_;
  state.FinishPass();
  const ParameterBlock& block = state.network->FindBlock(name);
  CheckSize(name.c_str(), out.size(), 1, BlockSize(block));
  if (!block.trainable()) {
    throw Error(ErrorKind::kArgument, name, "a parameter that is trained", "one that is not",
                "Ask for the gradients of the others.");
  }
  if (state.has_gradients) {
    ReadBlock(block, state.session.plan().trained().gradients(), out);
  } else {
    std::fill(out.begin(), out.end(), 0.0f);
  }
}

void ManualTrainer::Save(SavedState& to) {
  const FlushDenormals flush;
  state_->FinishPass();
  state_->Synchronise();
  state_->Save(to);
}

void ManualTrainer::Load(const SavedState& from) {
  const FlushDenormals flush;
  State& state = *state_;
  state.network->CheckAtRest("setState");
  state.FinishPass();
  SavedState before;
  state.Save(before);
  try {
    StateLoader loader(from);
    state.Visit(loader);
    loader.RequireAllTaken();
    CheckParameters(state.session.layout(), state.session.parameters());
  } catch (...) {
    StateLoader loader(before);
    state.Visit(loader);
    throw;
  }
  state.session.Prepare();
  state.version = state.network->version();
  state.has_changes = true;
  state.pass = Pass::kNone;
}

void ManualTrainer::Publish() {
  State& state = *state_;
  if (!state.has_changes) return;
  state.network->CheckAtRest("trainer");
  state.version = state.network->Publish(state.session.parameters());
  state.has_changes = false;
}

}  // namespace layerwise
