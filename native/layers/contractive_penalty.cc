#include "native/layers/contractive_penalty.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <vector>

#include "native/core/error.h"
#include "native/layers/activation.h"
#include "native/layers/block_step.h"
#include "native/layers/dense/dense_layer.h"
#include "native/layers/dense/dense_step.h"
#include "native/layers/dense/weight_regulariser.h"
#include "native/layers/lowering.h"

namespace layerwise {
namespace {

constexpr ParameterInfo kContractivePenaltyParameters[] = {
    {.name = "weight",
     .fallback = 0.1,
     .minimum = 0.0,
     .maximum = std::numeric_limits<double>::infinity(),
     .description = "Factor on the squared norm of the Jacobian, which is added to the loss of "
                    "each row."}};

constexpr RowInfo kContractivePenaltyInfo{
    "contractivePenalty", "y = x; loss + weight sum_j f'(z_j)^2 |w_j|^2",
    "Passes values on and adds to the loss how strongly they change with the inputs of the dense "
    "layer right before it, f(W x + b): the squared Frobenius norm of its Jacobian, row by row "
    "(Rifai et al. 2011).",
    kContractivePenaltyParameters};

std::unique_ptr<Layer> ReadContractivePenalty(const ValueReader& spec, int64_t input_size) {
  auto layer = LayerOfSameSize<ContractivePenaltyLayer>(input_size);
  layer->weight = ReadParameters(spec, kContractivePenaltyInfo)[0];
  return layer;
}

class ContractivePenaltyStep final : public BlockStep {
 public:
  // Right behind a dense step.
  ContractivePenaltyStep(double weight, const StepSite& site);

  void Reserve(StepReservation& memory) override;
  void Bind(const StepMemory& memory) override;
  bool HasPenalty() const override { return true; }
  bool PenalisesValues() const override { return true; }
  void AddPenalty(const StepContext& context, int64_t first_row, int64_t rows,
                  double* row_losses) const override;

 private:
  ActivationGradientBlock Derivatives(const Block& block, const MatrixView& factors) const;
  void BeginForward(const StepContext& context) override;
  void ForwardBlock(const StepContext& context, const Block& block) const override;
  void BackwardBlock(const StepContext& context, const Block& block) const override;
  void BackwardParameters(const StepContext& context) override;
  void DifferentiateWeights(const StepContext& context, const Block& block) const;

