#include "native/layers/activity_penalty.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <vector>

#include "native/layers/block_step.h"
#include "native/layers/lowering.h"

namespace layerwise {
namespace {

constexpr ParameterInfo kActivityPenaltyParameters[] = {
    {.name = "l1",
     .fallback = 0.0,
     .minimum = 0.0,
     .maximum = std::numeric_limits<double>::infinity(),
     .description = "Factor on the sum of the absolute values of a row."},
    {.name = "klWeight",
     .fallback = 0.0,
     .minimum = 0.0,
     .maximum = std::numeric_limits<double>::infinity(),
     .description = "Factor on the Kullback-Leibler divergence of the mean of each column over the "
                    "batch (in evaluations and validations over all rows) from klTarget; for "
                    "values from 0 to 1."},
    {.name = "klTarget",
     .fallback = 0.05,
     .minimum = 0.0,
     .maximum = 1.0,
     .minimum_exclusive = true,
     .maximum_exclusive = true,
     .description = "The mean that columns are pulled to."}};

constexpr RowInfo kActivityPenaltyInfo{
    "activityPenalty", "y = x; loss + l1 sum |x| + klWeight sum KL(klTarget || mean x)",
    "Passes values on and adds to the loss what makes them sparse (Ng 2011).",
    kActivityPenaltyParameters};

std::unique_ptr<Layer> ReadActivityPenalty(const ValueReader& spec, int64_t input_size) {
  auto layer = LayerOfSameSize<ActivityPenaltyLayer>(input_size);
  const std::vector<double> parameters = ReadParameters(spec, kActivityPenaltyInfo);
  layer->l1 = parameters[0];
  layer->kl_weight = parameters[1];
  layer->target = parameters[2];
  return layer;
}

// Means at the ends of (0, 1) have an infinite divergence; beyond them they have none.
constexpr double kNearest = 1e-6;

double Bounded(double mean) { return std::clamp(mean, kNearest, 1.0 - kNearest); }

double Sign(float x) { return x > 0 ? 1.0 : x < 0 ? -1.0 : 0.0; }

class ActivityPenaltyStep final : public BlockStep {
 public:
  ActivityPenaltyStep(const ActivityPenaltyLayer& penalty, const StepSite& site)
      : BlockStep(site), penalty_(penalty), means_(static_cast<size_t>(site.output.columns)) {}

  bool HasPenalty() const override { return true; }
  bool PenalisesValues() const override { return true; }
  void AddPenalty(const StepContext& context, int64_t first_row, int64_t rows,
                  double* row_losses) const override;
  void BeginEvaluation() override;
  double EndEvaluation() override;

 private:
  enum class Rows { kUnmeasured, kOfBatch, kOfEvaluation };

  void BeginForward(const StepContext& context) override;
  void ForwardBlock(const StepContext& context, const Block& block) const override;
  void BackwardBlock(const StepContext& context, const Block& block) const override;
  void ForgetMeans();
  void AddToMeans(const StepContext& context);
  void Diverge();

  const ActivityPenaltyLayer& penalty_;
  // The means are those of a batch that trains, or of all rows of an evaluation; of other
  // predictions nobody wants them.
  Rows measured_ = Rows::kUnmeasured;
  std::vector<double> means_;  // of each column over the rows, weighted
  double all_weights_ = 0;     // of these rows together
  double divergence_ = 0;      // of the means from the target, summed
};

void ActivityPenaltyStep::BeginForward(const StepContext& context) {
  if (penalty_.kl_weight == 0) return;
  if (context.training != nullptr) {
    measured_ = Rows::kOfBatch;
    ForgetMeans();
    AddToMeans(context);
    Diverge();
  } else if (measured_ == Rows::kOfEvaluation) {
    AddToMeans(context);
  }
}

void ActivityPenaltyStep::ForwardBlock(const StepContext&, const Block& block) const {
  CopyBlock(input().output, output().linear, block);
}

void ActivityPenaltyStep::BeginEvaluation() {
  measured_ = Rows::kOfEvaluation;
  ForgetMeans();
}

double ActivityPenaltyStep::EndEvaluation() {
  measured_ = Rows::kUnmeasured;
  if (penalty_.kl_weight == 0) return 0;
  Diverge();
  return penalty_.kl_weight * divergence_;
}

void ActivityPenaltyStep::ForgetMeans() {
  std::fill(means_.begin(), means_.end(), 0.0);
  all_weights_ = 0;
}

// One row after the other, whatever batches they come in: sums of them in turn.
void ActivityPenaltyStep::AddToMeans(const StepContext& context) {
  for (int64_t i = 0; i < context.rows; ++i) {
    const float* row = input().output.Row(i);
    const double weight = context.WeightOf(i);
    all_weights_ += weight;
    for (size_t j = 0; j < means_.size(); ++j) means_[j] += weight * static_cast<double>(row[j]);
  }
}

// KL(target || mean) of each column (Ng 2011). Rows that count for nothing have no mean.
void ActivityPenaltyStep::Diverge() {
  divergence_ = 0;
  if (all_weights_ == 0) return;
  const double target = penalty_.target;
  for (double& mean : means_) {
    mean = Bounded(mean / all_weights_);
    divergence_ +=
        target * std::log(target / mean) + (1.0 - target) * std::log((1.0 - target) / (1.0 - mean));
  }
}

void ActivityPenaltyStep::BackwardBlock(const StepContext& context, const Block& block) const {
  const double share = 1.0 / static_cast<double>(context.rows);
  CopyBlock(output().gradient, input().gradient, block);
  for (int64_t i = block.first_row; i < block.first_row + block.rows; ++i) {
    const float* x = input().output.Row(i);
    float* gradient = input().gradient.Row(i);
    const double weight = context.WeightOf(i);
    if (weight == 0) continue;
    const double of_mean = weight * static_cast<double>(context.rows) / all_weights_;
    for (int64_t j = 0; j < block.columns; ++j) {
      double slope = weight * penalty_.l1 * Sign(x[j]);
      if (penalty_.kl_weight > 0) {
        const double mean = means_[static_cast<size_t>(j)];
        slope += of_mean * penalty_.kl_weight *
                 ((1.0 - penalty_.target) / (1.0 - mean) - penalty_.target / mean);
      }
      gradient[j] += static_cast<float>(share * slope);
    }
  }
}

void ActivityPenaltyStep::AddPenalty(const StepContext& context, int64_t first_row, int64_t rows,
                                     double* row_losses) const {
  for (int64_t i = first_row; i < first_row + rows; ++i) {
    const float* row = input().output.Row(i);
    double sum = 0;
    for (int64_t j = 0; j < input().columns; ++j) sum += std::fabs(static_cast<double>(row[j]));
    row_losses[i] += context.WeightOf(i) * penalty_.l1 * sum;
    if (measured_ == Rows::kOfBatch) row_losses[i] += penalty_.kl_weight * divergence_;
  }
}

}  // namespace

const LayerType ActivityPenaltyLayer::kType{kActivityPenaltyInfo, &ReadActivityPenalty};

void ActivityPenaltyLayer::Lower(Lowering& plan) const {
  plan.Add(
      [this](const StepSite& site) { return std::make_unique<ActivityPenaltyStep>(*this, site); });
}

}  // namespace layerwise
