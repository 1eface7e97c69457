// A network compiled for a purpose: the list of steps, and one arena for everything they need.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "native/core/arena.h"
#include "native/core/thread_pool.h"
#include "native/network/parameters.h"
#include "native/network/precision.h"
#include "native/plan/deferred_update.h"
#include "native/plan/objective.h"
#include "native/plan/steps/batch_norm.h"
#include "native/plan/steps/dense_step.h"
#include "native/plan/steps/folded_norm.h"
#include "native/plan/steps/step.h"

namespace layerwise {

struct PlanOptions {
  // The layers [from, to).
  size_t from = 0;
  size_t to = 0;
  int64_t batch_rows = 1;
  int threads = 1;
  // With an objective the plan computes losses; a fused output activation is then left to the loss.
  const Objective* objective = nullptr;
  // Of each output, or of all of them where the inputs are the targets.
  std::vector<TargetKind> targets;
  bool weights = false;  // whether the rows of a batch may count more or less in the loss
  // Whether they may do so in the loss of one of several outputs.
  std::vector<bool> output_weights;
  // With an optimizer it trains; `gradients` asks for the gradients to be kept, for Update or for
  // whoever wants to look at them.
  const OptimizerRow* optimizer = nullptr;
  bool gradients = false;
  // Whether to keep what every layer computes, and its gradient, until the next pass: layers then
  // are not fused. Only with gradients.
  bool inspects = false;
  bool input_gradient = false;  // whether the gradient of the loss by the inputs is wanted too
  Precision precision = Precision::kFloat32;

  bool backward() const { return optimizer != nullptr || gradients; }
  bool bf16() const { return precision == Precision::kBf16; }
};

// Of a plan for the losses of a data set over the whole network.
inline PlanOptions MeasuringPlan(const NetworkSpec& spec, const Dataset& data,
                                 const Objective& objective) {
  PlanOptions options;
  options.to = spec.layers.size();
  options.objective = &objective;
  for (size_t i = 0; i < data.outputs(); ++i) options.targets.push_back(data.target_kind(i));
  options.weights = data.has_weights();
  return options;
}

class NextRows;

// What a layer made of the current batch, and the gradient of the loss by what it computes before
// its activation; absent where nobody needs that.
struct InspectedLayer {
  const ValueBuffer* value = nullptr;
  MatrixView gradient;
};

class ExecutionPlan {
 public:
  // Lowers the layers to steps and reserves memory, without allocating it. The spec, the layout and
  // the objective must outlive the plan.
  ExecutionPlan(const NetworkSpec& spec, const ParameterLayout& layout, const PlanOptions& options);
  ~ExecutionPlan();
  ExecutionPlan(const ExecutionPlan&) = delete;
  ExecutionPlan& operator=(const ExecutionPlan&) = delete;

  size_t bytes() const { return arena_layout_.bytes(); }
  // Throws kMemory.
  void Allocate();

  // What follows needs the memory.

  // Fetches a part of the rows before each step of a training pass; FetchParts() of them in both
  // directions. The rows must stay; null for none.
  void FetchMeanwhile(NextRows* rows) { next_rows_ = rows; }
  int64_t FetchParts() const { return 2 * static_cast<int64_t>(steps_.size()); }

  // Rows of the batch go here before Forward.
  const MatrixView& inputs() const { return values_.front().output; }
  // Whether Forward can as well read rows that follow each other in memory without padding.
  bool ReadsRowsAnywhere() const;
  // From now on Forward reads such rows; null for inputs() again.
  void ReadRowsFrom(const float* rows);
  size_t output_count() const { return outputs_.size(); }
  const MatrixView& outputs(size_t output = 0) const {
    return values_[outputs_[output].value].output;
  }
  // All outputs beside each other, (rows, columns of all).
  void CopyOutputs(int64_t rows, float* to) const;
  const MatrixView& targets(size_t output = 0) const { return outputs_[output].targets; }
  int32_t* classes(size_t output = 0) const { return outputs_[output].classes; }
  float* weights() const { return weights_; }
  // Those of the rows times those of their classes; of the only output they are the same.
  float* weights(size_t output) const { return outputs_[output].weights; }

