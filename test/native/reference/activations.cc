#include "test/native/reference/reference.h"

#include <map>
#include <stdexcept>

#include "native/kernels/activations.h"
#include "test/native/reference/formula.h"

namespace layerwise::reference {
namespace {

[[noreturn]] void ThrowNoTwin(const std::string& name) {
  throw std::invalid_argument("activations.cc has no twin of " + name);
}

// An activation as its row documents it.
struct ActivationTwin {
  ActivationScope scope;
  Formula formula;
};

std::map<std::string, ActivationTwin> ReadActivationTwins() {
  std::map<std::string, ActivationTwin> twins;
  for (const ActivationRow& row : ActivationsFor(InstructionSet::kScalar)) {
    std::vector<std::string> parameters;
    for (const ParameterInfo& parameter : row.info.parameters) {
      parameters.emplace_back(parameter.name);
    }
    twins.emplace(row.info.name, ActivationTwin{row.scope, Formula(row.info.formula, parameters)});
  }
  return twins;
}

const ActivationTwin& TwinOf(const Function& activation) {
  static const std::map<std::string, ActivationTwin> twins = ReadActivationTwins();
  const auto found = twins.find(activation.name);
  if (found == twins.end()) ThrowNoTwin(activation.name);
  return found->second;
}

std::vector<Dual> RowOf(const Matrix& m, int64_t i) {
  std::vector<Dual> row(static_cast<size_t>(m.columns));
  for (int64_t j = 0; j < m.columns; ++j) row[static_cast<size_t>(j)].value = m.At(i, j);
  return row;
}

// Each element's derivative by itself, and its distance from kinks.
Formula::Result DifferentiateElements(const Function& activation, const Matrix& x) {
  std::vector<Dual> elements;
  for (const double value : x.values) elements.push_back({value, 1.0});
  return TwinOf(activation).formula.Evaluate(elements, activation.parameters);
}

// Differentiates by each input of the row in turn.
void DifferentiateRow(const Function& activation, const Matrix& x, const Matrix& df, int64_t i,
                      Matrix& dx) {
  std::vector<Dual> row = RowOf(x, i);
  for (int64_t j = 0; j < x.columns; ++j) {
    Dual& input = row[static_cast<size_t>(j)];
    input.slope = 1;
    const Formula::Result result = TwinOf(activation).formula.Evaluate(row, activation.parameters);
    input.slope = 0;
    for (int64_t k = 0; k < x.columns; ++k) {
      dx.At(i, j) += df.At(i, k) * result.values[static_cast<size_t>(k)].slope;
    }
  }
}

}  // namespace

Matrix Activate(const Function& activation, const Matrix& x) {
  Matrix y(x.rows, x.columns);
  for (int64_t i = 0; i < x.rows; ++i) {
    const std::vector<Dual> values =
        TwinOf(activation).formula.Evaluate(RowOf(x, i), activation.parameters).values;
    for (int64_t j = 0; j < x.columns; ++j) y.At(i, j) = values[static_cast<size_t>(j)].value;
  }
  return y;
}

Matrix ActivationGradient(const Function& activation, const Matrix& x, const Matrix& df) {
  Matrix dx(x.rows, x.columns);
  if (TwinOf(activation).scope == ActivationScope::kRow) {
    for (int64_t i = 0; i < x.rows; ++i) DifferentiateRow(activation, x, df, i, dx);
    return dx;
  }
  const std::vector<Dual> values = DifferentiateElements(activation, x).values;
  for (size_t i = 0; i < values.size(); ++i) dx.values[i] = df.values[i] * values[i].slope;
  return dx;
}

Matrix Curvature(const Function& activation, const Matrix& x) {
  constexpr double kStep = 1e-5;
  const auto slopes_at = [&](double shift) {
    Matrix moved = x;
    for (double& value : moved.values) value += shift;
    Matrix ones = x;
    for (double& value : ones.values) value = 1;
    return ActivationGradient(activation, moved, ones);
  };
  Matrix curvature = slopes_at(kStep);
  const Matrix below = slopes_at(-kStep);
  for (size_t i = 0; i < curvature.values.size(); ++i) {
    curvature.values[i] = (curvature.values[i] - below.values[i]) / (2 * kStep);
  }
  return curvature;
}

double DistanceFromKinks(const Function& activation, const Matrix& x) {
  return DifferentiateElements(activation, x).distance_from_kinks;
}

}  // namespace layerwise::reference
