#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "test/native/reference/reference.h"

namespace layerwise::reference {
namespace {

struct ElementLoss {
  double loss;
  double gradient;
};

double Sign(double x) { return x > 0 ? 1.0 : x < 0 ? -1.0 : 0.0; }

double Sigmoid(double x) {
  const double e = std::exp(-std::fabs(x));
  return (x < 0 ? e : 1.0) / (1.0 + e);
}

// -t log(sigmoid(x)) - (1 - t) log(1 - sigmoid(x))
double CrossEntropyOfLogit(double x, double t) {
  return std::max(x, 0.0) - x * t + std::log1p(std::exp(-std::fabs(x)));
}

ElementLoss Huber(double e, double delta) {
  if (std::fabs(e) <= delta) return {0.5 * e * e, e};
  return {delta * (std::fabs(e) - 0.5 * delta), delta * Sign(e)};
}

ElementLoss LogCosh(double e) {
  const double size = std::fabs(e);
  if (size > 300) return {size - std::log(2.0), Sign(e)};
  // cosh(e) - 1 = 2 sinh(e / 2)^2 keeps the digits of small errors.
  const double half = std::sinh(0.5 * e);
  return {std::log1p(2.0 * half * half), std::tanh(e)};
}

ElementLoss Focal(double x, double t, double gamma, double alpha) {
  const double yes = Sigmoid(x);
  const double no = Sigmoid(-x);
  const double cross_entropy = CrossEntropyOfLogit(x, t);
  const double wrong = yes * (1 - t) + no * t;
  const double weight = (alpha * t + (1 - alpha) * (1 - t)) * std::pow(wrong, gamma);
  const double slope = gamma * cross_entropy * (1 - 2 * t) * yes * no / std::max(wrong, 1e-300);
  return {weight * cross_entropy, weight * (yes - t + slope)};
}

ElementLoss Hinge(double y, double t, bool squared) {
  const double sign = t > 0 ? 1.0 : -1.0;
  const double margin = std::max(0.0, 1.0 - sign * y);
  const double slope = margin > 0 ? -sign : 0.0;
  return squared ? ElementLoss{margin * margin, 2 * margin * slope} : ElementLoss{margin, slope};
}

struct ElementTwin {
  const char* name;
  ElementLoss (*of)(double y, double t, const double* parameters);
};

const ElementTwin kElements[] = {
    {"meanSquaredError",
     [](double y, double t, const double*) -> ElementLoss {
       return {(y - t) * (y - t), 2.0 * (y - t)};
     }},
    {"meanAbsoluteError",
     [](double y, double t, const double*) -> ElementLoss {
       return {std::fabs(y - t), Sign(y - t)};
     }},
    {"huber", [](double y, double t, const double* p) { return Huber(y - t, p[0]); }},
    {"logCosh", [](double y, double t, const double*) { return LogCosh(y - t); }},
    {"quantile",
     [](double y, double t, const double* p) -> ElementLoss {
       const double slope = y < t ? -p[0] : y > t ? 1.0 - p[0] : 0.0;
       return {slope * (y - t), slope};
     }},
    {"poisson",
     [](double y, double t, const double*) -> ElementLoss {
       return {std::exp(y) - t * y, std::exp(y) - t};
     }},
    {"binaryCrossEntropy",
     [](double x, double t, const double*) -> ElementLoss {
       return {CrossEntropyOfLogit(x, t), Sigmoid(x) - t};
     }},
    {"focal", [](double x, double t, const double* p) { return Focal(x, t, p[0], p[1]); }},
    {"hinge", [](double y, double t, const double* p) { return Hinge(y, t, p[0] != 0); }},
};

LossResult MeanOverColumns(const Matrix& inputs, const Matrix& targets, const ElementTwin& twin,
                           const double* parameters) {
  LossResult result{{}, Matrix(inputs.rows, inputs.columns)};
  const double columns = static_cast<double>(inputs.columns);
  for (int64_t i = 0; i < inputs.rows; ++i) {
    double sum = 0;
    for (int64_t j = 0; j < inputs.columns; ++j) {
      const ElementLoss one = twin.of(inputs.At(i, j), targets.At(i, j), parameters);
      sum += one.loss;
      result.gradient.At(i, j) = one.gradient / columns;
    }
    result.row_losses.push_back(sum / columns);
  }
  return result;
}

// The largest element of a row, and sum_j exp(x_j - largest).
struct RowSums {
  double largest;
  double exponentials;
};

RowSums SumsOfRow(const Matrix& x, int64_t i) {
  RowSums sums{x.At(i, 0), 0.0};
  for (int64_t j = 1; j < x.columns; ++j) sums.largest = std::max(sums.largest, x.At(i, j));
  for (int64_t j = 0; j < x.columns; ++j) sums.exponentials += std::exp(x.At(i, j) - sums.largest);
  return sums;
}

Matrix Softmax(const Matrix& x) {
  Matrix y(x.rows, x.columns);
  for (int64_t i = 0; i < x.rows; ++i) {
    const RowSums sums = SumsOfRow(x, i);
    for (int64_t j = 0; j < x.columns; ++j) {
      y.At(i, j) = std::exp(x.At(i, j) - sums.largest) / sums.exponentials;
    }
  }
  return y;
}

LossResult CrossEntropy(const Matrix& logits, const Matrix& targets, double smoothing) {
  LossResult result{{}, Matrix(logits.rows, logits.columns)};
  const Matrix y = Softmax(logits);
  const auto target = [&](int64_t i, int64_t j) {
    return targets.At(i, j) * (1 - smoothing) + smoothing / static_cast<double>(logits.columns);
  };
  for (int64_t i = 0; i < logits.rows; ++i) {
    const RowSums sums = SumsOfRow(logits, i);
    double loss = 0;
    double total = 0;
    for (int64_t j = 0; j < logits.columns; ++j) {
      // -t log(y)
      loss += target(i, j) * (sums.largest - logits.At(i, j) + std::log(sums.exponentials));
      total += target(i, j);
    }
    for (int64_t j = 0; j < logits.columns; ++j) {
      result.gradient.At(i, j) = total * y.At(i, j) - target(i, j);
    }
    result.row_losses.push_back(loss);
  }
  return result;
}

LossResult KlDivergence(const Matrix& logits, const Matrix& targets) {
  LossResult result = CrossEntropy(logits, targets, 0);
  for (int64_t i = 0; i < logits.rows; ++i) {
    for (int64_t j = 0; j < logits.columns; ++j) {
      const double t = targets.At(i, j);
      if (t > 0) result.row_losses[static_cast<size_t>(i)] += t * std::log(t);
    }
  }
  return result;
}

LossResult Cosine(const Matrix& outputs, const Matrix& targets) {
  LossResult result{{}, Matrix(outputs.rows, outputs.columns)};
  for (int64_t i = 0; i < outputs.rows; ++i) {
    double dot = 0;
    double yy = 0;
    double tt = 0;
    for (int64_t j = 0; j < outputs.columns; ++j) {
      dot += outputs.At(i, j) * targets.At(i, j);
      yy += outputs.At(i, j) * outputs.At(i, j);
      tt += targets.At(i, j) * targets.At(i, j);
    }
    const double y_norm = std::max(std::sqrt(yy), 1e-8);
    const double t_norm = std::max(std::sqrt(tt), 1e-8);
    result.row_losses.push_back(1 - dot / (y_norm * t_norm));
    for (int64_t j = 0; j < outputs.columns; ++j) {
      const double along =
          std::sqrt(yy) < 1e-8 ? 0 : dot * outputs.At(i, j) / (y_norm * y_norm * y_norm * t_norm);
      result.gradient.At(i, j) = along - targets.At(i, j) / (y_norm * t_norm);
    }
  }
  return result;
}

}  // namespace

bool TakesLogits(const std::string& loss) {
  return loss == "binaryCrossEntropy" || loss == "focal" || loss == "crossEntropy" ||
         loss == "klDivergence";
}

LossResult Loss(const Function& loss, const Matrix& inputs, const Matrix& targets) {
  if (loss.name == "crossEntropy") return CrossEntropy(inputs, targets, loss.parameters.at(0));
  if (loss.name == "klDivergence") return KlDivergence(inputs, targets);
  if (loss.name == "cosine") return Cosine(inputs, targets);
  for (const ElementTwin& twin : kElements) {
    if (loss.name == twin.name) {
      return MeanOverColumns(inputs, targets, twin, loss.parameters.data());
    }
  }
  throw std::invalid_argument("losses.cc has no twin of " + loss.name);
}

}  // namespace layerwise::reference