  // Training plans hold their own parameters, as optimizers change them in place.
  float* parameters() const { return parameters_; }
  const float* gradients() const { return gradients_; }

  // Takes the gradient by the outputs, beside each other as above, where no loss gives it.
  void SetOutputGradient(int64_t rows, const float* gradient);
  // With PlanOptions::input_gradient, after a backward pass.
  const MatrixView& input_gradient() const { return values_.front().gradient; }

  // Sets the states of the optimizer to what they are before the first step; `settings` in the
  // order of its row.
  void StartOptimizer(const double* settings);

  // Brings what is derived from the parameters up to date.
  void Prepare(ThreadPool& pool, const float* parameters);
  void Forward(ThreadPool& pool, const float* parameters, int64_t rows);
  // Which batch of a training comes next: what random numbers follow from.
  void StartBatch(const TrainingPass& pass) { training_ = pass; }
  // The same with the plan's own parameters, as training does it: batch normalisation uses the
  // statistics of the batch and updates the running ones.
  void ForwardTraining(ThreadPool& pool, int64_t rows);
  // Losses of each row from the outputs and targets; with_gradient starts the backward pass.
  void Loss(ThreadPool& pool, int64_t rows, bool with_gradient);
  // With an optimizer: updates the parameters as soon as their gradients are known.
  void Backward(ThreadPool& pool, int64_t rows, const StepConstants& constants);
  // Keeps the gradients, times a share, or adds them to those that are kept.
  void KeepGradients(ThreadPool& pool, int64_t rows, float share, bool adds);
  // Updates the parameters with the gradients that were kept.
  void Update(ThreadPool& pool, const StepConstants& constants, const GradientClipping& clipping);

  // Around the forward passes of an evaluation, whose rows may come in any number of batches.
  void BeginEvaluation();
  // What layers add to the mean loss for all these rows, beside what Loss gives for each.
  double EndEvaluation();

  const double* row_losses() const { return row_losses_; }
  // Of the first rows, in their order.
  double MeanLoss(int64_t rows) const {
    return std::accumulate(row_losses_, row_losses_ + rows, 0.0) / static_cast<double>(rows);
  }
  // Of one output, without its weight and without what layers add.
  const double* row_losses(size_t output) const { return outputs_[output].row_losses; }

  // Of a plan that inspects, after a training pass.
  InspectedLayer Inspected(size_t layer) const;

  // The path of the first layer whose output holds a NaN or an infinity for the current batch;
  // empty when there is none.
  std::string FirstNonFiniteLayer(int64_t rows) const;

 private:
  enum class StageKind {
    kDense,
    kIdentity,
    kRowActivation,
    kGaussianSampling,
    kNoise,
    kLayerNorm,
    kActivityPenalty,
    kContractivePenalty,
    kPrelu,
    kMaxout,
  };
  // A step before the memory exists.
  struct Stage {
    StageKind kind;
    size_t layer;
    int64_t columns;  // of its output
    size_t input;     // the value that it reads
    FusedActivation activation{};
    int64_t norm_layer = -1;  // the batch normalisation behind it
    int64_t skip = -1;        // the value that is added at the end of a residual block
    size_t depth = 0;         // of that block within others
    bool is_output = false;   // whether an output of the plan is what it computes
    // One memory unless the backward pass needs them apart.
    Slot<float> linear{};
    Slot<float> before{};
    Slot<float> output{};
    Slot<float> gradient{};         // of an output beside others, which are all there at once
    Slot<float> branch_gradient{};  // of what a head but the first reads
    Slot<float> transposed{};
    Slot<uint32_t> bf16_weights{};
    Slot<uint32_t> bf16_transposed{};
    Slot<float> tied_gradient{};
    Slot<float> slopes{};
    Slot<float> saved_mean{};
    Slot<float> saved_inverse{};
    Slot<float> folded_weights{};
    Slot<float> folded_bias{};

