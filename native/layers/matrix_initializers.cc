#include "native/layers/matrix_initializers.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace layerwise {
namespace {

// Indices of the random stream beyond those of elements.
constexpr uint64_t kBeyondElements = uint64_t{1} << 40;

// A vector shorter than this share of what was drawn is lost in rounding: draw another.
constexpr double kDegenerate = 1e-10;

using Vector = std::vector<double>;

// Several sums in turn, so that the processor need not wait for one addition after the other.
double Dot(const Vector& a, const Vector& b) {
  constexpr size_t kSums = 8;
  std::array<double, kSums> sums{};
  size_t k = 0;
  for (; k + kSums <= a.size(); k += kSums) {
    for (size_t i = 0; i < kSums; ++i) sums[i] += a[k + i] * b[k + i];
  }
  for (size_t i = 0; k + i < a.size(); ++i) sums[i] += a[k + i] * b[k + i];
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

Vector Draw(const InitializerContext& context, size_t index, size_t length, uint64_t attempt) {
  Vector vector(length);
  const uint64_t start = attempt * kBeyondElements + index * length;
  for (size_t k = 0; k < length; ++k) {
    vector[k] = static_cast<double>(context.stream.Normal(start + k));
  }
  return vector;
}

// Takes away what lies along the basis. Done twice, as once leaves rounding errors behind.
void Project(const std::vector<Vector>& basis, Vector& vector) {
  for (int pass = 0; pass < 2; ++pass) {
    for (const Vector& other : basis) {
      const double along = Dot(other, vector);
      for (size_t k = 0; k < vector.size(); ++k) vector[k] -= along * other[k];
    }
  }
}

std::vector<Vector> OrthonormalVectors(const InitializerContext& context, size_t count,
                                       size_t length) {
  std::vector<Vector> basis;
  while (basis.size() < count) {
    for (uint64_t attempt = 0;; ++attempt) {
      Vector vector = Draw(context, basis.size(), length, attempt);
      const double drawn = std::sqrt(Dot(vector, vector));
      Project(basis, vector);
      const double norm = std::sqrt(Dot(vector, vector));
      if (!(norm > kDegenerate * drawn)) continue;
      for (double& element : vector) element /= norm;
      basis.push_back(std::move(vector));
      break;
    }
  }
  return basis;
}

}  // namespace

void FillOrthogonal(const InitializerContext& context, std::span<float> values) {
  const auto rows = static_cast<size_t>(context.rows);
  const auto columns = static_cast<size_t>(context.columns);
  const bool is_wide = rows < columns;
  const std::vector<Vector> basis =
      OrthonormalVectors(context, std::min(rows, columns), std::max(rows, columns));
  for (size_t i = 0; i < rows; ++i) {
    for (size_t j = 0; j < columns; ++j) {
      const double element = is_wide ? basis[i][j] : basis[j][i];
      values[i * columns + j] = static_cast<float>(context.parameters[0] * element);
    }
  }
}

void FillSparse(const InitializerContext& context, std::span<float> values) {
  const auto rows = static_cast<size_t>(context.rows);
  const auto columns = static_cast<size_t>(context.columns);
  const auto zeros =
      static_cast<size_t>(std::ceil(context.parameters[0] * static_cast<double>(context.rows)));
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] =
        static_cast<float>(context.parameters[1] * static_cast<double>(context.stream.Normal(i)));
  }
  std::vector<size_t> order(rows);
  for (size_t j = 0; j < columns; ++j) {
    std::iota(order.begin(), order.end(), size_t{0});
    // The first places of a Fisher-Yates shuffle.
    for (size_t k = 0; k < zeros; ++k) {
      const auto left = static_cast<uint32_t>(rows - k);
      std::swap(order[k], order[k + context.stream.Below(kBeyondElements + j * rows + k, left)]);
      values[order[k] * columns + j] = 0.0f;
    }
  }
}

}  // namespace layerwise
