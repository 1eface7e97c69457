// Sums of blocks against plain loops.
#include "native/kernels/block_sum.h"

#include <cstdint>

#include "test/native/kernels/support.h"

namespace layerwise::testing {
namespace {

const BlockSumKernels& Kernels() { return BlockSumKernelsFor(SelectedInstructionSet()); }

TEST(BlocksAreAddedExactly) {
  Generator random(1);
  for (int64_t columns = 1; columns <= 2 * kMaxLanes + 3; ++columns) {
    for (const int64_t misalignment : kMisalignments) {
      for (const int64_t rows : {1, 2, 5}) {
        const int64_t padded = RoundUp(columns, kMaxLanes);
        const int64_t from_stride = padded + misalignment;
        const int64_t to_stride = padded + kMaxLanes;
        GuardedFloats from(rows * from_stride, misalignment);
        GuardedFloats to(rows * to_stride, misalignment);
        for (int64_t i = 0; i < rows; ++i) {
          random.Fill(from.data() + i * from_stride, padded, -2, 2);
          random.Fill(to.data() + i * to_stride, padded, -2, 2);
        }
        const GuardedFloats before = to;
        Kernels().add({rows, columns, from.data(), from_stride, to.data(), to_stride});
        for (int64_t i = 0; i < rows; ++i) {
          for (int64_t j = 0; j < columns; ++j) {
            const float sum = before[i * to_stride + j] + from[i * from_stride + j];
            EXPECT_TRUE(SameBits(to[i * to_stride + j], sum)) << columns << " columns";
          }
          for (int64_t j = padded; j < to_stride; ++j) EXPECT_TRUE(IsGuard(to[i * to_stride + j]));
        }
        EXPECT_TRUE(from.GuardsAreIntact());
        EXPECT_TRUE(to.GuardsAreIntact());
      }
    }
  }
}

TEST(ABlockIsAddedToItself) {
  GuardedFloats values(2 * kMaxLanes);
  Generator random(2);
  random.Fill(values.data(), values.count(), -2, 2);
  const GuardedFloats before = values;
  Kernels().add({2, kMaxLanes, values.data(), kMaxLanes, values.data(), kMaxLanes});
  for (int64_t i = 0; i < values.count(); ++i) EXPECT_EQ(values[i], 2.0f * before[i]);
}

}  // namespace
}  // namespace layerwise::testing
