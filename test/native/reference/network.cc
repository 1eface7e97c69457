// The naive network: what each layer does with its inputs and gradients.
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <stdexcept>

#include "test/native/reference/reference.h"

namespace layerwise::reference {
namespace {

Matrix RoundedProduct(const Network& network, Matrix a, Matrix b) {
  if (network.round != nullptr) {
    for (double& value : a.values) value = network.round(value);
    for (double& value : b.values) value = network.round(value);
  }
  return Product(a, b);
}

Matrix WeightsOf(const Network& network, const Layer& layer) {
  if (layer.tied_to < 0) return layer.weights;
  return Transposed(network.layers[static_cast<size_t>(layer.tied_to)].weights);
}

Matrix Scaled(Matrix x, double factor) {
  for (double& value : x.values) value *= factor;
  return x;
}

Matrix DenseForward(const Network& network, const Layer& layer, const Matrix& inputs) {
  Matrix z = RoundedProduct(network, Scaled(inputs, layer.input_factor),
                            Transposed(WeightsOf(network, layer)));
  for (int64_t i = 0; i < z.rows; ++i) {
    for (int64_t j = 0; j < z.columns; ++j) z.At(i, j) += layer.bias[static_cast<size_t>(j)];
  }
  return z;
}

// (x - mean) / sqrt(variance + epsilon)
Matrix Normalised(const Matrix& x, const ColumnStatistics& statistics, double epsilon) {
  Matrix normalised(x.rows, x.columns);
  for (int64_t j = 0; j < x.columns; ++j) {
    const size_t column = static_cast<size_t>(j);
    const double deviation = std::sqrt(statistics.variance[column] + epsilon);
    for (int64_t i = 0; i < x.rows; ++i) {
      normalised.At(i, j) = (x.At(i, j) - statistics.mean[column]) / deviation;
    }
  }
  return normalised;
}

// Of a normalisation that has none, one and zero.
double ScaleOf(const Layer& layer, int64_t column) {
  return layer.weights.values.empty() ? 1 : layer.weights.At(0, column);
}
double ShiftOf(const Layer& layer, int64_t column) {
  return layer.bias.empty() ? 0 : layer.bias[static_cast<size_t>(column)];
}

Matrix BatchNormForward(const Layer& layer, const Matrix& inputs, Mode mode) {
  const bool training = mode == Mode::kTraining && !layer.frozen;
  Matrix u = Normalised(inputs, training ? StatisticsOf(inputs) : layer.running, layer.epsilon);
  for (int64_t i = 0; i < u.rows; ++i) {
    for (int64_t j = 0; j < u.columns; ++j) {
      u.At(i, j) = ScaleOf(layer, j) * u.At(i, j) + ShiftOf(layer, j);
    }
  }
  return u;
}

// The running statistics do not depend on the inputs.
LayerGradients FrozenBatchNormBackward(const Layer& layer, Matrix& gradient) {
  for (int64_t j = 0; j < gradient.columns; ++j) {
    const double variance = layer.running.variance[static_cast<size_t>(j)];
    const double scale = ScaleOf(layer, j) / std::sqrt(variance + layer.epsilon);
    for (int64_t i = 0; i < gradient.rows; ++i) gradient.At(i, j) *= scale;
  }
  return {};
}

// Turns `gradient` from dL/du into dL/dx.
LayerGradients BatchNormBackward(const Layer& layer, const Matrix& inputs, Matrix& gradient) {
  if (layer.frozen) return FrozenBatchNormBackward(layer, gradient);
  const ColumnStatistics statistics = StatisticsOf(inputs);
  const Matrix normalised = Normalised(inputs, statistics, layer.epsilon);
  LayerGradients gradients{Matrix(1, inputs.columns), ColumnSums(gradient)};
  const double rows = static_cast<double>(inputs.rows);
  for (int64_t j = 0; j < inputs.columns; ++j) {
    double& scale_gradient = gradients.weights.At(0, j);
    for (int64_t i = 0; i < inputs.rows; ++i) {
      scale_gradient += gradient.At(i, j) * normalised.At(i, j);
    }
    const size_t column = static_cast<size_t>(j);
    const double deviation = std::sqrt(statistics.variance[column] + layer.epsilon);
    for (int64_t i = 0; i < inputs.rows; ++i) {
      const double through_statistics =
          (gradients.bias[column] + normalised.At(i, j) * scale_gradient) / rows;
      gradient.At(i, j) = ScaleOf(layer, j) / deviation * (gradient.At(i, j) - through_statistics);
    }
  }
  return gradients;
}

double& SlopeAt(Matrix& slopes, int64_t column) {
  return slopes.At(0, slopes.columns == 1 ? 0 : column);
}

// Each column times its factor.
Matrix ScalingForward(const Layer& layer, const Matrix& x) {
  Matrix y = x;
  for (int64_t i = 0; i < x.rows; ++i) {
    for (int64_t j = 0; j < x.columns; ++j) y.At(i, j) *= layer.weights.At(0, j);
  }
  return y;
}

LayerGradients ScalingBackward(const Layer& layer, const Matrix& x, Matrix& gradient) {
  LayerGradients gradients{Matrix(1, x.columns), {}};
  for (int64_t i = 0; i < x.rows; ++i) {
    for (int64_t j = 0; j < x.columns; ++j) {
      gradients.weights.At(0, j) += gradient.At(i, j) * x.At(i, j);
      gradient.At(i, j) *= layer.weights.At(0, j);
    }
  }
  return gradients;
}

Matrix PreluForward(const Layer& layer, const Matrix& x) {
  Matrix slopes = layer.weights;
  Matrix y = x;
  for (int64_t i = 0; i < x.rows; ++i) {
    for (int64_t j = 0; j < x.columns; ++j) {
      if (!(x.At(i, j) > 0)) y.At(i, j) *= SlopeAt(slopes, j);
    }
  }
  return y;
}

// Turns dL/dy into dL/dx.
LayerGradients PreluBackward(const Layer& layer, const Matrix& x, Matrix& gradient) {
  Matrix slopes = layer.weights;
  LayerGradients gradients{Matrix(1, slopes.columns), {}};
  for (int64_t i = 0; i < x.rows; ++i) {
    for (int64_t j = 0; j < x.columns; ++j) {
      if (x.At(i, j) > 0) continue;
      SlopeAt(gradients.weights, j) += gradient.At(i, j) * x.At(i, j);
      gradient.At(i, j) *= SlopeAt(slopes, j);
    }
  }
  return gradients;
}

// The rows of x, normalised as columns of its transpose.
Matrix NormalisedRows(const Matrix& x, double epsilon) {
  const Matrix columns = Transposed(x);
  return Transposed(Normalised(columns, StatisticsOf(columns), epsilon));
}

Matrix LayerNormForward(const Layer& layer, const Matrix& inputs) {
  Matrix u = NormalisedRows(inputs, layer.epsilon);
  for (int64_t i = 0; i < u.rows; ++i) {
    for (int64_t j = 0; j < u.columns; ++j) {
      u.At(i, j) = ScaleOf(layer, j) * u.At(i, j) + ShiftOf(layer, j);
    }
  }
  return u;
}

// Turns `gradient` from dL/du into dL/dx.
LayerGradients LayerNormBackward(const Layer& layer, const Matrix& inputs, Matrix& gradient) {
  const Matrix normalised = NormalisedRows(inputs, layer.epsilon);
  const ColumnStatistics statistics = StatisticsOf(Transposed(inputs));
  LayerGradients gradients{Matrix(1, inputs.columns), ColumnSums(gradient)};
  const double columns = static_cast<double>(inputs.columns);
  for (int64_t i = 0; i < inputs.rows; ++i) {
    double sum = 0;
    double product = 0;
    for (int64_t j = 0; j < inputs.columns; ++j) {
      gradients.weights.At(0, j) += gradient.At(i, j) * normalised.At(i, j);
      gradient.At(i, j) *= ScaleOf(layer, j);
      sum += gradient.At(i, j);
      product += gradient.At(i, j) * normalised.At(i, j);
    }
    const double deviation = std::sqrt(statistics.variance[static_cast<size_t>(i)] + layer.epsilon);
    for (int64_t j = 0; j < inputs.columns; ++j) {
      const double through_statistics = (sum + normalised.At(i, j) * product) / columns;
      gradient.At(i, j) = (gradient.At(i, j) - through_statistics) / deviation;
    }
  }
  return gradients;
}

// The column of the largest of the pieces of unit j.
int64_t LargestPiece(const Matrix& pieces, int64_t i, int64_t j, int64_t count) {
  int64_t largest = j * count;
  for (int64_t p = j * count; p < (j + 1) * count; ++p) {
    if (pieces.At(i, p) > pieces.At(i, largest)) largest = p;
  }
  return largest;
}

Matrix MaxoutForward(const Network& network, const Layer& layer, const Matrix& x) {
  const Matrix pieces = DenseForward(network, layer, x);
  Matrix y(x.rows, pieces.columns / layer.pieces);
  for (int64_t i = 0; i < y.rows; ++i) {
    for (int64_t j = 0; j < y.columns; ++j) {
      y.At(i, j) = pieces.At(i, LargestPiece(pieces, i, j, layer.pieces));
    }
  }
  return y;
}

// dL/dpieces from dL/dy.
Matrix MaxoutGradient(const Network& network, const Layer& layer, const Matrix& x,
                      const Matrix& gradient) {
  const Matrix pieces = DenseForward(network, layer, x);
  Matrix spread(pieces.rows, pieces.columns);
  for (int64_t i = 0; i < gradient.rows; ++i) {
    for (int64_t j = 0; j < gradient.columns; ++j) {
      spread.At(i, LargestPiece(pieces, i, j, layer.pieces)) = gradient.At(i, j);
    }
  }
  return spread;
}

// How far the largest piece of a unit is from the next.
double DistanceBetweenPieces(const Network& network, const Layer& layer, const Matrix& x) {
  const Matrix pieces = DenseForward(network, layer, x);
  double distance = std::numeric_limits<double>::infinity();
  for (int64_t i = 0; i < pieces.rows; ++i) {
    for (int64_t p = 0; p < pieces.columns; ++p) {
      const int64_t largest = LargestPiece(pieces, i, p / layer.pieces, layer.pieces);
      if (p == largest) continue;
      distance = std::min(distance, pieces.At(i, largest) - pieces.At(i, p));
    }
  }
  return distance;
}

bool IsIndex(const Layer& layer, int64_t input) {
  return std::any_of(layer.tables.begin(), layer.tables.end(),
                     [&](const Table& table) { return table.input == input; });
}

// The inputs that are no indices, and behind them the vectors of the levels.
Matrix EmbeddingForward(const Layer& layer, const Matrix& x) {
  int64_t columns = x.columns;
  for (const Table& table : layer.tables) columns += table.vectors.columns - 1;
  Matrix y(x.rows, columns);
  for (int64_t i = 0; i < x.rows; ++i) {
    int64_t to = 0;
    for (int64_t j = 0; j < x.columns; ++j) {
      if (!IsIndex(layer, j)) y.At(i, to++) = x.At(i, j);
    }
    for (const Table& table : layer.tables) {
      const auto level = static_cast<int64_t>(x.At(i, table.input));
      for (int64_t j = 0; j < table.vectors.columns; ++j) {
        y.At(i, to++) = table.vectors.At(level, j);
      }
    }
  }
  return y;
}

double CostOf(const Penalty& penalty, const std::vector<double>& values);
void AddGradientOf(const Penalty& penalty, const std::vector<double>& values,
                   std::vector<double>& gradient);

// The mean over the rows of what their vectors cost.
double CostOfVectors(const Layer& layer, const Matrix& x) {
  double cost = 0;
  for (const Table& table : layer.tables) {
    for (int64_t i = 0; i < x.rows; ++i) {
      const auto level = static_cast<int64_t>(x.At(i, table.input));
      const auto first = table.vectors.values.begin() + level * table.vectors.columns;
      cost += CostOf(layer.vector_penalty, {first, first + table.vectors.columns});
    }
  }
  return cost / static_cast<double>(x.rows);
}

// Turns dL/dy into dL/dx, which is zero for an index.
LayerGradients EmbeddingBackward(const Layer& layer, const Matrix& x, Matrix& gradient) {
  LayerGradients gradients;
  for (const Table& table : layer.tables) {
    gradients.tables.emplace_back(table.vectors.rows, table.vectors.columns);
  }
  Matrix dx(x.rows, x.columns);
  for (int64_t i = 0; i < x.rows; ++i) {
    int64_t from = 0;
    for (int64_t j = 0; j < x.columns; ++j) {
      if (!IsIndex(layer, j)) dx.At(i, j) = gradient.At(i, from++);
    }
    for (size_t t = 0; t < layer.tables.size(); ++t) {
      const Table& table = layer.tables[t];
      const auto level = static_cast<int64_t>(x.At(i, table.input));
      const auto first = table.vectors.values.begin() + level * table.vectors.columns;
      const std::vector<double> vector(first, first + table.vectors.columns);
      std::vector<double> of_penalty(vector.size(), 0.0);
      AddGradientOf(layer.vector_penalty, vector, of_penalty);
      for (int64_t j = 0; j < table.vectors.columns; ++j) {
        gradients.tables[t].At(level, j) +=
            gradient.At(i, from++) +
            of_penalty[static_cast<size_t>(j)] / static_cast<double>(x.rows);
      }
    }
  }
  gradient = dx;
  return gradients;
}

Matrix SlopesOf(const Layer& layer, const Matrix& z) {
  Matrix ones = z;
  for (double& value : ones.values) value = 1;
  return ActivationGradient(layer.activation, z, ones);
}

double NormSquared(const Layer& layer, int64_t unit) {
  double sum = 0;
  for (int64_t k = 0; k < layer.weights.columns; ++k) {
    sum += layer.weights.At(unit, k) * layer.weights.At(unit, k);
  }
  return sum;
}

// The mean over the rows of the squared norm of the Jacobian, times its factor.
double CostOfJacobian(const Layer& layer, const Matrix& z) {
  if (layer.contraction == 0) return 0;
  const Matrix slopes = SlopesOf(layer, z);
  double sum = 0;
  for (int64_t i = 0; i < z.rows; ++i) {
    for (int64_t j = 0; j < z.columns; ++j) {
      sum += slopes.At(i, j) * slopes.At(i, j) * NormSquared(layer, j);
    }
  }
  return layer.contraction * sum / static_cast<double>(z.rows);
}

// Adds to the gradient of z what comes of the penalty; returns that of the weights.
Matrix JacobianBackward(const Layer& layer, const Matrix& z, Matrix& gradient) {
  Matrix of_weights(layer.weights.rows, layer.weights.columns);
  if (layer.contraction == 0) return of_weights;
  const Matrix slopes = SlopesOf(layer, z);
  const Matrix curvature = Curvature(layer.activation, z);
  const double scale = 2.0 * layer.contraction / static_cast<double>(z.rows);
  for (int64_t i = 0; i < z.rows; ++i) {
    for (int64_t j = 0; j < z.columns; ++j) {
      const double slope = slopes.At(i, j);
      gradient.At(i, j) += scale * slope * curvature.At(i, j) * NormSquared(layer, j);
      for (int64_t k = 0; k < of_weights.columns; ++k) {
        of_weights.At(j, k) += scale * slope * slope * layer.weights.At(j, k);
      }
    }
  }
  return of_weights;
}

double CostOf(const Penalty& penalty, const std::vector<double>& values) {
  double cost = 0;
  for (const double w : values) cost += penalty.l1 * std::fabs(w) + penalty.l2 * w * w;
  return cost;
}

void AddGradientOf(const Penalty& penalty, const std::vector<double>& values,
                   std::vector<double>& gradient) {
  if (penalty.l1 == 0 && penalty.l2 == 0) return;
  for (size_t i = 0; i < gradient.size(); ++i) {
    const double sign = values[i] > 0 ? 1.0 : values[i] < 0 ? -1.0 : 0.0;
    gradient[i] += penalty.l1 * sign + 2.0 * penalty.l2 * values[i];
  }
}

// How far parameters are from where their absolute value bends.
double DistanceFromZero(const Penalty& penalty, const std::vector<double>& values) {
  double distance = std::numeric_limits<double>::infinity();
  if (penalty.l1 == 0) return distance;
  for (const double w : values) distance = std::min(distance, w == 0 ? distance : std::fabs(w));
  return distance;
}

// The gradients of tied layers go to the weights' own layer.
void AddGradientsOfTied(const Network& network, std::vector<LayerGradients>& gradients) {
  for (size_t l = 0; l < network.layers.size(); ++l) {
    if (network.layers[l].tied_to < 0) continue;
    const Matrix transposed = Transposed(gradients[l].weights);
    Matrix& own = gradients[static_cast<size_t>(network.layers[l].tied_to)].weights;
    for (size_t i = 0; i < own.values.size(); ++i) own.values[i] += transposed.values[i];
    gradients[l].weights = {};
  }
}

// The layers of [begin, end) that are not within others of them.
std::vector<size_t> Outermost(const Network& network, size_t begin, size_t end) {
  std::vector<size_t> layers;
  for (size_t l = begin; l < end; l += 1 + network.layers[l].inner_layers) layers.push_back(l);
  return layers;
}

void AddTo(Matrix& sum, const Matrix& other) {
  for (size_t i = 0; i < sum.values.size(); ++i) sum.values[i] += other.values[i];
}

// Turns `gradient` from dL/dz into dL/dx.
LayerGradients DenseBackward(const Network& network, const Layer& layer, const Matrix& x,
                             const Matrix& z, Matrix& gradient) {
  const Matrix of_jacobian = JacobianBackward(layer, z, gradient);
  LayerGradients gradients{
      RoundedProduct(network, Transposed(gradient), Scaled(x, layer.input_factor)),
      ColumnSums(gradient)};
  if (layer.contraction != 0) AddTo(gradients.weights, of_jacobian);
  gradient =
      Scaled(RoundedProduct(network, gradient, WeightsOf(network, layer)), layer.input_factor);
  return gradients;
}

LayerGradients MaxoutBackward(const Network& network, const Layer& layer, const Matrix& x,
                              const Matrix& z, Matrix& gradient) {
  gradient = MaxoutGradient(network, layer, x, gradient);
  return DenseBackward(network, layer, x, z, gradient);
}

// The twin of a type of layer.
struct LayerTwin {
  const char* type;
  // What the layer gives to its activation, z, from its input x. Null: the input.
  std::function<Matrix(const Network&, const Layer&, const Matrix& x, Mode)> forward;
  // Turns dL/dz into dL/dx. Null: it is the same.
  std::function<LayerGradients(const Network&, const Layer&, const Matrix& x, const Matrix& z,
                               Matrix& gradient)>
      backward;
  // How far x is from where the derivative jumps. Null: it never does.
  std::function<double(const Network&, const Layer&, const Matrix& x)> distance_from_kinks;
};

// Heads have a twin each, and a penalty on the Jacobian is one of the dense layer before it. Random
// layers and other penalties have none: plan/random_layers.cc differentiates the plan itself.
const LayerTwin kLayerTwins[] = {
    {"dense",
     [](auto& network, auto& layer, auto& x, Mode) { return DenseForward(network, layer, x); },
     DenseBackward, nullptr},
    {"maxout",
     [](auto& network, auto& layer, auto& x, Mode) { return MaxoutForward(network, layer, x); },
     MaxoutBackward, DistanceBetweenPieces},
    {"batchNorm",
     [](auto&, auto& layer, auto& x, Mode mode) { return BatchNormForward(layer, x, mode); },
     [](auto&, auto& layer, auto& x, auto&, auto& gradient) {
       return BatchNormBackward(layer, x, gradient);
     },
     nullptr},
    {"layerNorm", [](auto&, auto& layer, auto& x, Mode) { return LayerNormForward(layer, x); },
     [](auto&, auto& layer, auto& x, auto&, auto& gradient) {
       return LayerNormBackward(layer, x, gradient);
     },
     nullptr},
    {"prelu", [](auto&, auto& layer, auto& x, Mode) { return PreluForward(layer, x); },
     [](auto&, auto& layer, auto& x, auto&, auto& gradient) {
       return PreluBackward(layer, x, gradient);
     },
     [](auto&, auto&, auto& x) {
       return DistanceFromKinks({"relu", {}}, x);
     }},
    {"scaling", [](auto&, auto& layer, auto& x, Mode) { return ScalingForward(layer, x); },
     [](auto&, auto& layer, auto& x, auto&, auto& gradient) {
       return ScalingBackward(layer, x, gradient);
     },
     nullptr},
    {"embedding", [](auto&, auto& layer, auto& x, Mode) { return EmbeddingForward(layer, x); },
     [](auto&, auto& layer, auto& x, auto&, auto& gradient) {
       return EmbeddingBackward(layer, x, gradient);
     },
     nullptr},
    {"activation", nullptr, nullptr, nullptr},
    {"residual", nullptr, nullptr, nullptr},
    {"heads", nullptr, nullptr, nullptr},
    {"contractivePenalty", nullptr, nullptr, nullptr},
};

const LayerTwin& TwinOf(const Layer& layer) {
  for (const LayerTwin& twin : kLayerTwins) {
    if (layer.type == twin.type) return twin;
  }
  throw std::invalid_argument("no twin of " + layer.type);
}

bool IsBlock(const Layer& layer) { return layer.inner_layers > 0; }

bool Projects(const Layer& block) { return !block.weights.values.empty(); }

Matrix ForwardThrough(const Network& network, size_t begin, size_t end, Matrix x, Mode mode,
                      Trace& trace) {
  for (const size_t l : Outermost(network, begin, end)) {
    const Layer& layer = network.layers[l];
    trace.inputs[l] = x;
    if (IsBlock(layer)) {
      Matrix sum = ForwardThrough(network, l + 1, l + 1 + layer.inner_layers, x, mode, trace);
      AddTo(sum, Projects(layer) ? RoundedProduct(network, x, Transposed(layer.weights)) : x);
      trace.before[l] = sum;
    } else {
      const LayerTwin& twin = TwinOf(layer);
      trace.before[l] = twin.forward ? twin.forward(network, layer, x, mode) : x;
    }
    x = Activate(layer.activation, trace.before[l]);
  }
  return x;
}

// Turns `gradient` from that of the outputs of layers [begin, end) into that of their inputs; where
// the loss has taken the logits it is that of the logits.
void BackwardThrough(const Network& network, size_t begin, size_t end, const Trace& trace,
                     bool is_of_logits, Matrix& gradient, std::vector<LayerGradients>& gradients) {
  const std::vector<size_t> layers = Outermost(network, begin, end);
  for (size_t i = layers.size(); i-- > 0;) {
    const size_t l = layers[i];
    const Layer& layer = network.layers[l];
    const bool is_after_activation = !(is_of_logits && i + 1 == layers.size());
    if (is_after_activation) {
      gradient = ActivationGradient(layer.activation, trace.before[l], gradient);
    }
    if (!IsBlock(layer)) {
      const LayerTwin& twin = TwinOf(layer);
      if (!twin.backward) continue;
      gradients[l] = twin.backward(network, layer, trace.inputs[l], trace.before[l], gradient);
      continue;
    }
    Matrix skipped = gradient;
    if (Projects(layer)) {
      gradients[l].weights = RoundedProduct(network, Transposed(gradient), trace.inputs[l]);
      skipped = RoundedProduct(network, gradient, layer.weights);
    }
    BackwardThrough(network, l + 1, l + 1 + layer.inner_layers, trace, false, gradient, gradients);
    AddTo(gradient, skipped);
  }
}

LossResult LossOf(const Trace& trace, const Function& loss, const Matrix& targets) {
  return Loss(loss, TakesLogits(loss.name) ? trace.logits : trace.outputs, targets);
}

}  // namespace

Trace Forward(const Network& network, const Matrix& inputs, Mode mode) {
  Trace trace;
  trace.inputs.resize(network.layers.size());
  trace.before.resize(network.layers.size());
  trace.outputs = ForwardThrough(network, 0, network.layers.size(), inputs, mode, trace);
  trace.logits = trace.before[Outermost(network, 0, network.layers.size()).back()];
  return trace;
}

double MeanLoss(const Network& network, const Function& loss, const Matrix& inputs,
                const Matrix& targets, Mode mode) {
  const Trace trace = Forward(network, inputs, mode);
  const LossResult result = LossOf(trace, loss, targets);
  double sum = 0;
  for (const double row : result.row_losses) sum += row;
  double penalties = 0;
  for (size_t l = 0; l < network.layers.size(); ++l) {
    const Layer& layer = network.layers[l];
    penalties += CostOfJacobian(layer, trace.before[l]);
    penalties += CostOf(layer.weight_penalty, layer.weights.values);
    penalties += CostOf(layer.bias_penalty, layer.bias);
    penalties += CostOfVectors(layer, trace.inputs[l]);
  }
  return sum / static_cast<double>(inputs.rows) + penalties;
}

double DistanceFromKinks(const Network& network, const Trace& trace) {
  double distance = std::numeric_limits<double>::infinity();
  for (size_t l = 0; l < network.layers.size(); ++l) {
    const Layer& layer = network.layers[l];
    distance = std::min(distance, DistanceFromKinks(layer.activation, trace.before[l]));
    const LayerTwin& twin = TwinOf(layer);
    if (twin.distance_from_kinks) {
      distance = std::min(distance, twin.distance_from_kinks(network, layer, trace.inputs[l]));
    }
    distance = std::min(distance, DistanceFromZero(layer.weight_penalty, layer.weights.values));
    distance = std::min(distance, DistanceFromZero(layer.bias_penalty, layer.bias));
  }
  return distance;
}

std::vector<LayerGradients> Gradients(const Network& network, const Function& loss,
                                      const Matrix& inputs, const Matrix& targets) {
  const Trace trace = Forward(network, inputs);
  std::vector<LayerGradients> gradients(network.layers.size());
  Matrix gradient = LossOf(trace, loss, targets).gradient;
  for (double& value : gradient.values) value /= static_cast<double>(inputs.rows);
  BackwardThrough(network, 0, network.layers.size(), trace, TakesLogits(loss.name), gradient,
                  gradients);
  AddGradientsOfTied(network, gradients);
  for (size_t l = 0; l < network.layers.size(); ++l) {
    const Layer& layer = network.layers[l];
    AddGradientOf(layer.weight_penalty, layer.weights.values, gradients[l].weights.values);
    AddGradientOf(layer.bias_penalty, layer.bias, gradients[l].bias);
  }
  return gradients;
}

}  // namespace layerwise::reference
