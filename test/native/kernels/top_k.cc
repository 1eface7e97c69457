// The activation that keeps the largest numbers of a row, beside what every activation is tested
// for.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "native/kernels/activations.h"
#include "test/native/kernels/support.h"

namespace layerwise::testing {
namespace {

std::vector<float> KeepLargest(const std::vector<float>& x, float k) {
  const int64_t stride = RoundUp(static_cast<int64_t>(x.size()), kMaxLanes);
  std::vector<float> y(static_cast<size_t>(stride), std::numeric_limits<float>::max());
  std::copy(x.begin(), x.end(), y.begin());
  for (const ActivationRow& row : ActivationsFor(SelectedInstructionSet())) {
    if (std::string_view(row.info.name) != "topK") continue;
    row.forward({y.data(), y.data(), stride, 1, static_cast<int64_t>(x.size())}, &k);
  }
  y.resize(x.size());
  return y;
}

TEST(TopKKeepsTheLargestOfEveryRow) {
  Generator random(4);
  for (int64_t columns = 1; columns <= 3 * kMaxLanes + 1; ++columns) {
    for (const double reach : {1e-30, 1.0, 1e30}) {
      std::vector<float> x(static_cast<size_t>(columns));
      random.Fill(x.data(), columns, -reach, reach);
      std::vector<float> descending = x;
      std::sort(descending.begin(), descending.end(), [](float a, float b) { return a > b; });
      for (int64_t k = 1; k <= columns; k += 1 + columns / 5) {
        const float least = descending[static_cast<size_t>(k - 1)];
        const std::vector<float> y = KeepLargest(x, static_cast<float>(k));
        for (size_t j = 0; j < x.size(); ++j) {
          EXPECT_EQ(y[j], x[j] < least ? 0.0f : x[j]) << k << " of " << columns;
        }
      }
    }
  }
}

TEST(TopKKeepsEqualNumbersTogether) {
  EXPECT_TRUE(KeepLargest({1, 3, 2, 3, 3}, 2) == std::vector<float>({0, 3, 0, 3, 3}));
  EXPECT_TRUE(KeepLargest({-1, -2, -1, -3}, 3) == std::vector<float>({-1, -2, -1, 0}));
  EXPECT_TRUE(KeepLargest({0.0f, -0.0f, -5}, 1) == std::vector<float>({0, 0, 0}));
}

TEST(TopKTakesInfinitiesAndMoreThanThereAre) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  EXPECT_TRUE(KeepLargest({1, kInfinity, 2}, 1) == std::vector<float>({0, kInfinity, 0}));
  EXPECT_TRUE(KeepLargest({1, -kInfinity, 2}, 2) == std::vector<float>({1, 0, 2}));
  EXPECT_TRUE(KeepLargest({1, -2}, 9) == std::vector<float>({1, -2}));
}

}  // namespace
}  // namespace layerwise::testing
