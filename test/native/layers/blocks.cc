// How work is cut into parts.
#include "native/layers/blocks.h"

#include <cstdint>

#include "test/native/harness.h"

namespace layerwise::testing {
namespace {

TEST(PartsShareThingsOutEvenly) {
  for (int64_t count = 1; count <= 40; ++count) {
    for (int64_t parts = 1; parts <= count; ++parts) {
      EXPECT_EQ(PartBegin(count, 0, parts), 0);
      EXPECT_EQ(PartBegin(count, parts, parts), count);
      for (int64_t index = 0; index < parts; ++index) {
        const int64_t size = PartBegin(count, index + 1, parts) - PartBegin(count, index, parts);
        EXPECT_TRUE(size == count / parts || size == (count + parts - 1) / parts)
            << count << " things in " << parts << " parts";
      }
    }
  }
}

}  // namespace
}  // namespace layerwise::testing
