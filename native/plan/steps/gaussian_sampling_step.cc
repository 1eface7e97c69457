#include "native/plan/steps/gaussian_sampling_step.h"

#include <cmath>

#include "native/core/random.h"

namespace layerwise {

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

}  // namespace layerwise
