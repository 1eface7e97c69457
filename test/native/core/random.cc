#include "native/core/random.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <set>
#include <vector>

#include "test/native/harness.h"

namespace layerwise {
namespace {

using Words = std::array<uint32_t, 4>;

// The known answers that come with the authors' Random123, for philox4x32 with 10 rounds.
TEST(PhiloxGivesTheKnownAnswers) {
  EXPECT_TRUE(
      (Philox4x32({0, 0, 0, 0}, {0, 0}) == Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_TRUE(
      (Philox4x32({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}) ==
       Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_TRUE(
      (Philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
       Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(StreamsArePureFunctionsOfSeedPurposeIdAndIndex) {
  const RandomStream stream(7, StreamPurpose::kInitializer, 3);
  const RandomStream same(7, StreamPurpose::kInitializer, 3);
  const RandomStream others[] = {{8, StreamPurpose::kInitializer, 3},
                                 {7, StreamPurpose::kShuffle, 3},
                                 {7, StreamPurpose::kInitializer, 4}};
  for (uint64_t i = 0; i < 64; ++i) EXPECT_EQ(stream.Bits(63 - i), same.Bits(63 - i));
  for (const RandomStream& other : others) {
    int equal = 0;
    for (uint64_t i = 0; i < 64; ++i) equal += stream.Bits(i) == other.Bits(i) ? 1 : 0;
    EXPECT_EQ(equal, 0);
  }
}

TEST(StreamsGoOnBeyondFourBillionNumbers) {
  const RandomStream stream(1, StreamPurpose::kNoise, 0);
  std::set<uint32_t> bits;
  for (const uint64_t start :
       {uint64_t{0}, uint64_t{1} << 32, uint64_t{1} << 34, uint64_t{1} << 63}) {
    for (uint64_t i = 0; i < 8; ++i) bits.insert(stream.Bits(start + i));
  }
  EXPECT_EQ(bits.size(), 32);
}

TEST(BlocksHoldFourNumbersInOrder) {
  const RandomStream stream(5, StreamPurpose::kShuffle, 9);
  for (uint64_t block = 0; block < 5; ++block) {
    const Words words = stream.Block(block);
    for (uint64_t i = 0; i < 4; ++i) EXPECT_EQ(words[i], stream.Bits(4 * block + i));
  }
}

struct Moments {
  double mean = 0;
  double variance = 0;
  double skewness = 0;
  double kurtosis = 0;  // 3 for the normal distribution
};

Moments MomentsOf(const std::vector<double>& values) {
  Moments m;
  const auto count = static_cast<double>(values.size());
  for (const double value : values) m.mean += value / count;
  double third = 0;
  double fourth = 0;
  for (const double value : values) {
    const double d = value - m.mean;
    m.variance += d * d / count;
    third += d * d * d / count;
    fourth += d * d * d * d / count;
  }
  m.skewness = third / std::pow(m.variance, 1.5);
  m.kurtosis = fourth / (m.variance * m.variance);
  return m;
}

constexpr size_t kDraws = 200'000;

// Tolerances are five standard errors of the estimate.
TEST(UniformNumbersLieInTheUnitIntervalWithItsMoments) {
  const RandomStream stream(2024, StreamPurpose::kInitializer, 0);
  std::vector<double> values(kDraws);
  for (size_t i = 0; i < kDraws; ++i) values[i] = stream.Uniform(i);
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  EXPECT_GE(*low, 0.0);
  EXPECT_LT(*high, 1.0);
  const Moments m = MomentsOf(values);
  const double root = std::sqrt(static_cast<double>(kDraws));
  EXPECT_NEAR(m.mean, 0.5, 5 * std::sqrt(1.0 / 12) / root);
  EXPECT_NEAR(m.variance, 1.0 / 12, 5 * std::sqrt(1.0 / 180) / root);
}

TEST(NormalNumbersHaveTheMomentsOfTheNormalDistribution) {
  const RandomStream stream(2024, StreamPurpose::kInitializer, 1);
  std::vector<double> values(kDraws);
  for (size_t i = 0; i < kDraws; ++i) values[i] = stream.Normal(i);
  const Moments m = MomentsOf(values);
  const double root = std::sqrt(static_cast<double>(kDraws));
  EXPECT_NEAR(m.mean, 0.0, 5 / root);
  EXPECT_NEAR(m.variance, 1.0, 5 * std::sqrt(2.0) / root);
  EXPECT_NEAR(m.skewness, 0.0, 5 * std::sqrt(6.0) / root);
  EXPECT_NEAR(m.kurtosis, 3.0, 5 * std::sqrt(24.0) / root);
}

// Against the formula with the functions of the standard library.
TEST(NormalNumbersAreBoxMullerOfTheirBits) {
  const RandomStream stream(99, StreamPurpose::kNoise, 2);
  for (uint64_t i = 0; i < 4096; i += 2) {
    const double uniform = (stream.Bits(i) + 1.0) * 0x1p-32;
    const double radius = std::sqrt(-2.0 * std::log(uniform));
    const double angle = stream.Bits(i + 1) * 0x1p-32 * 2.0 * 3.14159265358979323846;
    EXPECT_NEAR(stream.Normal(i), radius * std::cos(angle), 1e-6) << "at " << i;
    EXPECT_NEAR(stream.Normal(i + 1), radius * std::sin(angle), 1e-6) << "at " << i + 1;
  }
}

TEST(BelowStaysBelowAndReachesEveryNumber) {
  const RandomStream stream(3, StreamPurpose::kSplit, 0);
  for (const uint32_t bound : {1U, 2U, 7U, 100U}) {
    std::vector<int> counts(bound, 0);
    const uint64_t draws = 1000 * uint64_t{bound};
    for (uint64_t i = 0; i < draws; ++i) {
      const uint32_t value = stream.Below(i, bound);
      ASSERT_TRUE(value < bound);
      ++counts[value];
    }
    for (const int count : counts) EXPECT_NEAR(count, 1000, 6 * std::sqrt(1000.0));
  }
  for (uint64_t i = 0; i < 100; ++i) EXPECT_LT(stream.Below(i, 0xffffffffU), 0xffffffffU);
}

TEST(PermutationsHoldEveryIndexOnce) {
  for (const size_t size : {0, 1, 2, 3, 4, 5, 8, 63, 1000, 4097}) {
    std::vector<uint32_t> order(size, 77);
    Permutation(RandomStream(11, StreamPurpose::kShuffle, 1), order);
    std::vector<uint32_t> sorted = order;
    std::sort(sorted.begin(), sorted.end());
    for (size_t i = 0; i < size; ++i) EXPECT_EQ(sorted[i], i) << "of " << size;
  }
}

// What was in the list before must not matter: lists are used again in every epoch.
TEST(PermutationsDependOnTheStreamAlone) {
  std::vector<uint32_t> first(100);
  std::vector<uint32_t> again(100, 5);
  std::vector<uint32_t> next(100);
  Permutation(RandomStream(1, StreamPurpose::kShuffle, 1), first);
  Permutation(RandomStream(1, StreamPurpose::kShuffle, 1), again);
  Permutation(RandomStream(1, StreamPurpose::kShuffle, 2), next);
  EXPECT_TRUE(first == again);
  EXPECT_FALSE(first == next);
}

// Each of the 120 orders of five, by a chi-square test: 119 degrees of freedom, a deviation of 180
// has a probability of about 0.0003.
TEST(PermutationsAreUniform) {
  constexpr int kDrawsPerOrder = 200;
  std::vector<int> counts(3125, 0);
  for (uint32_t epoch = 0; epoch < 120 * kDrawsPerOrder; ++epoch) {
    std::vector<uint32_t> order(5);
    Permutation(RandomStream(42, StreamPurpose::kShuffle, epoch), order);
    size_t code = 0;
    for (const uint32_t index : order) code = 5 * code + index;
    ++counts[code];
  }
  double deviation = 0;
  int orders = 0;
  for (const int count : counts) {
    if (count == 0) continue;
    ++orders;
    deviation += std::pow(count - kDrawsPerOrder, 2) / kDrawsPerOrder;
  }
  EXPECT_EQ(orders, 120);
  EXPECT_LT(deviation, 180.0);
}

}  // namespace
}  // namespace layerwise
