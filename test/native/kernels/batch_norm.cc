// Batch normalisation against the naive formulas.
#include "native/kernels/batch_norm.h"

#include <cmath>
#include <cstdint>
#include <vector>

#include "test/native/kernels/support.h"

namespace layerwise::testing {
namespace {

constexpr float kEpsilon = 1e-5f;
constexpr float kMomentum = 0.1f;

const BatchNormKernels& Kernels() { return BatchNormKernelsFor(SelectedInstructionSet()); }

// A batch with its parameters and statistics, padded as in a plan.
struct Batch {
  Batch(int64_t row_count, int64_t column_count, int64_t misalignment, Generator& random)
      : rows(row_count),
        columns(column_count),
        padded(RoundUp(column_count, kMaxLanes)),
        stride(padded + misalignment),
        input(rows * stride, misalignment),
        output(rows * stride, misalignment),
        gradient(rows * stride, misalignment),
        scale(padded, misalignment),
        shift(padded, misalignment),
        mean(padded, misalignment),
        inverse_deviation(padded, misalignment),
        running_mean(padded, misalignment),
        running_variance(padded, misalignment),
        scale_gradient(padded, misalignment),
        shift_gradient(padded, misalignment) {
    for (int64_t i = 0; i < rows; ++i) {
      for (int64_t j = 0; j < padded; ++j) {
        // Columns with a mean far from zero: the variance must not be a difference of large
        // numbers.
        input[i * stride + j] = j < columns ? random.Float(-1, 1) + static_cast<float>(j) : 0.0f;
        gradient[i * stride + j] = j < columns ? random.Float(-1, 1) : 0.0f;
      }
    }
    for (int64_t j = 0; j < padded; ++j) {
      scale[j] = j < columns ? random.Float(0.5, 1.5) : 0.0f;
      shift[j] = j < columns ? random.Float(-1, 1) : 0.0f;
      running_mean[j] = j < columns ? random.Float(-1, 1) : 0.0f;
      running_variance[j] = j < columns ? random.Float(0.5, 2) : 0.0f;
    }
  }

  BatchNormColumns Columns() const {
    BatchNormColumns block;
    block.rows = rows;
    block.columns = columns;
    block.input = input.data();
    block.input_stride = stride;
    block.gamma = scale.data();
    block.beta = shift.data();
    block.epsilon = kEpsilon;
    return block;
  }
  void Forward() {
    Kernels().forward(Columns(),
                      {mean.data(), inverse_deviation.data(), running_mean.data(),
                       running_variance.data(), kMomentum},
                      output.data(), stride);
  }
  void Backward() {
    Kernels().backward(Columns(), {mean.data(), inverse_deviation.data(), gradient.data(), stride,
                                   scale_gradient.data(), shift_gradient.data()});
  }

  reference::Matrix Inputs() const { return ToMatrix(input); }
  reference::Matrix ToMatrix(const GuardedFloats& from) const {
    reference::Matrix m(rows, columns);
    for (int64_t i = 0; i < rows; ++i) {
      for (int64_t j = 0; j < columns; ++j) {
        m.At(i, j) = static_cast<double>(from[i * stride + j]);
      }
    }
    return m;
  }
  std::vector<double> ToVector(const GuardedFloats& from) const {
    return {from.data(), from.data() + columns};
  }
  // The layer as the naive network has it.
  reference::Network Twin() const {
    reference::Layer layer;
    layer.type = "batchNorm";
    layer.weights = reference::Matrix(1, columns);
    layer.weights.values = ToVector(scale);
    layer.bias = ToVector(shift);
    layer.epsilon = static_cast<double>(kEpsilon);
    layer.running = {ToVector(running_mean), ToVector(running_variance)};
    return {{layer}};
  }
  void CheckGuards() const {
    for (const GuardedFloats* memory :
         {&input, &output, &gradient, &scale, &shift, &mean, &inverse_deviation, &running_mean,
          &running_variance, &scale_gradient, &shift_gradient}) {
      EXPECT_TRUE(memory->GuardsAreIntact()) << columns << " columns";
    }
    for (int64_t i = 0; i < rows * stride; ++i) {
      if (i % stride >= padded) EXPECT_TRUE(IsGuard(output[i])) << columns << " columns";
    }
  }

