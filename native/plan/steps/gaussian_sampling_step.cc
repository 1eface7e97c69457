#include "native/plan/steps/gaussian_sampling_step.h"

#include <algorithm>
#include <cmath>

#include "native/core/random.h"
#include "native/plan/steps/blocks.h"

namespace layerwise {

void GaussianSamplingStep::Forward(const StepContext& context) {
  const int64_t columns = output_.columns;
  ForRows(context, columns, [&](int64_t first, int64_t rows) {
    for (int64_t i = first; i < first + rows; ++i) {
      float* z = output_.linear.Row(i);
      std::copy_n(input_.output.Row(i), columns, z);
      std::fill(z + columns, z + output_.linear.stride, 0.0f);
      if (context.training != nullptr) SampleRow(*context.training, i);
    }
    output_.Finish(context, first, rows, 0, columns);
  });
}

// z = mean + exp(log variance / 2) noise (Kingma and Welling 2014). The noise depends on the seed,
// the step, the layer and the place alone, so that threads change nothing.
void GaussianSamplingStep::SampleRow(const TrainingPass& pass, int64_t row) const {
  const int64_t columns = output_.columns;
  const RandomStream noise(pass.seed, StreamPurpose::kNoise, layer_);
  const uint64_t begin = (pass.step << 32) + static_cast<uint64_t>(row * columns);
  const float* log_variance = input_.output.Row(row) + columns;
  float* z = output_.linear.Row(row);
  for (int64_t j = 0; j < columns; ++j) {
    z[j] += std::exp(0.5f * log_variance[j]) * noise.Normal(begin + static_cast<uint64_t>(j));
  }
}

void GaussianSamplingStep::Backward(const StepContext& context) {
  if (!input_.gradient) return;
  const double scale = kl_weight_ / static_cast<double>(context.rows);
  ForRows(context, input_.columns, [&](int64_t first, int64_t rows) {
    for (int64_t i = first; i < first + rows; ++i) DifferentiateRow(i, context.WeightOf(i) * scale);
  });
  ForBlocks(context, input_, [&](const Block& block) {
    input_.Differentiate(context, block.first_row, block.rows, block.first_column, block.columns);
  });
}

// dL/dmean = dL/dz + w mean, dL/dlog variance = dL/dz (z - mean) / 2 + w (variance - 1) / 2
void GaussianSamplingStep::DifferentiateRow(int64_t row, double scale) const {
  const int64_t columns = output_.columns;
  const float* mean = input_.output.Row(row);
  const float* log_variance = mean + columns;
  const float* z = output_.linear.Row(row);
  const float* dz = output_.gradient.Row(row);
  float* gradient = input_.gradient.Row(row);
  const float weight = static_cast<float>(scale);
  for (int64_t j = 0; j < columns; ++j) {
    gradient[j] = dz[j] + weight * mean[j];
    gradient[columns + j] =
        0.5f * dz[j] * (z[j] - mean[j]) + 0.5f * weight * (std::exp(log_variance[j]) - 1.0f);
  }
  std::fill(gradient + 2 * columns, gradient + input_.gradient.stride, 0.0f);
}

// KL(N(mean, variance) || N(0, 1)) = (mean^2 + variance - 1 - log variance) / 2, summed.
void GaussianSamplingStep::AddPenalty(const StepContext& context, int64_t first_row, int64_t rows,
                                      double* row_losses) const {
  const int64_t columns = output_.columns;
  for (int64_t i = first_row; i < first_row + rows; ++i) {
    const float* mean = input_.output.Row(i);
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
