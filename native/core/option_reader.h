// Reads the options of a call one after the other, and knows from that which there are: the code
// that reads them is the only list of their names.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <vector>

#include "native/core/value.h"

namespace layerwise {

// As far as a double tells one integer from the next.
inline constexpr int64_t kMaxCount = int64_t{1} << 53;
inline constexpr int64_t kMaxRows = std::numeric_limits<int32_t>::max();

class OptionReader {
 public:
  // Lists the names and reads nothing.
  OptionReader() = default;
  explicit OptionReader(const ValueReader& options) : options_(&options) {}

  // A member that is needed.
  void Integer(const char* name, int64_t minimum, int64_t maximum, int64_t& value) {
    if (Names(name)) value = options_->Member(name).Integer(minimum, maximum);
  }
  // The value stays as it is where the member is absent.
  void OptionalInteger(const char* name, int64_t minimum, int64_t maximum, int64_t& value) {
    if (Names(name)) value = options_->IntegerOr(name, minimum, maximum, value);
  }
  void OptionalFlag(const char* name, bool& value) {
    if (Names(name)) value = options_->BoolOr(name, value);
  }
  // By a function that is given all the options.
  template <typename Type>
  void Read(const char* name, Type (*read)(const ValueReader& options), Type& value) {
    if (Names(name)) value = read(*options_);
  }
  // Those that are read elsewhere.
  void Others(std::initializer_list<const char*> names) {
    names_.insert(names_.end(), names.begin(), names.end());
  }

  const std::vector<const char*>& names() const { return names_; }

 private:
  // Whether there is something to read.
  bool Names(const char* name) {
    names_.push_back(name);
    return options_ != nullptr;
  }

  const ValueReader* options_ = nullptr;
  std::vector<const char*> names_;
};

// Of options that have `void Visit(OptionReader&)`.
template <typename Options>
std::vector<const char*> OptionNames() {
  OptionReader reader;
  Options().Visit(reader);
  return reader.names();
}

// Throws when there is a member that is none of the options.
template <typename Options>
Options ReadOptions(const ValueReader& options) {
  options.AllowOnly(OptionNames<Options>());
  OptionReader reader(options);
  Options read;
  read.Visit(reader);
  return read;
}

}  // namespace layerwise
