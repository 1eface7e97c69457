// Random numbers many at a time, and what is made of them.
#include "native/kernels/noise.h"

#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

#include "native/core/random.h"
#include "test/native/kernels/support.h"

namespace layerwise::testing {
namespace {

constexpr NoiseStream kStream{{11, 4}, 3, 17, 1};
constexpr uint32_t kFirstBlock = 160;

const NoiseKernels& Kernels() { return NoiseKernelsFor(SelectedInstructionSet()); }

// Number `index` after kFirstBlock by the definition.
uint32_t NumberAt(int64_t index) {
  const int64_t within = index % kNoiseGroup;
  const int64_t block = index / kNoiseGroup * kBlocksInNoiseGroup + within % kBlocksInNoiseGroup;
  const auto words = Philox4x32(
      {kFirstBlock + static_cast<uint32_t>(block), kStream.step, kStream.layer, kStream.sequence},
      {kStream.key[0], kStream.key[1]});
  return words[static_cast<size_t>(within / kBlocksInNoiseGroup)];
}

TEST(NoiseNumbersArePhilox) {
  std::vector<uint32_t> numbers(5 * kNoiseGroup);
  Kernels().numbers(kStream, kFirstBlock, 5 * kNoiseGroup, numbers.data());
  for (size_t i = 0; i < numbers.size(); ++i) {
    EXPECT_EQ(numbers[i], NumberAt(static_cast<int64_t>(i)));
  }
}

TEST(NoiseReplacesByTheNumberOfAnElement) {
  NoiseReplacement replacement;
  replacement.low_threshold = 0x30000000U;
  replacement.threshold = 0x80000000U;
  replacement.low = -5;
  replacement.high = 6;
  replacement.scale = 2;
  replacement.shift = 0.5;
  for (const int64_t columns : {1, 7, 64, 65, 130, 200}) {
    GuardedFloats x(columns);
    Generator random(2);
    random.Fill(x.data(), columns, -1, 1);
    GuardedFloats y(columns);
    Kernels().replace(kStream, {x.data(), y.data(), columns, kFirstBlock}, replacement);
    for (int64_t j = 0; j < columns; ++j) {
      const uint32_t number = NumberAt(j);
      const float expected = number < replacement.low_threshold ? -5.0f
                             : number < replacement.threshold   ? 6.0f
                                                                : 2.0f * x[j] + 0.5f;
      EXPECT_EQ(y[j], expected);
    }
    EXPECT_TRUE(y.GuardsAreIntact());
  }
}

// Box and Muller's transform in double precision.
double NormalAt(int64_t j) {
  const int64_t within = j % kNoiseGroup;
  const int64_t half = kNoiseGroup / 2;
  const int64_t first = j - within + within % half;
  const double uniform = (NumberAt(first) + 1.0) * 0x1p-32;
  const uint32_t turn = NumberAt(first + half);
  const double quarters = turn >> 30;
  const double rest = (turn & 0x3fffffffU) * 0x1p-30 - 0.5;
  const double angle = (quarters + rest) * std::numbers::pi / 2.0;
  const double radius = std::sqrt(-2.0 * std::log(uniform));
  return radius * (within < half ? std::cos(angle) : std::sin(angle));
}

TEST(NoiseAddsBoxAndMullersNumbers) {
  for (const int64_t columns : {1, 31, 64, 100, 1000}) {
    GuardedFloats x(columns);
    Generator random(2);
    random.Fill(x.data(), columns, -1, 1);
    GuardedFloats y(columns);
    Kernels().add_normal(kStream, {x.data(), y.data(), columns, kFirstBlock}, 0.5f);
    for (int64_t j = 0; j < columns; ++j) {
      const double expected = static_cast<double>(x[j]) + 0.5 * NormalAt(j);
      EXPECT_NEAR(static_cast<double>(y[j]), expected, 1e-5);
    }
    EXPECT_TRUE(y.GuardsAreIntact());
  }
}

TEST(NoiseIsStandardNormal) {
  constexpr int64_t kCount = 64 * 4000;
  const std::vector<float> zeros(kCount, 0.0f);
  std::vector<float> noise(kCount);
  Kernels().add_normal(kStream, {zeros.data(), noise.data(), kCount, 0}, 1.0f);
  double moments[5] = {};
  for (const float value : noise) {
    double power = 1;
    for (double& moment : moments) {
      moment += power / static_cast<double>(kCount);
      power *= static_cast<double>(value);
    }
  }
  // Five standard errors of each moment: sqrt(variance of the power / count).
  const double share = 5.0 / std::sqrt(static_cast<double>(kCount));
  EXPECT_NEAR(moments[1], 0.0, share);
  EXPECT_NEAR(moments[2], 1.0, share * std::sqrt(2.0));
  EXPECT_NEAR(moments[3], 0.0, share * std::sqrt(15.0));
  EXPECT_NEAR(moments[4], 3.0, share * std::sqrt(96.0));
}

}  // namespace
}  // namespace layerwise::testing
