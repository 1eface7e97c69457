// Plain data as it comes from and goes to JavaScript: the JSON types and nothing else. Specs,
// options, tables and reports cross the boundary as values, so that no other part of the core knows
// Node.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace layerwise {

class Value {
 public:
  using Array = std::vector<Value>;
  using Member = std::pair<std::string, Value>;
  using Object = std::vector<Member>;  // keeps the order of insertion

  Value() = default;  // null
  Value(bool value) : data_(value) {}
  Value(double value) : data_(value) {}
  Value(int value) : data_(static_cast<double>(value)) {}
  Value(int64_t value) : data_(static_cast<double>(value)) {}
  Value(const char* value) : data_(std::string(value)) {}
  Value(std::string value) : data_(std::move(value)) {}
  Value(Array value) : data_(std::move(value)) {}
  Value(Object value) : data_(std::move(value)) {}

  bool is_null() const { return std::holds_alternative<std::monostate>(data_); }
  const bool* bool_if() const { return std::get_if<bool>(&data_); }
  const double* number_if() const { return std::get_if<double>(&data_); }
  const std::string* string_if() const { return std::get_if<std::string>(&data_); }
  const Array* array_if() const { return std::get_if<Array>(&data_); }
  const Object* object_if() const { return std::get_if<Object>(&data_); }

  // The member of an object, or nullptr when this is no object or has no such member.
  const Value* Find(const std::string& name) const;
  // Appends or replaces a member; this must be an object (or null, which becomes one).
  void Set(std::string name, Value value);

  // A short rendering for error messages: 3, "relu", [4 items], {type, units}.
  std::string Describe() const;

 private:
  std::variant<std::monostate, bool, double, std::string, Array, Object> data_;
};

// A value with the path under which the user knows it; every getter throws an argument Error that
// names the path, what was expected, and what came.
class ValueReader {
 public:
  ValueReader(const Value& value, std::string path) : value_(&value), path_(std::move(path)) {}

  const Value& value() const { return *value_; }
  const std::string& path() const { return path_; }

  bool Has(const std::string& name) const;            // present and not null
  ValueReader Member(const std::string& name) const;  // required member of an object
  ValueReader Item(size_t index) const;
  size_t ArraySize() const;

  bool Bool() const;
  double Number() const;  // finite
  int64_t Integer(int64_t minimum, int64_t maximum) const;
  const std::string& String() const;

  // Members with a fallback when absent or null.
  bool BoolOr(const std::string& name, bool fallback) const;
  int64_t IntegerOr(const std::string& name, int64_t minimum, int64_t maximum,
                    int64_t fallback) const;

  // Throws when this object has a member that is not among the names.
  void AllowOnly(std::span<const char* const> names) const;
  void AllowOnly(std::initializer_list<const char*> names) const {
    AllowOnly(std::span(names.begin(), names.size()));
  }

 private:
  const Value* value_;
  std::string path_;
};

}  // namespace layerwise
