// Naive twins of the kernels in double precision, and a naive network made of them: what the fast
// code is proved against. For tests only; written to be obviously right, not fast.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace layerwise::reference {

struct Matrix {
  int64_t rows = 0;
  int64_t columns = 0;
  std::vector<double> values;  // row by row

  Matrix() = default;
  Matrix(int64_t row_count, int64_t column_count)
      : rows(row_count),
        columns(column_count),
        values(static_cast<size_t>(row_count * column_count), 0.0) {}

  double& At(int64_t i, int64_t j) { return values[static_cast<size_t>(i * columns + j)]; }
  double At(int64_t i, int64_t j) const { return values[static_cast<size_t>(i * columns + j)]; }
};

Matrix Product(const Matrix& a, const Matrix& b);
Matrix Transposed(const Matrix& m);
std::vector<double> ColumnSums(const Matrix& m);

// A row of one of the tables, by the name under which it is registered. The functions below throw
// std::invalid_argument for a name that has no twin here.
struct Function {
  std::string name;
  std::vector<double> parameters;  // in the order of the row's info
};

// f(x) by the formula in the row of the activation.
Matrix Activate(const Function& activation, const Matrix& x);
// dL/dx from dL/df(x).
Matrix ActivationGradient(const Function& activation, const Matrix& x, const Matrix& df);
// f''(x) of elements, by differences of the derivative.
Matrix Curvature(const Function& activation, const Matrix& x);
// The least distance of an element of x from a place where the derivative may jump; elements that
// lie exactly there do not count.
double DistanceFromKinks(const Function& activation, const Matrix& x);

// Whether a loss takes the inputs of the output layer's activation (logits) rather than its
// outputs.
bool TakesLogits(const std::string& loss);

struct LossResult {
  std::vector<double> row_losses;
  Matrix gradient;  // of each row's loss by what came in
};
LossResult Loss(const Function& loss, const Matrix& inputs, const Matrix& targets);

// Targets of 0 and 1 from class indices.
Matrix OneHot(const std::vector<int32_t>& classes, int64_t columns);

// What an optimizer keeps for one parameter, in the order of its row.
struct OptimizerState {
  double values[3] = {};
};
OptimizerState StartOf(const Function& optimizer);
// One step of one parameter; `step` counts from 1.
double Update(const Function& optimizer, int64_t step, double parameter, double gradient,
              OptimizerState& state);

// The mean and the (biased) variance of each column.
struct ColumnStatistics {
  std::vector<double> mean;
  std::vector<double> variance;
};
ColumnStatistics StatisticsOf(const Matrix& x);

// Added to the loss: l1 sum |w| + l2 sum w^2.
struct Penalty {
  double l1 = 0;
  double l2 = 0;
};

// Learned vectors of the levels of an input.
struct Table {
  int64_t first_row = 0;  // by which it is known among all
  int64_t input = 0;
  Matrix vectors;  // (levels, units)
};

struct Layer {
  std::string type = "dense";
  // (units, inputs) of what is multiplied by; (1, columns) or (1, 1) of factors on columns; empty
  // where there is neither.
  Matrix weights;
  int64_t pieces = 1;        // maxout
  size_t inner_layers = 0;   // residual block: so many of those behind it are within it
  std::vector<double> bias;  // (units) or (columns), or empty
  Function activation{"linear", {}};
  int64_t tied_to = -1;     // dense: the layer whose weights it takes transposed
  double input_factor = 1;  // dense: of its inputs, where it divides them
  double contraction = 0;   // dense: the factor on the squared norm of its Jacobian
  Penalty weight_penalty;
  Penalty bias_penalty;
  double epsilon = 0;         // batch normalisation
  ColumnStatistics running;   // the same, for predictions
  bool frozen = false;        // the same, to be used while training as well
  std::vector<Table> tables;  // embedding
  Penalty vector_penalty;     // of the vectors of each row
};

struct Network {
  std::vector<Layer> layers;
  // Applied to both factors of every product of dense layers, where there is one.
  double (*round)(double) = nullptr;
};

// While training, batch normalisation uses the statistics of the batch.
enum class Mode { kTraining, kPrediction };

struct Trace {
  std::vector<Matrix> inputs;  // of every layer
  std::vector<Matrix> before;  // of every layer's activation
  Matrix logits;               // before the activation of the last layer that is in no block
  Matrix outputs;
};
Trace Forward(const Network& network, const Matrix& inputs, Mode mode = Mode::kTraining);

// The mean over the rows, with the penalties on parameters.
double MeanLoss(const Network& network, const Function& loss, const Matrix& inputs,
                const Matrix& targets, Mode mode = Mode::kTraining);

struct LayerGradients {
  Matrix weights;
  std::vector<double> bias;
  std::vector<Matrix> tables{};
};
// The least distance of a value from where the derivative of its layer jumps, as above.
double DistanceFromKinks(const Network& network, const Trace& trace);
// The gradients of the mean loss, for every layer.
std::vector<LayerGradients> Gradients(const Network& network, const Function& loss,
                                      const Matrix& inputs, const Matrix& targets);

}  // namespace layerwise::reference
