#include "bench/native/gemm_benchmark.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "bench/native/peak.h"
#include "bench/native/timing.h"
#include "native/core/arena.h"
#include "native/core/thread_pool.h"
#include "native/kernels/gemm.h"
#include "native/kernels/panels.h"
#include "native/layers/blocks.h"
#include "native/layers/dense/dense_arithmetic.h"
#include "native/layers/dense/dense_tasks.h"
#include "native/layers/value_buffer.h"

namespace layerwise::bench {
namespace {

// Kernels may fetch whole vectors and the rows that follow.
constexpr size_t kSlack = 4096;

// A matrix with padded rows, filled with values that repeat with no short period.
struct Matrix {
  float* data = nullptr;
  int64_t stride = 0;
};

class GemmCase {
 public:
  GemmCase(InstructionSet set, GemmForm form, const GemmShape& shape)
      : kernels_(GemmKernelsFor(set)), form_(form), shape_(shape) {
    const int64_t lanes = kernels_.lanes;
    if (form == GemmForm::kForward) {
      panels_ = PanelShape{shape.inputs, shape.outputs, lanes};
    } else if (form == GemmForm::kInputGradient) {
      panels_ = PanelShape{shape.outputs, shape.inputs, lanes};
    } else {
      panels_ = PanelShape{shape.inputs, shape.outputs, lanes};
    }
    ArenaLayout layout;
    const auto reserve = [&](int64_t rows, int64_t columns) {
      return layout.Reserve<float>(static_cast<size_t>(rows * PaddedStride(columns)) + kSlack);
    };
    const Slot<float> x = reserve(shape.batch, shape.inputs);
    const Slot<float> y = reserve(shape.batch, shape.outputs);
    const Slot<float> weights = layout.Reserve<float>(static_cast<size_t>(panels_.size()) + kSlack);
    arena_ = Arena(layout);
    x_ = {arena_.At(x), PaddedStride(shape.inputs)};
    y_ = {arena_.At(y), PaddedStride(shape.outputs)};
    weights_ = arena_.At(weights);
    Fill(x_, shape.batch, shape.inputs, 1);
    Fill(y_, shape.batch, shape.outputs, 2);
    for (int64_t k = 0; k < panels_.depth; ++k) {
      for (int64_t j = 0; j < panels_.columns; ++j) {
        weights_[panels_.Index(k, j)] = Value(k * panels_.columns + j, 3);
      }
    }
  }

  double Operations() const {
    return 2.0 * static_cast<double>(shape_.batch) * static_cast<double>(shape_.inputs) *
           static_cast<double>(shape_.outputs);
  }

  void Run(ThreadPool& pool) {
    if (form_ == GemmForm::kWeightGradient) {
      RunWeightGradient(pool);
    } else if (form_ == GemmForm::kForward) {
      RunRows(pool, x_, y_);
    } else {
      RunRows(pool, y_, x_);
    }
  }

  // The largest error over some elements, relative to the sum of the magnitudes. Runs the product.
  double MaxError(ThreadPool& pool) {
    // The operands that the product overwrites are read before.
    const std::vector<float> x = Copy(x_, shape_.batch, shape_.inputs);
    const std::vector<float> y = Copy(y_, shape_.batch, shape_.outputs);
    const std::vector<float> weights(weights_, weights_ + panels_.size());
    Run(pool);
    const int64_t rows = form_ == GemmForm::kWeightGradient ? shape_.inputs : shape_.batch;
    const int64_t columns = panels_.columns;
    double worst = 0;
    for (int64_t n = 0; n < 64; ++n) {
      const int64_t i = n * 7919 % rows;
      const int64_t j = n * 104729 % columns;
      worst = std::max(worst, Error(x, y, weights, i, j));
    }
    return worst;
  }

 private:
  static float Value(int64_t index, int seed) {
    return static_cast<float>(std::sin(static_cast<double>(index) * 0.7 + seed));
  }

