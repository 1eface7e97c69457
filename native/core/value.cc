#include "native/core/value.h"

#include <cmath>
#include <cstdio>
#include <limits>
#include <locale>
#include <sstream>

#include "native/core/error.h"

namespace layerwise {
namespace {

constexpr size_t kMaxTextShown = 60;              // bytes of a string in a message
constexpr size_t kMaxNamesShown = 8;              // members of an object in a message
constexpr double kMaxExact = 9007199254740992.0;  // 2^53: whole numbers are exact up to here

std::string Format(double number, int digits) {
  std::ostringstream text;
  text.imbue(std::locale::classic());
  text.precision(digits);
  text << number;
  return text.str();
}

double Parse(const std::string& text) {
  std::istringstream stream(text);
  stream.imbue(std::locale::classic());
  double number = 0;
  stream >> number;
  return number;
}

std::string DescribeNumber(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "Infinity" : "-Infinity";
  if (number == std::floor(number) && std::abs(number) < kMaxExact) {
    return std::to_string(static_cast<int64_t>(number));
  }
  const std::string brief = Format(number, 15);
  return Parse(brief) == number ? brief : Format(number, 17);
}

// Cuts before a byte that begins a character of UTF-8.
size_t CutAt(const std::string& text, size_t limit) {
  if (text.size() <= limit) return text.size();
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0U) == 0x80U) --limit;
  return limit;
}

std::string DescribeText(const std::string& text) {
  const size_t shown = CutAt(text, kMaxTextShown);
  std::string quoted = "\"";
  for (const char c : text.substr(0, shown)) {
    const bool printable = static_cast<unsigned char>(c) >= 0x20 && c != 0x7F;
    quoted += printable ? c : ' ';
  }
  return quoted + (shown < text.size() ? "...\"" : "\"");
}

std::string DescribeMembers(const Value::Object& object) {
  std::string names = "{";
  for (size_t i = 0; i < object.size() && i < kMaxNamesShown; ++i) {
    if (i > 0) names += ", ";
    names += object[i].first.substr(0, CutAt(object[i].first, kMaxTextShown));
  }
  return names + (object.size() > kMaxNamesShown ? ", ...}" : "}");
}

std::string IntegerRange(int64_t minimum, int64_t maximum) {
  const bool open_above = static_cast<double>(maximum) >= kMaxExact;
  if (open_above) return "an integer of at least " + std::to_string(minimum);
  return "an integer from " + std::to_string(minimum) + " to " + std::to_string(maximum);
}

[[noreturn]] void ThrowExpected(const ValueReader& reader, std::string expected,
                                std::string remedy) {
  throw Error(ErrorKind::kArgument, reader.path(), std::move(expected), reader.value().Describe(),
              std::move(remedy));
}

const Value::Object& ObjectOf(const ValueReader& reader) {
  if (const Value::Object* object = reader.value().object_if()) return *object;
  ThrowExpected(reader, "an object", "Give an object with named members.");
}

const Value::Array& ArrayOf(const ValueReader& reader) {
  if (const Value::Array* array = reader.value().array_if()) return *array;
  ThrowExpected(reader, "an array", "Put the values in an array.");
}

}  // namespace

const Value* Value::Find(const std::string& name) const {
  const Object* object = object_if();
  if (object == nullptr) return nullptr;
  for (const Member& member : *object) {
    if (member.first == name) return &member.second;
  }
  return nullptr;
}

void Value::Set(std::string name, Value value) {
  if (is_null()) data_ = Object();
  Object& object = std::get<Object>(data_);
  for (Member& member : object) {
    if (member.first == name) {
      member.second = std::move(value);
      return;
    }
  }
  object.emplace_back(std::move(name), std::move(value));
}

std::string Value::Describe() const {
  if (const bool* truth = bool_if()) return *truth ? "true" : "false";
  if (const double* number = number_if()) return DescribeNumber(*number);
  if (const std::string* text = string_if()) return DescribeText(*text);
  if (const Object* object = object_if()) return DescribeMembers(*object);
  if (const Array* array = array_if()) {
    return "[" + std::to_string(array->size()) + (array->size() == 1 ? " item]" : " items]");
  }
  return "null";
}

bool ValueReader::Has(const std::string& name) const {
  const Value* member = value_->Find(name);
  return member != nullptr && !member->is_null();
}

ValueReader ValueReader::Member(const std::string& name) const {
  ObjectOf(*this);
  const std::string path = path_.empty() ? name : path_ + "." + name;
  if (const Value* member = value_->Find(name)) return {*member, path};
  throw Error(ErrorKind::kArgument, path, "a value", "nothing", "This member is required.");
}

ValueReader ValueReader::Item(size_t index) const {
  const std::string path = path_ + "[" + std::to_string(index) + "]";
  const Value::Array& array = ArrayOf(*this);
  if (index < array.size()) return {array[index], path};
  throw Error(ErrorKind::kArgument, path, "a value", "nothing", "The array is too short.");
}

size_t ValueReader::ArraySize() const { return ArrayOf(*this).size(); }

bool ValueReader::Bool() const {
  if (const bool* truth = value_->bool_if()) return *truth;
  ThrowExpected(*this, "true or false", "Give a boolean.");
}

double ValueReader::Number() const {
  const double* number = value_->number_if();
  if (number != nullptr && std::isfinite(*number)) return *number;
  ThrowExpected(*this, "a finite number", "Give a number that is neither NaN nor infinite.");
}

int64_t ValueReader::Integer(int64_t minimum, int64_t maximum) const {
  const double* number = value_->number_if();
  // Beyond 2^53 a double may stand for an integer that the caller did not write.
  if (number != nullptr && std::abs(*number) <= kMaxExact && *number == std::floor(*number)) {
    const int64_t integer = static_cast<int64_t>(*number);
    if (integer >= minimum && integer <= maximum) return integer;
  }
  ThrowExpected(*this, IntegerRange(minimum, maximum), "Give a whole number in this range.");
}

const std::string& ValueReader::String() const {
  if (const std::string* text = value_->string_if()) return *text;
  ThrowExpected(*this, "a string", "Give it as a string.");
}

bool ValueReader::BoolOr(const std::string& name, bool fallback) const {
  return Has(name) ? Member(name).Bool() : fallback;
}

int64_t ValueReader::IntegerOr(const std::string& name, int64_t minimum, int64_t maximum,
                               int64_t fallback) const {
  return Has(name) ? Member(name).Integer(minimum, maximum) : fallback;
}

void ValueReader::AllowOnly(std::span<const char* const> names) const {
  for (const Value::Member& member : ObjectOf(*this)) {
    bool known = false;
    std::string list;
    for (const char* name : names) {
      known = known || member.first == name;
      list += (list.empty() ? "" : ", ") + std::string(name);
    }
    if (known) continue;
    const std::string path = path_.empty() ? member.first : path_ + "." + member.first;
    throw Error(ErrorKind::kArgument, path, "one of the names " + list, DescribeText(member.first),
                "Remove this member or correct its name.");
  }
}

}  // namespace layerwise