  const double weight_;
  const int64_t batch_rows_;
  Slot<float> slopes_slot_;
  MatrixView slopes_;           // f'(z), (rows of the batch, columns)
  WeightRegulariser& weights_;  // of the dense step
  std::vector<double> norms_;   // ||w_j||^2
};

ContractivePenaltyStep::ContractivePenaltyStep(double weight, const StepSite& site)
    : BlockStep(site),
      weight_(weight),
      batch_rows_(site.batch_rows),
      // The spec of the layer says that a dense one stands before it.
      weights_(DenseStepAt(site.previous).MeasuredWeights()),
      norms_(static_cast<size_t>(site.output.columns)) {
  weights_.ExpectFactors();
}

void ContractivePenaltyStep::Reserve(StepReservation& memory) {
  slopes_slot_ = memory.Own<float>(batch_rows_ * PaddedStride(output().columns));
}

void ContractivePenaltyStep::Bind(const StepMemory& memory) {
  slopes_ = {memory.At(slopes_slot_), PaddedStride(output().columns), output().columns};
}

// What an activation multiplies some rows of factors by its derivatives with.
ActivationGradientBlock ContractivePenaltyStep::Derivatives(const Block& block,
                                                            const MatrixView& factors) const {
  const bool of_input = input().activation.row->derivative_of == DerivativeOf::kInput;
  const MatrixView& saved = of_input ? input().before : input().output;
  return {saved.At(block), saved.stride, factors.At(block),
          factors.stride,  block.rows,   block.columns};
}

void ContractivePenaltyStep::BeginForward(const StepContext&) {
  for (size_t j = 0; j < norms_.size(); ++j) {
    norms_[j] = weights_.NormSquared(static_cast<int64_t>(j));
  }
}

void ContractivePenaltyStep::ForwardBlock(const StepContext&, const Block& block) const {
  std::fill_n(slopes_.At(block), block.rows * slopes_.stride, 1.0f);
  if (input().activation) {
    input().activation.row->backward(Derivatives(block, slopes_),
                                     input().activation.parameters.data());
  }
  CopyBlock(input().output, output().linear, block);
}

void ContractivePenaltyStep::AddPenalty(const StepContext& context, int64_t first_row, int64_t rows,
                                        double* row_losses) const {
  for (int64_t i = first_row; i < first_row + rows; ++i) {
    const float* slopes = slopes_.Row(i);
    double sum = 0;
    for (size_t j = 0; j < norms_.size(); ++j) {
      const auto slope = static_cast<double>(slopes[j]);
      sum += slope * slope * norms_[j];
    }
    row_losses[i] += context.WeightOf(i) * weight_ * sum;
  }
}

// The penalty changes with z by 2 weight f'(z_j) f''(z_j) ||w_j||^2. The factor f' comes when the
// input is differentiated: here the rest of it is added to the gradient of f(z).
void ContractivePenaltyStep::BackwardBlock(const StepContext& context, const Block& block) const {
  const double scale = 2.0 * weight_ / static_cast<double>(context.rows);
  const bool bends = input().activation && input().activation.row->curve != nullptr;
  if (!bends) {
    CopyBlock(output().gradient, input().gradient, block);
    return;
  }
  const int64_t end = block.first_row + block.rows;
  for (int64_t i = block.first_row; i < end; ++i) {
    float* gradient = input().gradient.Row(i);
    std::fill_n(gradient, input().gradient.stride, 0.0f);
    const double factor = context.WeightOf(i) * scale;
    for (size_t j = 0; j < norms_.size(); ++j) {
      gradient[j] = static_cast<float>(factor * norms_[j]);
    }
  }
  input().activation.row->curve(Derivatives(block, input().gradient),
                                input().activation.parameters.data());
  for (int64_t i = block.first_row; i < end; ++i) {
    float* gradient = input().gradient.Row(i);
    const float* behind = output().gradient.Row(i);
    for (int64_t j = 0; j < block.columns; ++j) gradient[j] += behind[j];
  }
}

// By itself, w_j changes the penalty by 2 weight (mean of f'(z_j)^2) w_j: the dense step, whose
// turn comes next, adds that to its gradient.
void ContractivePenaltyStep::BackwardParameters(const StepContext& context) {
  if (!input().gradient) return;
  ForColumns(context, input().columns,
             [&](const Block& block) { DifferentiateWeights(context, block); });
}

void ContractivePenaltyStep::DifferentiateWeights(const StepContext& context,
                                                  const Block& block) const {
  const double scale = 2.0 * weight_ / static_cast<double>(context.rows);
  double sums[kColumnsInTask] = {};
  for (int64_t i = 0; i < block.rows; ++i) {
    const float* slopes = slopes_.Row(i) + block.first_column;
    const double weight = context.WeightOf(i);
    for (int64_t j = 0; j < block.columns; ++j) {
      const auto slope = static_cast<double>(slopes[j]);
      sums[j] += weight * slope * slope;
    }
  }
  for (int64_t j = 0; j < block.columns; ++j) {
    weights_.SetFactor(block.first_column + j, scale * sums[j]);
  }
}

}  // namespace

const LayerType ContractivePenaltyLayer::kType{kContractivePenaltyInfo, &ReadContractivePenalty};

// The Jacobian is known of a dense layer whose activation treats each unit for itself.
void ContractivePenaltyLayer::CheckPlace(const EarlierLayers& earlier) {
  const auto* dense = dynamic_cast<const DenseLayer*>(earlier.Last());
  const bool fits = dense != nullptr && !dense->is_tied() && !dense->is_ntk &&
                    ActivationOf(*dense).scope == ActivationScope::kElement;
  if (fits) return;
  throw Error(ErrorKind::kArgument, path,
              "a dense layer right before it, with weights of its own in the standard "
              "parametrisation and an activation of single units",
              earlier.Last() == nullptr ? "none" : earlier.Last()->type->info.name,
              "Put the penalty behind such a layer.");
}

// Predictions alone do not need it.
void ContractivePenaltyLayer::Lower(Lowering& plan) const {
  if (!plan.trains() && !plan.has_loss()) return;
  plan.Add([this](const StepSite& site) {
    return std::make_unique<ContractivePenaltyStep>(weight, site);
  });
}

}  // namespace layerwise
