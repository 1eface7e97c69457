// Records cut out of text, and their numbers. Against the cutter of text and Number() of JavaScript
// they are proved in test/data/fieldCutter.test.ts.
#include "native/data/csv_records.h"

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "native/data/column_moments.h"
#include "native/data/csv_marks.h"
#include "native/data/decimal_number.h"
#include "native/data/utf8.h"
#include "test/native/harness.h"
#include "test/native/kernels/support.h"

namespace layerwise::testing {
namespace {

// A copy with nothing behind it, so that sanitizers see whoever reads further.
std::vector<uint8_t> BytesOf(const std::string& text) { return {text.begin(), text.end()}; }

struct Table {
  std::vector<uint32_t> starts, lines, ends;
  std::vector<double> numbers;
  std::vector<uint8_t> kinds;
  CsvCut cut;
};

Table CutText(const std::string& text, size_t width, size_t most_rows = 100) {
  Table table{std::vector<uint32_t>(most_rows),
              std::vector<uint32_t>(most_rows),
              std::vector<uint32_t>(most_rows * width),
              std::vector<double>(most_rows * width),
              std::vector<uint8_t>(width),
              {}};
  std::vector<uint32_t> memory;
  const std::vector<uint8_t> bytes = BytesOf(text);
  table.cut =
      CutRecords(bytes, {',', width},
                 {table.starts, table.lines, table.ends, table.numbers, table.kinds}, &memory);
  return table;
}

TEST(RecordsAreCutUpToOneThatIsNotWhole) {
  const Table table = CutText("1,2\n\n3,\"x\n,y\"\r\n-5,06\n7,8", 2);
  EXPECT_EQ(table.cut.rows, 3u);
  EXPECT_EQ(table.cut.bytes, 21u);
  EXPECT_EQ(table.cut.lines, 5u);
  EXPECT_TRUE(!table.cut.is_odd);
  EXPECT_EQ(table.lines[1], 2u);
  EXPECT_EQ(table.lines[2], 4u);
  EXPECT_EQ(table.starts[2], 15u);
  EXPECT_EQ(table.numbers[4], -5.0);
  EXPECT_TRUE(std::isnan(table.numbers[3]));
  EXPECT_EQ(static_cast<int>(table.kinds[0]), 0);
  EXPECT_EQ(static_cast<int>(table.kinds[1]), kTextField | kLeadingZeroField);
}

TEST(OddRecordsAreLeftToOthers) {
  for (const char* odd :
       {"3\n", "3,4,5\n", ",\n", "\"3\" ,4\n", "\"3\"x,4\n", "3,\xff\n", " , \n"}) {
    const Table table = CutText(std::string("1,2\n") + odd + "5,6\n", 2);
    EXPECT_EQ(table.cut.rows, 1u);
    EXPECT_EQ(table.cut.bytes, 4u);
    EXPECT_TRUE(table.cut.is_odd);
  }
  // What goes on may be whole with more.
  for (const char* open : {"3", "3,\"4\n", "3,\"4\"", "3,\xe2\x82"}) {
    const Table table = CutText(std::string("1,2\n") + open, 2);
    EXPECT_EQ(table.cut.rows, 1u);
    EXPECT_TRUE(!table.cut.is_odd);
  }
}

TEST(RecordsAreCutAsManyAsHaveRoom) {
  const Table table = CutText("1,2\n3,4\n5,6\n", 2, 2);
  EXPECT_EQ(table.cut.rows, 2u);
  EXPECT_EQ(table.cut.bytes, 8u);
  EXPECT_EQ(CutText("", 3).cut.rows, 0u);
  EXPECT_EQ(CutText("\n \n\r\n", 3).cut.lines, 3u);
}

TEST(AnyBytesAreCutWithinTheirMemory) {
  Generator random(11);
  const std::string letters = "0123456789.-+eE,,,\n\n\"\" x\r\xc3\xa9\xed";
  for (int round = 0; round < 20000; ++round) {
    std::string text(static_cast<size_t>(random.Integer(0, 150)), ' ');
    for (char& letter : text) {
      letter =
          letters[static_cast<size_t>(random.Integer(0, static_cast<int64_t>(letters.size()) - 1))];
    }
    const size_t width = static_cast<size_t>(random.Integer(1, 4));
    const Table table = CutText(text, width, 8);
    EXPECT_TRUE(table.cut.rows <= 8 && table.cut.bytes <= text.size());
    for (size_t field = 0; field < table.cut.rows * width; ++field) {
      EXPECT_TRUE(table.ends[field] < text.size());
    }
  }
}

TEST(DecimalsAreTheNearestDoubles) {
  Generator random(5);
  for (int round = 0; round < 100000; ++round) {
    std::string text = round % 3 == 0 ? "-" : "";
    const int64_t digits = random.Integer(1, 19);
    const int64_t point = random.Integer(-3, 19);
    for (int64_t digit = 0; digit < digits; ++digit) {
      if (digit == point) text += '.';
      text += static_cast<char>('0' + random.Integer(0, 9));
    }
    if (round % 5 == 0) text += "e" + std::to_string(random.Integer(-30, 30));
    for (const size_t behind : {size_t{0}, size_t{32}}) {
      const std::vector<uint8_t> bytes = BytesOf(text + std::string(behind, 'z'));
      const double number = ParseDecimal(std::span(bytes).first(text.size()), bytes.size());
      if (!std::isnan(number)) EXPECT_EQ(number, std::strtod(text.c_str(), nullptr));
    }
  }
}

TEST(TextIsWhatTheWhatwgSays) {
  const auto prefix = [](const std::string& text) { return ValidUtf8(BytesOf(text)).length; };
  EXPECT_EQ(prefix("a\xc3\xa9\xed\x9f\xbf\xf4\x8f\xbf\xbf"), 10u);
  for (const char* wrong : {"\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
                            "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xc3z", "\xe2\x82z"}) {
    EXPECT_EQ(prefix(std::string("ab") + wrong), 2u);
    EXPECT_TRUE(!ValidUtf8(BytesOf(wrong)).is_cut_off);
  }
  EXPECT_TRUE(ValidUtf8(BytesOf("ab\xf0\x9f\x98")).is_cut_off);
}

TEST(MomentsLeaveRowsOut) {
  const std::vector<double> numbers = {1, 9, 2, 8, 4.5, 7};
  std::vector<ColumnMoments> moments(1);
  moments[0].minimum = INFINITY;
  moments[0].maximum = -INFINITY;
  AddToMoments(numbers, 2, std::vector<uint8_t>{1, 2, 1}, std::vector<uint32_t>{0}, moments);
  EXPECT_EQ(moments[0].count, 2.0);
  EXPECT_EQ(moments[0].mean, 2.75);
  EXPECT_EQ(moments[0].minimum, 1.0);
  EXPECT_EQ(moments[0].maximum, 4.5);
  EXPECT_EQ(moments[0].are_whole, 0.0);
}

}  // namespace
}  // namespace layerwise::testing