  int64_t rows;
  int64_t columns;
  int64_t padded;
  int64_t stride;
  GuardedFloats input;
  GuardedFloats output;
  GuardedFloats gradient;
  GuardedFloats scale;
  GuardedFloats shift;
  GuardedFloats mean;
  GuardedFloats inverse_deviation;
  GuardedFloats running_mean;
  GuardedFloats running_variance;
  GuardedFloats scale_gradient;
  GuardedFloats shift_gradient;
};

template <typename F>
void ForManyBatches(F&& fn) {
  Generator random(1);
  for (int64_t columns = 1; columns <= 2 * kMaxLanes + 3; ++columns) {
    for (const int64_t rows : {1, 2, 3, 5, 32}) {
      Batch batch(rows, columns, random.Integer(0, 3), random);
      fn(batch);
      batch.CheckGuards();
    }
  }
}

TEST(BatchNormalisationUsesTheStatisticsOfTheBatch) {
  ForManyBatches([](Batch& batch) {
    const reference::Matrix exact = reference::Forward(batch.Twin(), batch.Inputs()).outputs;
    const reference::ColumnStatistics statistics = reference::StatisticsOf(batch.Inputs());
    batch.Forward();
    for (int64_t j = 0; j < batch.columns; ++j) {
      const size_t column = static_cast<size_t>(j);
      const double deviation =
          std::sqrt(statistics.variance[column] + static_cast<double>(kEpsilon));
      EXPECT_NEAR(batch.mean[j], statistics.mean[column], 2e-7 * (1.0 + static_cast<double>(j)));
      // An input of this size is only so precise.
      const double input_error = 0x1p-23 * (1.0 + static_cast<double>(j)) / deviation;
      for (int64_t i = 0; i < batch.rows; ++i) {
        EXPECT_NEAR(batch.output[i * batch.stride + j], exact.At(i, j), 2e-6 + 4.0 * input_error)
            << batch.rows << " rows, column " << j;
      }
    }
  });
}

TEST(BatchNormalisationUpdatesItsRunningStatistics) {
  ForManyBatches([](Batch& batch) {
    const reference::Network before = batch.Twin();
    const reference::ColumnStatistics statistics = reference::StatisticsOf(batch.Inputs());
    batch.Forward();
    const double rows = static_cast<double>(batch.rows);
    const double unbiased = batch.rows > 1 ? rows / (rows - 1.0) : 1.0;
    const double momentum = static_cast<double>(kMomentum);
    for (int64_t j = 0; j < batch.columns; ++j) {
      const size_t column = static_cast<size_t>(j);
      const reference::ColumnStatistics& running = before.layers[0].running;
      const double mean =
          (1.0 - momentum) * running.mean[column] + momentum * statistics.mean[column];
      const double variance = (1.0 - momentum) * running.variance[column] +
                              momentum * unbiased * statistics.variance[column];
      EXPECT_NEAR(batch.running_mean[j], mean, 1e-6 * (1.0 + std::fabs(mean)));
      EXPECT_NEAR(batch.running_variance[j], variance, 1e-6 * (1.0 + variance));
    }
  });
}

TEST(BatchNormalisationPredictsWithItsRunningStatistics) {
  ForManyBatches([](Batch& batch) {
    const reference::Matrix exact =
        reference::Forward(batch.Twin(), batch.Inputs(), reference::Mode::kPrediction).outputs;
    Kernels().infer(batch.Columns(), batch.running_mean.data(), batch.running_variance.data(),
                    batch.output.data(), batch.stride);
    for (int64_t i = 0; i < batch.rows; ++i) {
      for (int64_t j = 0; j < batch.columns; ++j) {
        EXPECT_NEAR(batch.output[i * batch.stride + j], exact.At(i, j),
                    1e-6 * (2.0 + static_cast<double>(j)));
      }
    }
  });
}

TEST(BatchNormalisationGradientsEqualTheNaiveOnes) {
  ForManyBatches([](Batch& batch) {
    batch.Forward();
    // The loss 1/2 sum (y - t)^2 with t = y - dL/dy has the wanted gradient.
    const reference::Network twin = batch.Twin();
    const reference::Matrix inputs = batch.Inputs();
    reference::Matrix targets = reference::Forward(twin, inputs).outputs;
    const reference::Matrix df = batch.ToMatrix(batch.gradient);
    for (size_t i = 0; i < targets.values.size(); ++i) targets.values[i] -= df.values[i];
    const std::vector<reference::LayerGradients> exact =
        reference::Gradients(twin, {"meanSquaredError", {}}, inputs, targets);
    // The mean over rows and columns, and the factor of the square.
    const double factor = static_cast<double>(batch.rows * batch.columns) / 2.0;
    batch.Backward();
    for (int64_t j = 0; j < batch.columns; ++j) {
      const double bound = 1e-5 * (1.0 + static_cast<double>(batch.rows + j));
      EXPECT_NEAR(batch.scale_gradient[j], factor * exact[0].weights.At(0, j), bound)
          << batch.rows << " rows, column " << j;
      EXPECT_NEAR(batch.shift_gradient[j], factor * exact[0].bias[static_cast<size_t>(j)], bound)
          << batch.rows << " rows, column " << j;
    }
  });
}

TEST(BatchNormalisationWithRunningStatisticsPassesGradientsOn) {
  ForManyBatches([](Batch& batch) {
    const reference::Matrix before = batch.ToMatrix(batch.gradient);
    Kernels().infer_backward(batch.Columns(), batch.running_variance.data(), batch.gradient.data(),
                             batch.stride);
    for (int64_t j = 0; j < batch.columns; ++j) {
      const double variance = static_cast<double>(batch.running_variance[j] + kEpsilon);
      const double factor = static_cast<double>(batch.scale[j]) / std::sqrt(variance);
      for (int64_t i = 0; i < batch.rows; ++i) {
        EXPECT_NEAR(batch.gradient[i * batch.stride + j], factor * before.At(i, j), 1e-6);
      }
    }
  });
}

// Without scale and shift everything is as with ones and zeros, to the bit.
TEST(BatchNormalisationNeedsNeitherScaleNorShift) {
  ForManyBatches([](Batch& batch) {
    for (int64_t j = 0; j < batch.padded; ++j) {
      batch.scale[j] = 1;
      batch.shift[j] = 0;
    }
    BatchNormColumns bare = batch.Columns();
    bare.gamma = nullptr;
    bare.beta = nullptr;
    GuardedFloats output(batch.output.count(), 0);
    GuardedFloats gradient(batch.gradient.count(), 0);
    const auto expect_same = [&](const GuardedFloats& a, const GuardedFloats& b) {
      for (int64_t i = 0; i < batch.rows; ++i) {
        for (int64_t j = 0; j < batch.columns; ++j) {
          EXPECT_TRUE(SameBits(a[i * batch.stride + j], b[i * batch.stride + j]));
        }
      }
    };
    const float* mean = batch.running_mean.data();
    const float* variance = batch.running_variance.data();
    Kernels().infer(batch.Columns(), mean, variance, batch.output.data(), batch.stride);
    Kernels().infer(bare, mean, variance, output.data(), batch.stride);
    expect_same(batch.output, output);
    for (int64_t i = 0; i < gradient.count(); ++i) gradient[i] = batch.gradient[i];
    batch.Forward();
    batch.Backward();
    Kernels().forward(bare,
                      {batch.mean.data(), batch.inverse_deviation.data(), batch.running_mean.data(),
                       batch.running_variance.data(), kMomentum},
                      output.data(), batch.stride);
    Kernels().backward(
        bare, {batch.mean.data(), batch.inverse_deviation.data(), gradient.data(), batch.stride,
               batch.scale_gradient.data(), batch.shift_gradient.data()});
    expect_same(batch.output, output);
    expect_same(batch.gradient, gradient);
  });
}

TEST(BatchNormalisationGivesTheSameBitsHoweverTheColumnsAreCut) {
  Generator random(2);
  const int64_t lanes = kMaxLanes;
  Batch whole(13, 5 * lanes, 0, random);
  Generator again(2);
  Batch pieces(13, 5 * lanes, 0, again);
  whole.Forward();
  whole.Backward();
  for (int64_t first = 0; first < 5; ++first) {
    const int64_t at = first * lanes;
    BatchNormColumns block = pieces.Columns();
    block.columns = lanes;
    block.input += at;
    block.gamma += at;
    block.beta += at;
    Kernels().forward(
        block,
        {pieces.mean.data() + at, pieces.inverse_deviation.data() + at,
         pieces.running_mean.data() + at, pieces.running_variance.data() + at, kMomentum},
        pieces.output.data() + at, pieces.stride);
    Kernels().backward(
        block,
        {pieces.mean.data() + at, pieces.inverse_deviation.data() + at, pieces.gradient.data() + at,
         pieces.stride, pieces.scale_gradient.data() + at, pieces.shift_gradient.data() + at});
  }
  int64_t differences = 0;
  for (int64_t i = 0; i < whole.output.count(); ++i) {
    if (!SameBits(whole.output[i], pieces.output[i])) ++differences;
    if (!SameBits(whole.gradient[i], pieces.gradient[i])) ++differences;
  }
  EXPECT_EQ(differences, 0);
}

}  // namespace
}  // namespace layerwise::testing
