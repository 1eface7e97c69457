#include "test/native/reference/reference.h"

namespace layerwise::reference {

Matrix Product(const Matrix& a, const Matrix& b) {
  Matrix c(a.rows, b.columns);
  for (int64_t i = 0; i < a.rows; ++i) {
    for (int64_t k = 0; k < a.columns; ++k) {
      for (int64_t j = 0; j < b.columns; ++j) c.At(i, j) += a.At(i, k) * b.At(k, j);
    }
  }
  return c;
}

Matrix Transposed(const Matrix& m) {
  Matrix result(m.columns, m.rows);
  for (int64_t i = 0; i < m.rows; ++i) {
    for (int64_t j = 0; j < m.columns; ++j) result.At(j, i) = m.At(i, j);
  }
  return result;
}

std::vector<double> ColumnSums(const Matrix& m) {
  std::vector<double> sums(static_cast<size_t>(m.columns), 0.0);
  for (int64_t i = 0; i < m.rows; ++i) {
    for (int64_t j = 0; j < m.columns; ++j) sums[static_cast<size_t>(j)] += m.At(i, j);
  }
  return sums;
}

Matrix OneHot(const std::vector<int32_t>& classes, int64_t columns) {
  Matrix targets(static_cast<int64_t>(classes.size()), columns);
  for (int64_t i = 0; i < targets.rows; ++i) {
    targets.At(i, classes[static_cast<size_t>(i)]) = 1.0;
  }
  return targets;
}

ColumnStatistics StatisticsOf(const Matrix& x) {
  const double rows = static_cast<double>(x.rows);
  ColumnStatistics statistics{ColumnSums(x), std::vector<double>(static_cast<size_t>(x.columns))};
  for (int64_t j = 0; j < x.columns; ++j) {
    const size_t column = static_cast<size_t>(j);
    statistics.mean[column] /= rows;
    for (int64_t i = 0; i < x.rows; ++i) {
      const double difference = x.At(i, j) - statistics.mean[column];
      statistics.variance[column] += difference * difference / rows;
    }
  }
  return statistics;
}

}  // namespace layerwise::reference
