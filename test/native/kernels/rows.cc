// The copies of rows into a batch.
#include "native/kernels/rows.h"

#include <cstdint>
#include <vector>

#include "test/native/kernels/support.h"

namespace layerwise::testing {
namespace {

constexpr int64_t kDataRows = 23;

const RowKernels& Kernels() { return RowKernelsFor(SelectedInstructionSet()); }

int64_t Lanes(int64_t columns) {
  // The widest vector: what a target row may be written up to.
  return RoundUp(columns, kMaxLanes);
}

// A batch of rows: a list of row numbers, or a stretch where there is none.
struct Selection {
  std::vector<uint32_t> rows;
  int64_t first = 0;
  int64_t count = 0;

  int64_t RowAt(int64_t i) const {
    return rows.empty() ? first + i : static_cast<int64_t>(rows[static_cast<size_t>(i)]);
  }
};

Selection RandomSelection(Generator& random, bool shuffled) {
  Selection selection;
  selection.count = random.Integer(0, kDataRows);
  selection.first = random.Integer(0, kDataRows - selection.count);
  if (!shuffled) return selection;
  for (int64_t i = 0; i < selection.count; ++i) {
    selection.rows.push_back(static_cast<uint32_t>(random.Integer(0, kDataRows - 1)));
  }
  return selection;
}

// `more` rows of the list are to be fetched for the next batch.
RowCopy CopyOf(const Selection& selection, int64_t columns, float* to, int64_t to_stride,
               int64_t more = 0) {
  RowCopy copy;
  copy.rows = selection.rows.empty() ? nullptr : selection.rows.data();
  copy.first_row = selection.first;
  copy.count = selection.count - more;
  copy.upcoming = more;
  copy.columns = columns;
  copy.from_stride = columns;
  copy.to = to;
  copy.to_stride = to_stride;
  return copy;
}

// Checks one copied row: its values by `is_right`, then only zeros or untouched memory.
template <typename IsRight>
void CheckRow(const float* row, int64_t columns, int64_t stride, IsRight&& is_right) {
  for (int64_t j = 0; j < columns; ++j) EXPECT_TRUE(is_right(j, row[j])) << "column " << j;
  for (int64_t j = columns; j < stride; ++j) {
    if (j < Lanes(columns)) {
      EXPECT_TRUE(row[j] == 0.0f || IsGuard(row[j])) << "padding at column " << j;
    } else {
      EXPECT_TRUE(IsGuard(row[j])) << "beyond the padding at column " << j;
    }
  }
}

TEST(RowsOfFloatsAreCopiedAndPaddedWithZeros) {
  Generator random(1);
  for (int64_t columns = 1; columns <= 2 * kMaxLanes + 3; ++columns) {
    for (const bool shuffled : {false, true}) {
      const int64_t misalignment = random.Integer(0, 3);
      // Ends with the last value: a read beyond it is an error that the sanitizers see.
      std::vector<float> data(static_cast<size_t>(kDataRows * columns + misalignment));
      random.Fill(data.data(), static_cast<int64_t>(data.size()), -100, 100);
      const float* from = data.data() + misalignment;
      const int64_t stride = Lanes(columns) + random.Integer(0, 5);
      const Selection selection = RandomSelection(random, shuffled);
      GuardedFloats to(selection.count * stride, misalignment);
      Kernels().copy_floats(CopyOf(selection, columns, to.data(), stride), from);
      for (int64_t i = 0; i < selection.count; ++i) {
        const float* source = from + selection.RowAt(i) * columns;
        CheckRow(to.data() + i * stride, columns, stride,
                 [&](int64_t j, float value) { return SameBits(value, source[j]); });
      }
      EXPECT_TRUE(to.GuardsAreIntact());
    }
  }
}

TEST(RowsWithGapsOfZerosAreCopiedAsThoseWithout) {
  Generator random(4);
  for (int64_t columns = 1; columns <= 2 * kMaxLanes + 3; ++columns) {
    const int64_t from_stride = RoundUp(columns, kMaxLanes) + random.Integer(0, 1) * kMaxLanes;
    std::vector<float> data(static_cast<size_t>(kDataRows * from_stride), 0.0f);
    for (int64_t row = 0; row < kDataRows; ++row) {
      random.Fill(data.data() + row * from_stride, columns, -100, 100);
    }
    const int64_t stride = Lanes(columns) + random.Integer(0, 5);
    const Selection selection = RandomSelection(random, true);
    GuardedFloats to(selection.count * stride);
    RowCopy copy = CopyOf(selection, columns, to.data(), stride);
    copy.from_stride = from_stride;
    Kernels().copy_floats(copy, data.data());
    for (int64_t i = 0; i < selection.count; ++i) {
      const float* source = data.data() + selection.RowAt(i) * from_stride;
      CheckRow(to.data() + i * stride, columns, stride,
               [&](int64_t j, float value) { return SameBits(value, source[j]); });
    }
    EXPECT_TRUE(to.GuardsAreIntact());
  }
}

TEST(RowsOfBytesAreScaledAndShifted) {
  Generator random(2);
  for (int64_t columns = 1; columns <= 2 * kMaxLanes + 3; ++columns) {
    for (const bool shuffled : {false, true}) {
      const int64_t misalignment = random.Integer(0, 3);
      std::vector<uint8_t> data(static_cast<size_t>(kDataRows * columns + misalignment));
      for (uint8_t& byte : data) byte = static_cast<uint8_t>(random.Integer(0, 255));
      const uint8_t* from = data.data() + misalignment;
      const float scale = random.Float(-2, 2);
      const float offset = random.Float(-2, 2);
      const int64_t stride = Lanes(columns) + random.Integer(0, 5);
      const Selection selection = RandomSelection(random, shuffled);
      GuardedFloats to(selection.count * stride, misalignment);
      Kernels().copy_bytes(CopyOf(selection, columns, to.data(), stride), from, scale, offset);
      for (int64_t i = 0; i < selection.count; ++i) {
        const uint8_t* source = from + selection.RowAt(i) * columns;
        CheckRow(to.data() + i * stride, columns, stride, [&](int64_t j, float value) {
          const double product = static_cast<double>(source[j]) * static_cast<double>(scale);
          const double exact = product + static_cast<double>(offset);
          // The product may be rounded before the sum.
          return std::fabs(static_cast<double>(value) - exact) <=
                 0x1p-24 * (std::fabs(product) + std::fabs(exact));
        });
      }
      EXPECT_TRUE(to.GuardsAreIntact());
    }
  }
}

TEST(RowsOfTheNextBatchAreFetchedButNotCopied) {
  Generator random(3);
  for (const int64_t columns : {1, 7, 40}) {
    std::vector<float> data(static_cast<size_t>(kDataRows * columns));
    random.Fill(data.data(), static_cast<int64_t>(data.size()), -1, 1);
    Selection selection;
    for (int64_t i = 0; i < kDataRows; ++i) {
      selection.rows.push_back(static_cast<uint32_t>(random.Integer(0, kDataRows - 1)));
    }
    selection.count = kDataRows;
    for (int64_t more = 0; more <= kDataRows; ++more) {
      const int64_t stride = Lanes(columns);
      GuardedFloats to(kDataRows * stride);
      Kernels().copy_floats(CopyOf(selection, columns, to.data(), stride, more), data.data());
      for (int64_t i = 0; i < kDataRows; ++i) {
        const float value = to[i * stride];
        if (i < kDataRows - more) {
          EXPECT_EQ(value, data[static_cast<size_t>(selection.RowAt(i) * columns)]);
        } else {
          EXPECT_TRUE(IsGuard(value)) << more << " more rows";
        }
      }
    }
  }
}

TEST(BytesAsSharesReachExactlyOne) {
  std::vector<uint8_t> bytes(256);
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(i);
  GuardedFloats to(256);
  Selection first_row;
  first_row.count = 1;
  Kernels().copy_bytes(CopyOf(first_row, 256, to.data(), 256), bytes.data(), 1.0f / 255.0f, 0.0f);
  EXPECT_EQ(to[0], 0.0f);
  EXPECT_EQ(to[255], 1.0f);
  for (int64_t i = 1; i < 256; ++i) EXPECT_LT(to[i - 1], to[i]);
}

}  // namespace
}  // namespace layerwise::testing