  static void Fill(const Matrix& matrix, int64_t rows, int64_t columns, int seed) {
    for (int64_t i = 0; i < rows; ++i) {
      for (int64_t j = 0; j < columns; ++j) {
        matrix.data[i * matrix.stride + j] = Value(i * columns + j, seed);
      }
    }
  }

  static std::vector<float> Copy(const Matrix& matrix, int64_t rows, int64_t columns) {
    std::vector<float> copy;
    copy.reserve(static_cast<size_t>(rows * columns));
    for (int64_t i = 0; i < rows; ++i) {
      const float* row = matrix.data + i * matrix.stride;
      copy.insert(copy.end(), row, row + columns);
    }
    return copy;
  }

  double Error(const std::vector<float>& x, const std::vector<float>& y,
               const std::vector<float>& weights, int64_t i, int64_t j) const {
    const bool weight_gradient = form_ == GemmForm::kWeightGradient;
    const int64_t depth = weight_gradient ? shape_.batch : panels_.depth;
    const std::vector<float>& a = form_ == GemmForm::kInputGradient ? y : x;
    double sum = 0;
    double magnitude = 0;
    for (int64_t k = 0; k < depth; ++k) {
      const int64_t at_a = weight_gradient ? k * shape_.inputs + i : i * depth + k;
      const double b = weight_gradient ? y[static_cast<size_t>(k * shape_.outputs + j)]
                                       : weights[static_cast<size_t>(panels_.Index(k, j))];
      const double product = static_cast<double>(a[static_cast<size_t>(at_a)]) * b;
      sum += product;
      magnitude += std::abs(product);
    }
    const Matrix& c = form_ == GemmForm::kForward ? y_ : x_;
    const float result = weight_gradient ? weights_[panels_.Index(i, j)] : c.data[i * c.stride + j];
    return std::abs(sum - static_cast<double>(result)) / std::max(magnitude, 1e-30);
  }

  // C (batch, columns) = A * panels
  void RunRows(ThreadPool& pool, const Matrix& a, const Matrix& c) {
    const int64_t panels = panels_.panels();
    const int64_t threads = pool.size();
    const int64_t wanted = threads == 1 ? 1 : (threads * kTasksPerThread + panels - 1) / panels;
    const int64_t blocks = CachedBlocks(shape_.batch, panels_.depth);
    const int64_t parts =
        std::clamp<int64_t>(shape_.batch / kRowsInDenseTask, 1, std::max(wanted, blocks));
    pool.Run(panels * parts, [&](int64_t task, int) {
      const Panel panel = panels_.PanelAt(blocks > 1 ? task % panels : task / parts);
      const int64_t part = blocks > 1 ? task / panels : task % parts;
      const int64_t first = shape_.batch * part / parts;
      GemmPanel g;
      g.rows = shape_.batch * (part + 1) / parts - first;
      g.depth = panels_.depth;
      g.a = a.data + first * a.stride;
      g.a_row_stride = a.stride;
      g.b = weights_ + panels_.Offset(panel);
      g.b_stride = panels_.Width(panel);
      g.c = c.data + first * c.stride + panel.first_column;
      g.c_stride = c.stride;
      kernels_.panel[panel.vectors - 1](g);
    });
  }