    // Whether it takes an activation behind it along.
    bool TakesActivation() const {
      return !activation && (kind == StageKind::kDense || kind == StageKind::kIdentity);
    }
    // Whether its backward pass wants the output as it computed it.
    bool NeedsOutput() const { return activation || kind == StageKind::kGaussianSampling; }
  };

  // Of a value: values_[0] is the input, values_[i + 1] comes from stage i.
  struct ValueUse {
    bool needs_gradient = false;
    bool feeds_dense = false;
    size_t turn = 1;  // which of two buffers its gradient takes: not that of the value before it
    size_t last_stage = 0;  // that reads it
  };

  // An output of the plan: that of its last layer, or those of the heads.
  struct Output {
    size_t value = 0;  // among values_
    MatrixView targets{};
    int32_t* classes = nullptr;
    float* weights = nullptr;
    double* row_losses = nullptr;
    Slot<float> targets_slot{};
    Slot<int32_t> classes_slot{};
    Slot<float> weights_slot{};
    Slot<double> row_losses_slot{};
  };

  // Memory of a value's copies in bfloat16.
  struct CopySlots {
    Slot<uint32_t> paired_columns{};
    Slot<uint32_t> paired_rows{};
  };

  // Memory of the residual blocks of one depth, which come one after the other.
  struct BranchSlots {
    int64_t sum_columns = 0;    // of the widest
    int64_t input_columns = 0;  // of the widest with a projection
    Slot<float> sum_gradient{};
    Slot<float> input_gradient{};  // as it comes through the projection
    CopySlots sum_gradient_copies{};
  };

  void Lower();
  void LowerLayers(size_t begin, size_t end);
  void LowerLayer(size_t layer);
  void LowerResidual(size_t layer);
  void LowerProjection(size_t layer, size_t input);
  void LowerHeads();
  void LowerHead(const OutputSpec& head, size_t input);
  void AddOutput();
  void AddStage(StageKind kind, size_t layer);
  void FindUses();
  // The stage of a layer that is one by itself.
  static std::optional<StageKind> OwnStage(LayerType type);
  bool LeftToLoss(size_t layer) const;
  void LowerLogits(size_t layer);
  void LowerActivation(size_t layer);
  void LowerBatchNorm(size_t layer);
  bool Regularises(const Stage& stage) const;
  bool IsBounded(const Stage& stage) const;
  bool HasPenalty(const Stage& stage) const;
  bool IsTrainable(const Stage& stage) const;
  bool UsesBatchStatistics(const Stage& stage) const;
  bool MayFuse(size_t layer) const;
  bool NeedsGradient(size_t value) const { return uses_[value].needs_gradient; }
  // Begins beside the stages before it: its input goes to others too.
  bool IsBranch(size_t stage) const { return stages_[stage].input != stage && !IsJoin(stage); }
  // A branch of one dense stage to the end of a residual block; other branches are heads.
  bool IsProjection(size_t stage) const {
    return IsBranch(stage) && stages_[stage].kind == StageKind::kDense &&
           spec_.layers[stages_[stage].layer].type == LayerType::kResidual;
  }
  bool HasHeads() const { return spec_.has_heads() && options_.to == spec_.layers.size(); }
  TargetKind TargetsOf(size_t output) const {
    return options_.targets[options_.targets.size() == 1 ? 0 : output];
  }
  bool IsJoin(size_t stage) const { return stages_[stage].skip >= 0; }
  int64_t ColumnsOf(size_t value) const;
  bool ReadsValuesAgain() const;
  void Reserve();
  void ReserveValue(Stage& stage);
  void ReserveTraining();
  void ReserveHeadGradients(size_t stage);
  void ReserveRowStatistics();
  void ReserveSlopes();
  size_t KeeperOf(size_t stage) const;
  bool IsTied(size_t stage) const;
  bool IsTiedTo(size_t stage, size_t owner) const;
  bool HasTied(size_t owner) const;
  void ReserveWeightCopies();
  void ReserveWeightCopies(size_t stage);
  void ReserveTiedGradients();
  bool Folds(size_t stage) const;
  void ReserveFolded();
  bool Packs(const Stage& stage) const;
  void ReservePacked();
  int64_t ScratchSize() const;
  void ReserveTakenInTurn();
  void ReserveValueCopies();
  CopySlots ReserveCopies(int64_t rows, int64_t columns);
  void ReserveBranches();
  void ReserveObjective();
  void ReserveOutput(size_t output);
  void BindValues();
  void BindCopies();
  void BindJunctions();
  void BindJoin(size_t stage);
  void BindBranch(size_t stage);
  void BindObjective();
  Junction& JunctionOf(size_t value);
  const ValueBuffer& InputOf(size_t stage) const;
  Bf16Copies CopiesAt(const CopySlots& slots, int64_t columns) const;
  std::unique_ptr<BatchNorm> BuildNorm(const Stage& stage) const;
  std::unique_ptr<FoldedNorm> BuildFoldedNorm(const Stage& stage) const;
  std::unique_ptr<Step> BuildStep(size_t stage) const;
  std::unique_ptr<Step> BuildDense(size_t stage) const;
  TiedGradient BindTiedGradient(size_t stage) const;
  void RunForward(const StepContext& context);
  void RunBackward(ThreadPool& pool, int64_t rows, const GradientSink& sink);
  void Constrain(ThreadPool& pool);
  StepContext Context(ThreadPool& pool, const float* parameters, int64_t rows) const;
  void CustomLossOf(const StepContext& context, bool with_gradient);
  void LossOfRows(const StepContext& context, int64_t first_row, int64_t rows, bool with_gradient);
  void LossOfOutput(const StepContext& context, size_t output, int64_t first_row, int64_t rows,
                    bool with_gradient);
  void AddLosses(int64_t first_row, int64_t rows);

