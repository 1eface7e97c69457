// Rows that a spec chooses: their parameters, the defaults, and what is refused.
#include "native/kernels/choice.h"

#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "native/core/value.h"
#include "native/kernels/row_info.h"
#include "test/native/harness.h"

namespace layerwise::testing {
namespace {

constexpr double kUnbounded = std::numeric_limits<double>::infinity();

struct Row {
  RowInfo info;
};

constexpr const char* kModes[] = {"slow", "fast"};
constexpr ParameterInfo kParameters[] = {
    {.name = "share", .fallback = 0.5, .minimum = 0, .maximum = 1, .maximum_exclusive = true},
    {.name = "factor",
     .fallback = 2,
     .minimum = 0,
     .maximum = kUnbounded,
     .minimum_exclusive = true},
    {.name = "count", .fallback = 3, .minimum = 1, .maximum = 8, .is_whole = true},
    BooleanParameter("centered", true, "Around the mean."),
    {.name = "mode", .fallback = 1, .minimum = 0, .maximum = 1, .choices = kModes}};
constexpr Row kTable[] = {{{"plain", "y = x", "Nothing.", {}}},
                          {{"rich", "y = f(x)", "Everything.", kParameters}}};

Choice Read(const Value& value) {
  return ReadChoice(ValueReader(value, "way"), std::span<const Row>(kTable));
}

Value Rich(const char* name, Value value) {
  return Value::Object{{"type", "rich"}, {name, std::move(value)}};
}

using Parameters = std::vector<double>;

TEST(ANameAloneChoosesARowWithItsDefaults) {
  EXPECT_EQ(Read("plain").row, 0);
  EXPECT_TRUE(Read("plain").parameters.empty());
  const Choice rich = Read("rich");
  EXPECT_EQ(rich.row, 1);
  EXPECT_TRUE(rich.parameters == (Parameters{0.5, 2, 3, 1, 1}));
  EXPECT_TRUE(Read(Value::Object{{"type", "rich"}}).parameters == rich.parameters);
}

TEST(GivenParametersReplaceDefaultsInTheOrderOfTheRow) {
  const Choice choice = Read(Value::Object{{"mode", "slow"},
                                           {"centered", false},
                                           {"type", "rich"},
                                           {"count", 8},
                                           {"factor", Value()},
                                           {"share", 0}});
  EXPECT_TRUE(choice.parameters == (Parameters{0, 2, 8, 0, 0}));
}

TEST(ParametersThatCannotBeAreRefusedWithTheirDefault) {
  EXPECT_THROWS(Read(Rich("share", 1)), "way.share: expected a finite number of at least 0 and");
  EXPECT_THROWS(Read(Rich("share", -0.1)), "below 1");
  EXPECT_THROWS(Read(Rich("factor", 0)), "way.factor: expected a finite number above 0");
  EXPECT_THROWS(Read(Rich("factor", kUnbounded)), "Default: 2.");
  EXPECT_THROWS(Read(Rich("factor", std::numeric_limits<double>::quiet_NaN())), "way.factor");
  EXPECT_THROWS(Read(Rich("count", 2.5)), "way.count: expected a whole number of at least 1");
  EXPECT_THROWS(Read(Rich("count", 9)), "of at most 8");
  EXPECT_THROWS(Read(Rich("centered", 1)), "way.centered: expected true or false");
  EXPECT_THROWS(Read(Rich("centered", "true")), "Default: true.");
  EXPECT_THROWS(Read(Rich("mode", "medium")), "way.mode: expected one of slow, fast");
  EXPECT_THROWS(Read(Rich("mode", 1)), "Default: fast.");
}

TEST(NamesThatNobodyKnowsAreRefused) {
  EXPECT_THROWS(Read("poor"), "way: expected one of plain, rich, received \"poor\"");
  EXPECT_THROWS(Read(Rich("size", 1)), "way.size: expected a parameter of rich");
  EXPECT_THROWS(Read(Value::Object{{"count", 1}}), "way.type");
}

TEST(RowsDescribeThemselves) {
  const Value row = DescribeRow(kTable[1].info);
  EXPECT_EQ(*row.Find("name")->string_if(), "rich");
  const Value::Array& parameters = *row.Find("parameters")->array_if();
  ASSERT_EQ(parameters.size(), 5);
  EXPECT_EQ(*parameters[0].Find("maximum")->number_if(), 1.0);
  EXPECT_EQ(*parameters[0].Find("maximumExclusive")->bool_if(), true);
  EXPECT_TRUE(parameters[1].Find("maximum")->is_null());
  EXPECT_EQ(*parameters[2].Find("whole")->bool_if(), true);
  EXPECT_EQ(*parameters[3].Find("default")->bool_if(), true);
  EXPECT_TRUE(parameters[3].Find("minimum")->is_null());
  EXPECT_EQ(*parameters[3].Find("description")->string_if(), "Around the mean.");
  EXPECT_EQ(*parameters[4].Find("default")->string_if(), "fast");
  EXPECT_EQ(parameters[4].Find("choices")->array_if()->size(), 2);
}

}  // namespace
}  // namespace layerwise::testing