  // dW in panels, a range of inputs and a panel of outputs at a time, packed where the trainer
  // packs.
  void RunWeightGradient(ThreadPool& pool) {
    const int64_t panels = panels_.panels();
    const int64_t ranges = (shape_.inputs + kInputsInRange - 1) / kInputsInRange;
    const bool packs = PacksInFloat32(kernels_, panels_, shape_.batch);
    if (packs) PackGradient(pool);
    const int64_t threads = pool.size();
    const int64_t wanted = threads == 1 ? 1 : (threads * kTasksPerThread + ranges - 1) / ranges;
    const int64_t blocks = CachedBlocks(shape_.batch, panels_.columns);
    const int64_t groups = packs ? std::min(panels, std::max(wanted, blocks)) : panels;
    packed_inputs_.resize(static_cast<size_t>(threads));
    pool.Run(groups * ranges, [&](int64_t task, int thread) {
      const int64_t begin = task % ranges * kInputsInRange;
      const int64_t inputs = std::min(shape_.inputs, begin + kInputsInRange) - begin;
      std::vector<float>& packed = packed_inputs_[static_cast<size_t>(thread)];
      if (packs) {
        packed.resize(static_cast<size_t>(PackedInputs(kInputsInRange, shape_.batch)));
        kernels_.pack_tiles(x_.data + begin, x_.stride, inputs, shape_.batch, packed.data());
      }
      const int64_t group = task / ranges;
      for (int64_t p = panels * group / groups; p < panels * (group + 1) / groups; ++p) {
        const Panel panel = panels_.PanelAt(p);
        const int64_t width = panels_.Width(panel);
        GemmPanel g;
        g.rows = inputs;
        g.depth = shape_.batch;
        g.a = packs ? packed.data() : x_.data + begin;
        g.a_depth_stride = x_.stride;
        g.b = packs ? packed_gradient_.data() + panel.first_column * shape_.batch
                    : y_.data + panel.first_column;
        g.b_stride = packs ? width : y_.stride;
        g.c = weights_ + panels_.Offset(panel) + begin * width;
        g.c_stride = width;
        (packs ? kernels_.packed_panel : kernels_.panel)[panel.vectors - 1](g);
      }
    });
  }

  void PackGradient(ThreadPool& pool) {
    packed_gradient_.resize(static_cast<size_t>(PackedGradient(panels_, shape_.batch)));
    pool.Run(panels_.panels(), [&](int64_t task, int) {
      const Panel panel = panels_.PanelAt(task);
      kernels_.pack_panel(y_.data + panel.first_column, y_.stride, panel.vectors, shape_.batch,
                          packed_gradient_.data() + panel.first_column * shape_.batch);
    });
  }

  const GemmKernels& kernels_;
  GemmForm form_;
  GemmShape shape_;
  PanelShape panels_;
  Arena arena_;
  Matrix x_;
  Matrix y_;
  float* weights_ = nullptr;
  std::vector<float> packed_gradient_;
  std::vector<std::vector<float>> packed_inputs_;  // by thread
};

// Seconds for one product, averaged over as many as fill a slice.
double SecondsPerProduct(GemmCase& gemm, ThreadPool& pool, int64_t count) {
  const Clock::time_point start = Clock::now();
  for (int64_t n = 0; n < count; ++n) gemm.Run(pool);
  return SecondsSince(start) / static_cast<double>(count);
}

}  // namespace

GemmResult MeasureGemm(InstructionSet set, GemmForm form, const GemmShape& shape, int threads,
                       double seconds) {
  constexpr int kPairs = 7;
  ThreadPool pool(threads);
  GemmCase gemm(set, form, shape);
  GemmResult result;
  result.max_error = gemm.MaxError(pool);

  const double slice = seconds / kPairs / 2;
  const double estimate = SecondsPerProduct(gemm, pool, 2);
  const auto count = std::max<int64_t>(2, static_cast<int64_t>(slice / estimate));
  SecondsPerProduct(gemm, pool, count);  // warm-up
  std::vector<double> rates;
  std::vector<double> peaks;
  std::vector<double> shares;
  peaks.push_back(MeasurePeak(set, Precision::kFloat32, threads, slice));
  for (int pair = 0; pair < kPairs; ++pair) {
    rates.push_back(gemm.Operations() / SecondsPerProduct(gemm, pool, count));
    const double before = peaks.back();
    peaks.push_back(MeasurePeak(set, Precision::kFloat32, threads, slice));
    // The higher one: a ceiling that was measured while something disturbed it would flatter.
    const double peak = std::max(before, peaks.back());
    if (peak > 0) shares.push_back(rates.back() / peak);
  }
  result.operations_per_second = Median(rates);
  result.peak = Median(peaks);
  result.share = Median(shares);
  return result;
}

}  // namespace layerwise::bench
