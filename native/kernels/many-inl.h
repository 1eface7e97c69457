// Many small networks at once, compiled once per instruction set.

#include "native/kernels/losses-inl.h"
#include "native/kernels/optimizers-inl.h"

namespace layerwise::LAYERWISE_TARGET {

// A matrix of vectors: element (i, j) at data + i * row + j * column, in vectors.
struct ManyMatrix {
  const float* data;
  int64_t row;
  int64_t column;
  LAYERWISE_INLINE_MEMBER const float* At(int64_t i, int64_t j) const {
    return data + (i * row + j * column) * kLanes;
  }
};

// C (rows, columns) = start + A (rows, depth) B (depth, columns): each element one chain of
// multiply-adds in the order of the depth, as in the product of one network (gemm.h).
struct ManyProduct {
  int64_t rows;
  int64_t depth;
  int64_t columns;
  ManyMatrix a;
  ManyMatrix b;
  const float* start;  // (columns), or null for zeros
  float* c;
};

template <int kRows, int kColumns>
LAYERWISE_INLINE void MultiplyMany(const ManyProduct& p, int64_t row, int64_t column) {
  Vec sum[kRows][kColumns];
  LAYERWISE_UNROLL
  for (int j = 0; j < kColumns; ++j) {
    const Vec start = p.start == nullptr ? Zero() : Load(p.start + (column + j) * kLanes);
    LAYERWISE_UNROLL
    for (int i = 0; i < kRows; ++i) sum[i][j] = start;
  }
  for (int64_t k = 0; k < p.depth; ++k) {
    Vec right[kColumns];
    LAYERWISE_UNROLL
    for (int j = 0; j < kColumns; ++j) right[j] = Load(p.b.At(k, column + j));
    LAYERWISE_UNROLL
    for (int i = 0; i < kRows; ++i) {
      const Vec left = Load(p.a.At(row + i, k));
      LAYERWISE_UNROLL
      for (int j = 0; j < kColumns; ++j) sum[i][j] = MulAdd(left, right[j], sum[i][j]);
    }
  }
  LAYERWISE_UNROLL
  for (int i = 0; i < kRows; ++i) {
    LAYERWISE_UNROLL
    for (int j = 0; j < kColumns; ++j) {
      Store(sum[i][j], p.c + ((row + i) * p.columns + column + j) * kLanes);
    }
  }
}

template <int kRows>
LAYERWISE_INLINE void MultiplyManyRows(const ManyProduct& p, int64_t row) {
  int64_t column = 0;
  for (; column + 4 <= p.columns; column += 4) MultiplyMany<kRows, 4>(p, row, column);
  for (; column + 2 <= p.columns; column += 2) MultiplyMany<kRows, 2>(p, row, column);
  for (; column < p.columns; ++column) MultiplyMany<kRows, 1>(p, row, column);
}

static void MultiplyMany(const ManyProduct& p) {
  constexpr int kTile = kLanes == 16 ? 4 : 2;  // as the registers are
  int64_t row = 0;
  for (; row + kTile <= p.rows; row += kTile) MultiplyManyRows<kTile>(p, row);
  for (; row < p.rows; ++row) MultiplyManyRows<1>(p, row);
}

static void ForwardMany(const ManyDense& l) {
  MultiplyMany({l.rows,
                l.inputs,
                l.units,
                {l.input, l.inputs, 1},
                {l.weights, l.units, 1},
                l.bias,
                l.output});
}

// Four sums, as ColumnSums (gemm-inl.h) has them: what is left of four rows goes to the first.
static void SumRowsOfMany(const ManyDense& l) {
  for (int64_t j = 0; j < l.units; ++j) {
    const ManyMatrix g{l.gradient, l.units, 1};
    Vec sum[4] = {Zero(), Zero(), Zero(), Zero()};
    int64_t row = 0;
    for (; row + 4 <= l.rows; row += 4) {
      LAYERWISE_UNROLL
      for (int s = 0; s < 4; ++s) sum[s] = Add(sum[s], Load(g.At(row + s, j)));
    }
    for (; row < l.rows; ++row) sum[0] = Add(sum[0], Load(g.At(row, j)));
    Store(Add(Add(sum[0], sum[1]), Add(sum[2], sum[3])), l.bias_gradient + j * kLanes);
  }
}

// The same where each lane has rows of its own.
static void SumOwnRowsOfMany(const ManyDense& l) {
  for (int64_t j = 0; j < l.units; ++j) {
    for (int lane = 0; lane < kLanes; ++lane) {
      const float* gradient = l.gradient + j * kLanes + lane;
      const int64_t rows = l.lane_rows[lane];
      float sum[4] = {};
      for (int64_t row = 0; row < rows; ++row) {
        sum[row < rows / 4 * 4 ? row % 4 : 0] += gradient[row * l.units * kLanes];
      }
      l.bias_gradient[j * kLanes + lane] = (sum[0] + sum[1]) + (sum[2] + sum[3]);
    }
  }
}

static void WeightGradientOfMany(const ManyDense& l) {
  MultiplyMany({l.inputs,
                l.rows,
                l.units,
                {l.input, 1, l.inputs},
                {l.gradient, l.units, 1},
                nullptr,
                l.weight_gradient});
  if (l.bias_gradient == nullptr) return;
  if (l.lane_rows == nullptr) {
    SumRowsOfMany(l);
  } else {
    SumOwnRowsOfMany(l);
  }
}

static void InputGradientOfMany(const ManyDense& l) {
  MultiplyMany({l.rows,
                l.units,
                l.inputs,
                {l.gradient, l.units, 1},
                {l.weights, 1, l.units},
                nullptr,
                l.input_gradient});
}

// The sums of what the lanes of a vector would hold where a network has its columns in one: added
// in the order of ReduceSum.
LAYERWISE_INLINE Vec SumAsOneVector(Vec (&parts)[kLanes], int64_t columns) {
  for (int half = kLanes / 2; half > 0; half /= 2) {
    for (int i = 0; i < half && i + half < columns; ++i) parts[i] = Add(parts[i], parts[i + half]);
  }
  return parts[0];
}

LAYERWISE_INLINE void StoreGradient(const ManyLoss& l, int64_t row, int64_t at, Vec gradient) {
  if (l.weights != nullptr) gradient = Mul(gradient, Load(l.weights + row * kLanes));
  Store(gradient, l.gradient + at);
}

LAYERWISE_INLINE void StoreLosses(const ManyLoss& l, int64_t row, const double (&losses)[kLanes]) {
  double* to = l.row_losses + row * kLanes;
  for (int lane = 0; lane < kLanes; ++lane) to[lane] = losses[lane];
  if (l.weights == nullptr) return;
  const float* weights = l.weights + row * kLanes;
  for (int lane = 0; lane < kLanes; ++lane) to[lane] *= static_cast<double>(weights[lane]);
}

// As MeanOfElements (loss_elements-inl.h).
template <class Loss>
void ElementsOfMany(const ManyLoss& all, const float* parameters) {
  const ManyLoss l = all;  // a copy, which storing losses cannot change
  constexpr int64_t kStretch = int64_t{64} * kLanes;
  const double columns = static_cast<double>(l.columns);
  float scales[kLanes];
  for (int lane = 0; lane < kLanes; ++lane) {
    scales[lane] = static_cast<float>(static_cast<double>(l.gradient_scale[lane]) / columns);
  }
  const Vec scale = Load(scales);
  for (int64_t row = 0; row < l.rows; ++row) {
    double losses[kLanes] = {};
    for (int64_t start = 0; start < l.columns; start += kStretch) {
      const int64_t end = start + kStretch < l.columns ? start + kStretch : l.columns;
      Vec parts[kLanes];
      parts[0] = Zero();
      for (int i = 1; i < kLanes && start + i < end; ++i) parts[i] = Zero();
      for (int64_t j = start; j < end; ++j) {
        const int64_t at = (row * l.columns + j) * kLanes;
        const ElementLoss one = Loss::At(Load(l.outputs + at), Load(l.targets + at), parameters);
        Vec& part = parts[(j - start) % kLanes];
        part = Add(part, one.loss);
        if constexpr (Loss::kOutput != nullptr) Store(one.output, l.outputs + at);
        if (l.gradient != nullptr) StoreGradient(l, row, at, Mul(one.gradient, scale));
      }
      float sums[kLanes];
      Store(SumAsOneVector(parts, end - start), sums);
      for (int lane = 0; lane < kLanes; ++lane) losses[lane] += static_cast<double>(sums[lane]);
    }
    for (int lane = 0; lane < kLanes; ++lane) losses[lane] /= columns;
    StoreLosses(l, row, losses);
  }
}

// exp(x - maximum) in the place of the logits of a row, and their sum, as SoftmaxRow has it.
struct SoftmaxOfMany {
  float maximum[kLanes];
  float exponentials[kLanes];
};

static SoftmaxOfMany ActivateRowOfMany(float* logits, int64_t columns) {
  Vec maximum = Load(logits);
  for (int64_t j = 1; j < columns; ++j) maximum = Max(maximum, Load(logits + j * kLanes));
  Vec parts[kLanes];
  parts[0] = Zero();
  for (int i = 1; i < kLanes && i < columns; ++i) parts[i] = Zero();
  for (int64_t j = 0; j < columns; ++j) {
    const Vec e = Exp(Sub(Load(logits + j * kLanes), maximum));
    Store(e, logits + j * kLanes);
    parts[j % kLanes] = Add(parts[j % kLanes], e);
  }
  const Vec sum = SumAsOneVector(parts, columns);
  const Vec inverse = Div(Set(1.0f), sum);
  for (int64_t j = 0; j < columns; ++j) {
    Store(Mul(Load(logits + j * kLanes), inverse), logits + j * kLanes);
  }
  SoftmaxOfMany sums;
  Store(maximum, sums.maximum);
  Store(sum, sums.exponentials);
  return sums;
}

// As CrossEntropyClasses (losses_classes-inl.h).
static void CrossEntropyRowOfMany(const ManyLoss& l, int64_t row, float smoothing) {
  float* outputs = l.outputs + row * l.columns * kLanes;
  const int32_t* classes = l.classes + row * kLanes;
  float logits[kLanes];
  double smoothed[kLanes] = {};
  for (int lane = 0; lane < kLanes; ++lane) {
    logits[lane] = outputs[classes[lane] * kLanes + lane];
    if (smoothing == 0.0f) continue;
    for (int64_t j = 0; j < l.columns; ++j) {
      smoothed[lane] +=
          static_cast<double>(logits[lane]) - static_cast<double>(outputs[j * kLanes + lane]);
    }
    smoothed[lane] *= static_cast<double>(smoothing) / static_cast<double>(l.columns);
  }
  const SoftmaxOfMany sums = ActivateRowOfMany(outputs, l.columns);
  double losses[kLanes];
  for (int lane = 0; lane < kLanes; ++lane) {
    losses[lane] = std::log(static_cast<double>(sums.exponentials[lane])) +
                   (static_cast<double>(sums.maximum[lane]) - static_cast<double>(logits[lane])) +
                   smoothed[lane];
  }
  StoreLosses(l, row, losses);
  if (l.gradient == nullptr) return;
  float* gradient = l.gradient + row * l.columns * kLanes;
  const Vec scale = Load(l.gradient_scale);
  const float share = smoothing / static_cast<float>(l.columns);
  for (int64_t j = 0; j < l.columns; ++j) {
    Store(Mul(Sub(Load(outputs + j * kLanes), Set(share)), scale), gradient + j * kLanes);
  }
  for (int lane = 0; lane < kLanes; ++lane) {
    const int64_t at = classes[lane] * kLanes + lane;
    gradient[at] = (outputs[at] - (1.0f - smoothing + share)) * l.gradient_scale[lane];
  }
  if (l.weights == nullptr) return;
  const Vec weights = Load(l.weights + row * kLanes);
  for (int64_t j = 0; j < l.columns; ++j) {
    Store(Mul(Load(gradient + j * kLanes), weights), gradient + j * kLanes);
  }
}

static void CrossEntropyOfMany(const ManyLoss& l, const float* parameters) {
  for (int64_t row = 0; row < l.rows; ++row) CrossEntropyRowOfMany(l, row, parameters[0]);
}

template <class Optimizer>
void UpdateMany(const ManyUpdate& u) {
  Vec c[kMaxOptimizerConstants];
  for (int i = 0; i < kMaxOptimizerConstants; ++i) c[i] = Load(u.constants + i * kLanes);
  const Mask active = Lt(Zero(), Load(u.active));
  for (int64_t i = 0; i < u.count * kLanes; i += kLanes) {
    Vec state[Optimizer::kStates];
    for (int s = 0; s < Optimizer::kStates; ++s) state[s] = Load(u.states[s] + i);
    const Vec before = Load(u.parameters + i);
    const Vec updated = Optimizer::Update(before, Load(u.gradient + i), state, c);
    Store(IfThenElse(active, updated, before), u.parameters + i);
    for (int s = 0; s < Optimizer::kStates; ++s) {
      Store(IfThenElse(active, state[s], Load(u.states[s] + i)), u.states[s] + i);
    }
  }
}

// In the order of LossTable.
static constexpr ManyLossFunction kManyLosses[] = {&ElementsOfMany<MeanSquaredError>,
                                                   &ElementsOfMany<MeanAbsoluteError>,
                                                   &ElementsOfMany<Huber>,
                                                   &ElementsOfMany<LogCosh>,
                                                   &ElementsOfMany<Quantile>,
                                                   &ElementsOfMany<Poisson>,
                                                   nullptr,  // cosine
                                                   &ElementsOfMany<BinaryCrossEntropy>,
                                                   &ElementsOfMany<Focal>,
                                                   &ElementsOfMany<Hinge>,
                                                   &CrossEntropyOfMany,
                                                   nullptr};  // klDivergence

// In the order of OptimizerTable.
static constexpr ManyUpdateFunction kManyOptimizers[] = {
    &UpdateMany<Sgd>,
    &UpdateMany<NamedMomentum<false>>,
    &UpdateMany<NamedMomentum<true>>,
    &UpdateMany<Adagrad>,
    &UpdateMany<Adadelta>,
    &UpdateMany<RmsProp>,
    &UpdateMany<AdamFamily<AdamKind::kAdam>>,
    &UpdateMany<AdamFamily<AdamKind::kAdamW>>,
    &UpdateMany<AdamFamily<AdamKind::kAmsgrad>>,
    &UpdateMany<Nadam>,
    &UpdateMany<Lion>};

static const ManyKernels& ManyTable() {
  static_assert(sizeof(kManyLosses) / sizeof(kManyLosses[0]) ==
                sizeof(LossTable()) / sizeof(LossRow));
  static_assert(sizeof(kManyOptimizers) / sizeof(kManyOptimizers[0]) ==
                sizeof(OptimizerTable()) / sizeof(OptimizerRow));
  static constexpr ManyKernels kTable{
      kLanes,      &ForwardMany,   &WeightGradientOfMany, &InputGradientOfMany,
      kManyLosses, kManyOptimizers};
  return kTable;
}

}  // namespace layerwise::LAYERWISE_TARGET
