#include "native/layers/gaussian_sampling.h"

#include <cmath>
#include <limits>
#include <memory>
#include <string>

#include "native/core/error.h"
#include "native/core/random.h"
#include "native/layers/block_step.h"
#include "native/layers/lowering.h"

namespace layerwise {
namespace {

constexpr ParameterInfo kGaussianSamplingParameters[] = {
    {.name = "klWeight",
     .fallback = 1.0,
     .minimum = 0.0,
     .maximum = std::numeric_limits<double>::infinity(),
     .description = "Factor on the Kullback-Leibler divergence from the standard normal "
                    "distribution, which is added to the loss of each row."}};

constexpr RowInfo kGaussianSamplingInfo{
    "gaussianSampling", "z = mean + exp(logVariance / 2) noise",
    "The code of a variational autoencoder (Kingma and Welling 2014). The first half of the inputs "
    "are means, the second half logarithms of variances; while training the output is a sample of "
    "those normal distributions, when predicting their means.",
    kGaussianSamplingParameters};

std::unique_ptr<Layer> ReadGaussianSampling(const ValueReader& spec, int64_t input_size) {
  if (input_size % 2 != 0) {
    throw Error(ErrorKind::kShape, spec.path(), "an even number of columns before it",
                std::to_string(input_size),
                "Give the layer before it two units for each column of the code.");
  }
  auto layer = std::make_unique<GaussianSamplingLayer>();
  layer->input_size = input_size;
  layer->output_size = input_size / 2;
  layer->kl_weight = ReadParameters(spec, kGaussianSamplingInfo)[0];
  return layer;
}

class GaussianSamplingStep final : public BlockStep {
 public:
  GaussianSamplingStep(double kl_weight, const StepSite& site)
      : BlockStep(site), layer_(static_cast<uint32_t>(site.layer)), kl_weight_(kl_weight) {}

  bool HasPenalty() const override { return true; }
  bool PenalisesValues() const override { return true; }
  void AddPenalty(const StepContext& context, int64_t first_row, int64_t rows,
                  double* row_losses) const override;

 private:
  void ForwardBlock(const StepContext& context, const Block& block) const override;
  void BackwardBlock(const StepContext& context, const Block& block) const override;
  void SampleRow(const TrainingPass& pass, int64_t row) const;
  void DifferentiateRow(int64_t row, double scale) const;

  const uint32_t layer_;
  const double kl_weight_;
};

void GaussianSamplingStep::ForwardBlock(const StepContext& context, const Block& block) const {
  CopyBlock(input().output, output().linear, block);
  if (context.training == nullptr) return;
  for (int64_t i = block.first_row; i < block.first_row + block.rows; ++i) {
    SampleRow(*context.training, i);
  }
}

// z = mean + exp(log variance / 2) noise (Kingma and Welling 2014). The noise depends on the seed,
// the step, the layer and the place alone, so that threads change nothing.
void GaussianSamplingStep::SampleRow(const TrainingPass& pass, int64_t row) const {
  const int64_t columns = output().columns;
  const RandomStream noise(pass.seed, StreamPurpose::kNoise, layer_);
  const uint64_t begin = (pass.step << 32) + static_cast<uint64_t>(row * columns);
  const float* log_variance = input().output.Row(row) + columns;
  float* z = output().linear.Row(row);
  for (int64_t j = 0; j < columns; ++j) {
    z[j] += std::exp(0.5f * log_variance[j]) * noise.Normal(begin + static_cast<uint64_t>(j));
  }
}

void GaussianSamplingStep::BackwardBlock(const StepContext& context, const Block& block) const {
  const double scale = kl_weight_ / static_cast<double>(context.rows);
  for (int64_t i = block.first_row; i < block.first_row + block.rows; ++i) {
    DifferentiateRow(i, context.WeightOf(i) * scale);
  }
}

// dL/dmean = dL/dz + w mean, dL/dlog variance = dL/dz (z - mean) / 2 + w (variance - 1) / 2
void GaussianSamplingStep::DifferentiateRow(int64_t row, double scale) const {
  const int64_t columns = output().columns;
  const float* mean = input().output.Row(row);
  const float* log_variance = mean + columns;
  const float* z = output().linear.Row(row);
  const float* dz = output().gradient.Row(row);
  float* gradient = input().gradient.Row(row);
  const float weight = static_cast<float>(scale);
  for (int64_t j = 0; j < columns; ++j) {
    gradient[j] = dz[j] + weight * mean[j];
    gradient[columns + j] =
        0.5f * dz[j] * (z[j] - mean[j]) + 0.5f * weight * (std::exp(log_variance[j]) - 1.0f);
  }
}

// KL(N(mean, variance) || N(0, 1)) = (mean^2 + variance - 1 - log variance) / 2, summed.
void GaussianSamplingStep::AddPenalty(const StepContext& context, int64_t first_row, int64_t rows,
                                      double* row_losses) const {
  const int64_t columns = output().columns;
  for (int64_t i = first_row; i < first_row + rows; ++i) {
    const float* mean = input().output.Row(i);
    const float* log_variance = mean + columns;
    double divergence = 0;
    for (int64_t j = 0; j < columns; ++j) {
      const double m = static_cast<double>(mean[j]);
      const double l = static_cast<double>(log_variance[j]);
      divergence += 0.5 * (m * m + std::exp(l) - 1.0 - l);
    }
    row_losses[i] += context.WeightOf(i) * kl_weight_ * divergence;
  }
}

}  // namespace

const LayerType GaussianSamplingLayer::kType{kGaussianSamplingInfo, &ReadGaussianSampling};

void GaussianSamplingLayer::Lower(Lowering& plan) const {
  plan.Add(
      [this](const StepSite& site) {
        return std::make_unique<GaussianSamplingStep>(kl_weight, site);
      },
      {.keeps_output = true});
}

}  // namespace layerwise
