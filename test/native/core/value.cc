#include "native/core/value.h"

#include <cstdint>
#include <limits>
#include <string>

#include "native/core/error.h"
#include "test/native/harness.h"

namespace layerwise {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(ValuesKnowTheirType) {
  EXPECT_TRUE(Value().is_null());
  EXPECT_EQ(*Value(true).bool_if(), true);
  EXPECT_EQ(*Value(3).number_if(), 3.0);
  EXPECT_EQ(*Value(int64_t{1} << 40).number_if(), 1099511627776.0);
  EXPECT_EQ(*Value("text").string_if(), "text");
  EXPECT_EQ(Value(Value::Array{1, "a"}).array_if()->size(), 2);
  EXPECT_EQ(Value(Value::Object{{"a", 1}}).object_if()->size(), 1);
  EXPECT_TRUE(Value("1").number_if() == nullptr);
  EXPECT_TRUE(Value(0).bool_if() == nullptr);
}

TEST(ObjectsKeepTheirOrderAndReplaceMembers) {
  Value object;
  object.Set("b", 1);
  object.Set("a", 2);
  object.Set("b", "new");
  EXPECT_EQ(object.Describe(), "{b, a}");
  EXPECT_EQ(*object.Find("b")->string_if(), "new");
  EXPECT_TRUE(object.Find("c") == nullptr);
  EXPECT_TRUE(Value(3).Find("a") == nullptr);
}

TEST(ValuesDescribeThemselvesBriefly) {
  EXPECT_EQ(Value().Describe(), "null");
  EXPECT_EQ(Value(false).Describe(), "false");
  EXPECT_EQ(Value(3).Describe(), "3");
  EXPECT_EQ(Value(-0.5).Describe(), "-0.5");
  EXPECT_EQ(Value(0.1).Describe(), "0.1");
  EXPECT_EQ(Value(1e300).Describe(), "1e+300");
  EXPECT_EQ(Value(0.1 + 0.2).Describe(), "0.30000000000000004");
  EXPECT_EQ(Value(kNaN).Describe(), "NaN");
  EXPECT_EQ(Value(-kInfinity).Describe(), "-Infinity");
  EXPECT_EQ(Value(Value::Array{}).Describe(), "[0 items]");
  EXPECT_EQ(Value(Value::Array{1}).Describe(), "[1 item]");
  EXPECT_EQ(Value("relu").Describe(), "\"relu\"");
  EXPECT_EQ(Value("a\nb").Describe(), "\"a b\"");
}

TEST(DescriptionsAreCutBetweenCharacters) {
  EXPECT_EQ(Value(std::string(100, 'x')).Describe(), "\"" + std::string(60, 'x') + "...\"");
  std::string umlauts = "x";
  for (int i = 0; i < 60; ++i) umlauts += "\xC3\xBC";
  const std::string shown = Value(umlauts).Describe();
  EXPECT_EQ(shown.size(), 1 + 59 + 4);  // 29 whole characters
  Value object;
  for (char name = 'a'; name <= 'z'; ++name) object.Set(std::string(1, name), 1);
  EXPECT_EQ(object.Describe(), "{a, b, c, d, e, f, g, h, ...}");
}

const Value& Sample() {
  static const Value sample =
      Value::Object{{"layers", Value::Array{Value::Object{{"units", -3}, {"name", "x"}}}},
                    {"flag", true},
                    {"nothing", Value()},
                    {"rate", 0.5},
                    {"huge", 1e16}};
  return sample;
}

TEST(ReadersReadWhatIsThere) {
  const ValueReader reader(Sample(), "");
  EXPECT_TRUE(reader.Has("flag"));
  EXPECT_FALSE(reader.Has("nothing"));
  EXPECT_FALSE(reader.Has("absent"));
  EXPECT_TRUE(reader.Member("flag").Bool());
  EXPECT_EQ(reader.Member("rate").Number(), 0.5);
  EXPECT_EQ(reader.Member("layers").ArraySize(), 1);
  EXPECT_EQ(reader.Member("layers").Item(0).Member("units").Integer(-5, 5), -3);
  EXPECT_EQ(reader.Member("layers").Item(0).Member("name").String(), "x");
  EXPECT_TRUE(reader.BoolOr("absent", true));
  EXPECT_TRUE(reader.BoolOr("nothing", true));
  EXPECT_EQ(reader.IntegerOr("absent", 0, 9, 4), 4);
}

TEST(ReadersNameThePathOfWhatIsWrong) {
  const ValueReader reader(Sample(), "spec");
  EXPECT_THROWS(reader.Member("absent"), "spec.absent: expected a value, received nothing.");
  EXPECT_THROWS(reader.Member("layers").Item(1), "spec.layers[1]: expected a value");
  EXPECT_THROWS(reader.Member("flag").Item(0), "spec.flag: expected an array, received true");
  EXPECT_THROWS(reader.Member("rate").Member("x"), "spec.rate: expected an object, received 0.5");
  EXPECT_THROWS(reader.Member("layers").Item(0).Member("units").Integer(1, 10),
                "spec.layers[0].units: expected an integer from 1 to 10, received -3.");
  EXPECT_THROWS(reader.Member("rate").Integer(0, int64_t{1} << 53),
                "spec.rate: expected an integer of at least 0, received 0.5");
  EXPECT_THROWS(reader.Member("huge").Integer(0, std::numeric_limits<int64_t>::max()),
                "received 1e+16");
  EXPECT_THROWS(reader.Member("rate").Bool(), "true or false");
  EXPECT_THROWS(reader.Member("rate").String(), "a string");
  EXPECT_THROWS(reader.Member("flag").Number(), "a finite number, received true");
  EXPECT_THROWS(ValueReader(Value(kNaN), "x").Number(), "a finite number, received NaN");
  EXPECT_THROWS(ValueReader(Value(kInfinity), "x").Integer(0, 9), "received Infinity");
  EXPECT_THROWS(reader.AllowOnly({"layers", "flag"}),
                "spec.nothing: expected one of the names layers, flag, received \"nothing\"");
}

TEST(PathsBeginAtTheMemberWhenTheRootHasNoName) {
  const ValueReader reader(Sample(), "");
  EXPECT_THROWS(reader.Member("rate").Bool(), "rate: expected true or false");
  EXPECT_THROWS(reader.Member("absent"), "absent: expected a value");
  EXPECT_THROWS(reader.AllowOnly({"layers"}), "flag: expected one of the names");
}

TEST(ErrorsSayEverythingInOneMessage) {
  const Error error(ErrorKind::kShape, "layers[2].units", "a positive integer", "-3",
                    "Choose one.");
  EXPECT_EQ(std::string(error.what()),
            "layers[2].units: expected a positive integer, received -3. Choose one.");
  EXPECT_EQ(std::string(ErrorKindName(error.kind())), "shape");
  EXPECT_EQ(std::string(Error(ErrorKind::kState, "", "rest", "", "").what()), "expected rest.");
}

}  // namespace
}  // namespace layerwise
