#include "native/core/option_reader.h"

#include <string>

#include "test/native/harness.h"

namespace layerwise {
namespace {

double ReadHalf(const ValueReader& options) { return options.Member("half").Number() / 2; }

struct Sample {
  int64_t count = 0;
  int64_t limit = 7;
  bool is_on = true;
  double half = 0;

  void Visit(OptionReader& options) {
    options.Integer("count", 1, 10, count);
    options.OptionalInteger("limit", 0, 10, limit);
    options.OptionalFlag("isOn", is_on);
    options.Read("half", ReadHalf, half);
    options.Others({"elsewhere"});
  }
};

Sample Read(const Value& value) { return ReadOptions<Sample>(ValueReader(value, "")); }

TEST(OptionsAreReadByTheirNames) {
  const Sample read = Read(Value::Object{
      {"count", 3}, {"limit", 1}, {"isOn", false}, {"half", 5}, {"elsewhere", "anything"}});
  EXPECT_EQ(read.count, 3);
  EXPECT_EQ(read.limit, 1);
  EXPECT_EQ(read.is_on, false);
  EXPECT_EQ(read.half, 2.5);
}

TEST(OptionsThatAreNotGivenKeepTheirValues) {
  const Sample read = Read(Value::Object{{"count", 3}, {"half", 5}, {"limit", Value()}});
  EXPECT_EQ(read.limit, 7);
  EXPECT_EQ(read.is_on, true);
}

TEST(OptionsThatAreNotReadAreRefused) {
  EXPECT_THROWS(Read(Value::Object{{"count", 3}, {"half", 5}, {"more", 1}}), "more");
  EXPECT_THROWS(Read(Value::Object{{"half", 5}}), "count");
  EXPECT_THROWS(Read(Value::Object{{"count", 11}, {"half", 5}}), "count");
}

TEST(OptionsAreListedWithoutReadingThem) {
  std::string list;
  for (const char* name : OptionNames<Sample>()) list += std::string(name) + " ";
  EXPECT_EQ(list, "count limit isOn half elsewhere ");
}

}  // namespace
}  // namespace layerwise
