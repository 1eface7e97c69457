// Penalties on weights and bounds of their norms against the naive formulas.
#include "native/kernels/regularisation.h"

#include <cmath>
#include <cstdint>

#include "native/kernels/gemm.h"
#include "test/native/kernels/support.h"

namespace layerwise::testing {
namespace {

const RegularisationKernels& Kernels() {
  return RegularisationKernelsFor(SelectedInstructionSet());
}

int64_t Lanes() { return GemmKernelsFor(SelectedInstructionSet()).lanes; }

// A tile of weights, some of them zero, between guards.
struct Tile {
  Tile(int64_t row_count, int vector_count, int64_t misalignment)
      : rows(row_count),
        vectors(vector_count),
        width(vector_count * Lanes()),
        weights(rows * width, misalignment) {
    Generator random(static_cast<uint64_t>(rows * 100 + vectors));
    for (int64_t i = 0; i < rows * width; ++i) {
      weights[i] = random.Integer(0, 4) == 0 ? 0.0f : random.Float(-2, 2);
    }
  }

  double At(int64_t k, int64_t j) const { return static_cast<double>(weights[k * width + j]); }

  int64_t rows;
  int vectors;
  int64_t width;
  GuardedFloats weights;
};

template <typename F>
void ForTiles(F&& fn) {
  for (const int64_t rows : {1, 2, 3, 7, 16, 64}) {
    for (int vectors = 1; vectors <= 3; ++vectors) {
      for (const int64_t misalignment : kMisalignments) {
        fn(Tile(rows, vectors, misalignment), misalignment);
      }
    }
  }
}

GuardedFloats Factors(const Tile& tile, int64_t misalignment) {
  GuardedFloats factors(tile.width, misalignment);
  Generator random(3);
  random.Fill(factors.data(), tile.width, 0, 1);
  return factors;
}

TEST(RegularisationSumsColumns) {
  ForTiles([](const Tile& tile, int64_t misalignment) {
    GuardedFloats absolute(tile.width, misalignment);
    GuardedFloats squares(tile.width, misalignment);
    Kernels().column_sums(tile.weights.data(), tile.rows, tile.vectors, absolute.data(),
                          squares.data());
    for (int64_t j = 0; j < tile.width; ++j) {
      double sum = 0;
      double sum_of_squares = 0;
      for (int64_t k = 0; k < tile.rows; ++k) {
        sum += std::fabs(tile.At(k, j));
        sum_of_squares += tile.At(k, j) * tile.At(k, j);
      }
      EXPECT_LE(RelativeError(static_cast<double>(absolute[j]), sum, 1e-3), 1e-6);
      EXPECT_LE(RelativeError(static_cast<double>(squares[j]), sum_of_squares, 1e-3), 1e-6);
    }
    EXPECT_TRUE(absolute.GuardsAreIntact() && squares.GuardsAreIntact());
  });
}

TEST(RegularisationAddsTheGradientOfPenalties) {
  constexpr double kL1 = 0.25;
  ForTiles([](const Tile& tile, int64_t misalignment) {
    const GuardedFloats factors = Factors(tile, misalignment);
    GuardedFloats gradient(tile.rows * tile.width, misalignment);
    Generator random(8);
    random.Fill(gradient.data(), gradient.count(), -1, 1);
    const GuardedFloats before = gradient;
    Kernels().add_gradient(tile.weights.data(), tile.rows, tile.vectors, static_cast<float>(kL1),
                           factors.data(), gradient.data());
    for (int64_t k = 0; k < tile.rows; ++k) {
      for (int64_t j = 0; j < tile.width; ++j) {
        const int64_t at = k * tile.width + j;
        const double w = tile.At(k, j);
        const double sign = w > 0 ? 1.0 : w < 0 ? -1.0 : 0.0;
        const double added = kL1 * sign + static_cast<double>(factors[j]) * w;
        EXPECT_NEAR(gradient[at], static_cast<double>(before[at]) + added, 1e-6);
        if (w == 0) EXPECT_EQ(gradient[at], before[at]);
      }
    }
    EXPECT_TRUE(gradient.GuardsAreIntact() && tile.weights.GuardsAreIntact());
  });
}

TEST(RegularisationScalesColumns) {
  ForTiles([](Tile tile, int64_t misalignment) {
    const Tile before = tile;
    const GuardedFloats factors = Factors(tile, misalignment);
    Kernels().scale_columns(tile.weights.data(), tile.rows, tile.vectors, factors.data());
    for (int64_t k = 0; k < tile.rows; ++k) {
      for (int64_t j = 0; j < tile.width; ++j) {
        EXPECT_EQ(tile.weights[k * tile.width + j],
                  before.weights[k * tile.width + j] * factors[j]);
      }
    }
    EXPECT_TRUE(tile.weights.GuardsAreIntact());
  });
}

}  // namespace
}  // namespace layerwise::testing