  const NetworkSpec& spec_;
  const ParameterLayout& layout_;
  PlanOptions options_;
  std::vector<Stage> stages_;
  std::vector<size_t> tied_stages_;  // dense ones whose weights are another layer's
  size_t first_to_fuse_ = 0;  // stages before it are outside the residual block, while lowering
  size_t depth_ = 0;          // of residual blocks, while lowering
  // What the next stage reads where that is not what the last one computes, while lowering.
  std::optional<size_t> branch_input_;
  std::vector<Output> outputs_;
  std::vector<ValueUse> uses_;
  std::vector<ValueBuffer> values_;
  std::vector<std::unique_ptr<Junction>> junctions_;  // by value, null where there is none
  // What branches read, by stage; null for other stages.
  std::vector<std::unique_ptr<ValueBuffer>> branch_inputs_;
  std::vector<std::unique_ptr<BatchNorm>> norms_;          // by stage, null where there is none
  std::vector<std::unique_ptr<FoldedNorm>> folded_norms_;  // likewise
  std::vector<std::unique_ptr<Step>> steps_;
  std::vector<const Step*> penalties_;  // those steps that add to the loss
  std::vector<Step*> bounded_;          // those that set bounds to their parameters
  TrainingPass training_;
  NextRows* next_rows_ = nullptr;
  GradientSink updating_sink_;
  GradientSink storing_sink_;
  std::unique_ptr<DeferredUpdate> deferred_update_;

  ArenaLayout arena_layout_;
  Arena arena_;
  Slot<float> parameters_slot_;
  Slot<float> gradients_slot_;
  std::vector<Slot<float>> state_slots_;
  Slot<float> input_slot_;
  // A step reads one and writes the other, unless all of them are kept.
  std::vector<Slot<float>> value_gradient_slots_;
  Slot<float> input_gradient_slot_;
  // Of values in bfloat16, by value; of gradients in turn, as above.
  std::vector<CopySlots> value_copy_slots_;
  CopySlots gradient_copy_slots_[2];
  std::vector<BranchSlots> branch_slots_;  // by depth
  Slot<float> weights_slot_;
  Slot<double> row_losses_slot_;
  Slot<float> scratch_slot_;
  Slot<float> packed_slot_;

  MatrixView own_inputs_;
  float* parameters_ = nullptr;
  float* gradients_ = nullptr;
  std::vector<float*> states_;
  float* weights_ = nullptr;
  double* row_losses_ = nullptr;
};

}  // namespace layerwise
