// Which rows train and which validate: of each class its share; and batches.
#include "native/data/training_rows.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "native/data/batches.h"
#include "native/data/stratified_split.h"
#include "test/native/harness.h"
#include "test/native/kernels/support.h"

namespace layerwise::testing {
namespace {

using Counts = std::vector<int64_t>;

int64_t SumOf(const Counts& counts) {
  return std::accumulate(counts.begin(), counts.end(), int64_t{0});
}

TEST(EachClassSetsItsShareAside) {
  EXPECT_TRUE(RowsToSetAside({100, 50, 50}, 20) == (Counts{10, 5, 5}));
  // Quotas of 3.5, 1.5 and 2: of equal remainders the first class is rounded up.
  EXPECT_TRUE(RowsToSetAside({7, 3, 4}, 7) == (Counts{4, 1, 2}));
  EXPECT_TRUE(RowsToSetAside({1998, 2}, 200) == (Counts{199, 1}));
  EXPECT_TRUE(RowsToSetAside({2, 1998}, 1999) == (Counts{2, 1997}));
}

TEST(ClassesKeepARowOnBothSidesWhereThatIsPossible) {
  EXPECT_TRUE(RowsToSetAside({90, 2, 2, 2, 2, 2}, 10) == (Counts{5, 1, 1, 1, 1, 1}));
  EXPECT_TRUE(RowsToSetAside({90, 2, 2, 2, 2, 2}, 90) == (Counts{85, 1, 1, 1, 1, 1}));
  // Fewer seats than classes: the largest remainders take them.
  EXPECT_TRUE(RowsToSetAside({90, 4, 2, 2, 2}, 2) == (Counts{2, 0, 0, 0, 0}));
}

TEST(AClassOfOneRowTrains) {
  EXPECT_TRUE(RowsToSetAside({1999, 1}, 200) == (Counts{200, 0}));
  EXPECT_TRUE(RowsToSetAside({0, 5, 0}, 2) == (Counts{0, 2, 0}));
  // Unless there are too few others.
  EXPECT_EQ(SumOf(RowsToSetAside({1, 1, 1, 1}, 2)), 2);
  EXPECT_TRUE(RowsToSetAside({1, 3, 1}, 3) == (Counts{1, 2, 0}));
}

TEST(RowsSetAsideAreAsManyAsWantedWhateverTheClasses) {
  Generator random(5);
  for (int round = 0; round < 2000; ++round) {
    Counts rows(static_cast<size_t>(random.Integer(1, 12)));
    for (int64_t& own : rows) own = random.Integer(0, round % 2 == 0 ? 4 : 60);
    const int64_t all = SumOf(rows);
    if (all < 2) continue;
    const int64_t set_aside = random.Integer(1, all - 1);
    const Counts taken = RowsToSetAside(rows, set_aside);
    EXPECT_EQ(SumOf(taken), set_aside);
    const auto shared =
        std::count_if(rows.begin(), rows.end(), [](int64_t own) { return own > 1; });
    const auto single = std::count(rows.begin(), rows.end(), 1);
    for (size_t i = 0; i < rows.size(); ++i) {
      EXPECT_TRUE(taken[i] >= 0 && taken[i] <= rows[i]);
      if (rows[i] < 2) continue;
      if (set_aside >= shared + single) EXPECT_GE(taken[i], 1);
      if (all - set_aside >= shared + single) EXPECT_LT(taken[i], rows[i]);
    }
  }
}

TEST(ManyClassesOfFewRowsAreCutInNoTime) {
  Counts rows(200'000, 1);
  rows.insert(rows.end(), 200'000, 2);
  rows.push_back(2'000'000);
  EXPECT_EQ(SumOf(RowsToSetAside(rows, 300'000)), 300'000);
}

RowClasses Alternating(int64_t rows, int64_t every) {
  RowClasses classes{{}, 2};
  for (int64_t i = 0; i < rows; ++i) classes.of_row.push_back(i % every == 0 ? 1 : 0);
  return classes;
}

std::vector<int64_t> RowsOf(const RowSelection& selection) {
  std::vector<int64_t> rows;
  for (int64_t i = 0; i < selection.count; ++i) rows.push_back(selection.At(i));
  return rows;
}

TEST(StratifiedRowsAreDrawnByTheSeed) {
  const RowClasses classes = Alternating(200, 10);
  const auto draw = [&](uint32_t seed) {
    TrainingRows rows(200, 0.25, seed);
    rows.Split(classes);
    std::vector<int64_t> validation = RowsOf(rows.Validation());
    std::vector<int64_t> all = RowsOf(rows.InOrder());
    EXPECT_TRUE(std::is_sorted(all.begin(), all.end()));
    EXPECT_TRUE(std::is_sorted(validation.begin(), validation.end()));
    all.insert(all.end(), validation.begin(), validation.end());
    std::sort(all.begin(), all.end());
    for (int64_t i = 0; i < 200; ++i) EXPECT_EQ(all.at(static_cast<size_t>(i)), i);
    EXPECT_EQ(std::count_if(validation.begin(), validation.end(),
                            [](int64_t row) { return row % 10 == 0; }),
              5);
    return validation;
  };
  EXPECT_TRUE(draw(3) == draw(3));
  EXPECT_FALSE(draw(3) == draw(4));
}

TEST(RowsOfOneClassAreDrawnAsRowsWithoutClasses) {
  TrainingRows stratified(100, 0.3, 7);
  stratified.Split({std::vector<uint32_t>(100, 1), 2});
  TrainingRows plain(100, 0.3, 7);
  plain.Split();
  EXPECT_TRUE(RowsOf(stratified.Validation()) == RowsOf(plain.Validation()));
}

std::vector<int64_t> SizesOf(const Batches& batches) {
  std::vector<int64_t> sizes;
  for (int64_t i = 0; i < batches.count(); ++i) sizes.push_back(batches.At(i).count());
  return sizes;
}

TEST(ASingleRowJoinsTheBatchBeforeItWhereThatIsWanted) {
  EXPECT_TRUE(SizesOf(Batches(129, 128, true)) == (Counts{129}));
  EXPECT_TRUE(SizesOf(Batches(129, 128, false)) == (Counts{128, 1}));
  EXPECT_TRUE(SizesOf(Batches(130, 128, true)) == (Counts{128, 2}));
  EXPECT_TRUE(SizesOf(Batches(7, 3, true)) == (Counts{3, 4}));
  EXPECT_TRUE(SizesOf(Batches(6, 3, true)) == (Counts{3, 3}));
  EXPECT_TRUE(SizesOf(Batches(3, 2, true)) == (Counts{3}));
  EXPECT_EQ(Batches(129, 128, true).most_rows(), 129);
  EXPECT_EQ(Batches(130, 128, true).most_rows(), 128);
  EXPECT_EQ(Batches(129, 128, false).most_rows(), 128);
}

TEST(BatchesOfAnUpdateFollowEachOther) {
  const Batches batches(17, 4, true);  // 4, 4, 4 and 5
  EXPECT_EQ(batches.Updates(2), 2);
  EXPECT_EQ(batches.Updates(3), 2);
  EXPECT_EQ(batches.At(2, 2).first, 8);
  EXPECT_EQ(batches.At(2, 2).end, 17);
  EXPECT_EQ(batches.At(3, 3).count(), 5);
  EXPECT_EQ(Batches(17, 4, false).Updates(2), 3);
}

}  // namespace
}  // namespace layerwise::testing
