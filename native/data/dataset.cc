#include "native/data/dataset.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

#include "native/core/error.h"
#include "native/core/finite.h"
#include "native/data/row_errors.h"

namespace layerwise {
namespace {

constexpr int64_t kMaxRows = std::numeric_limits<int32_t>::max();
constexpr int64_t kMaxColumns = int64_t{1} << 24;

// Values are copied in pieces that stay in the first-level cache until they are checked. What is
// checked is the copy: the original may be shared memory that another thread changes meanwhile.
constexpr size_t kPiece = 2048;

constexpr int64_t kReadAheadBytes = int64_t{64} << 20;

TargetKind ReadTargetKind(const ValueReader& reader) {
  const std::string& name = reader.String();
  if (name == "none") return TargetKind::kNone;
  if (name == "input") return TargetKind::kInput;
  if (name == "classes") return TargetKind::kClasses;
  if (name == "matrix") return TargetKind::kMatrix;
  throw Error(ErrorKind::kArgument, reader.path(), "one of none, input, classes, matrix",
              "\"" + name + "\"", "Choose a name from the list.");
}

bool ReadIsBytes(const ValueReader& reader) {
  const std::string& type = reader.String();
  if (type == "float32" || type == "uint8") return type == "uint8";
  throw Error(ErrorKind::kArgument, reader.path(), "float32 or uint8", "\"" + type + "\"",
              "Choose one of the two.");
}

float ReadFloatOr(const ValueReader& shape, const char* name, float fallback) {
  if (!shape.Has(name)) return fallback;
  const ValueReader reader = shape.Member(name);
  const float value = static_cast<float>(reader.Number());
  if (std::isfinite(value)) return value;
  throw Error(ErrorKind::kArgument, reader.path(), "a number that single precision can hold",
              reader.value().Describe(), "A usual scale of bytes is 1 / 255.");
}

// Numbers of at least 0, without an early way out, so that it vectorises: NaN and infinity are
// above the largest one as unsigned integers, as are all with a sign but -0.
bool AllWeights(const float* values, size_t count) {
  constexpr uint32_t kInfinity = 0x7F800000;
  uint32_t found = 0;
  for (size_t i = 0; i < count; ++i) {
    const uint32_t bits = std::bit_cast<uint32_t>(values[i] + 0.0f);
    found |= bits >= kInfinity ? 1U : 0U;
  }
  return found == 0;
}

bool AllBelow(const int32_t* values, size_t count, int64_t bound) {
  const uint32_t limit = static_cast<uint32_t>(bound);
  uint32_t found = 0;
  for (size_t i = 0; i < count; ++i) found |= static_cast<uint32_t>(values[i]) >= limit ? 1U : 0U;
  return found == 0;
}

void CopyPiece(const float* from, size_t count, float* to) {
  std::memcpy(to, from, count * sizeof(float));
}

template <typename T>
void CopyPiece(const T* from, size_t count, float* to) {
  for (size_t i = 0; i < count; ++i) to[i] = static_cast<float>(from[i]);
}

void CopyPiece(const int32_t* from, size_t count, int32_t* to) {
  std::memcpy(to, from, count * sizeof(int32_t));
}

// What is no class becomes -1.
template <typename T>
void CopyPiece(const T* from, size_t count, int32_t* to) {
  std::array<T, kPiece> values;
  std::memcpy(values.data(), from, count * sizeof(T));
  constexpr T kLimit = T{2147483648.0};
  for (size_t i = 0; i < count; ++i) {
    const T value = values[i];
    const bool is_integer = value >= 0 && value < kLimit && value == std::floor(value);
    to[i] = is_integer ? static_cast<int32_t>(value) : -1;
  }
}

// Copies piece by piece. Returns the index of the first value whose copy is wrong, or -1.
template <typename From, typename To, typename AllRight>
int64_t CopyChecked(std::span<const From> from, To* to, const AllRight& all_right) {
  for (size_t start = 0; start < from.size(); start += kPiece) {
    const size_t count = std::min(kPiece, from.size() - start);
    CopyPiece(from.data() + start, count, to + start);
    if (all_right(to + start, count)) continue;
    size_t index = start;
    while (all_right(to + index, 1)) ++index;
    return static_cast<int64_t>(index);
  }
  return -1;
}

[[noreturn]] void ThrowNotClass(int64_t row, int64_t classes, double value) {
  throw Error(ErrorKind::kData, RowPath("targets", row),
              "a class, an integer from 0 to " + std::to_string(classes - 1),
              Value(value).Describe(),
              "Number the classes from 0, one for each output of the network.");
}

template <typename T>
void CopyFinite(const char* name, std::span<const T> values, int64_t row_start, int64_t columns,
                float* to) {
  const int64_t wrong =
      CopyChecked(values, to + row_start * columns, [](const float* copy, size_t count) {
        return AllFinite({copy, count});
      });
  if (wrong < 0) return;
  ThrowNotFinite(name, row_start + wrong / columns, wrong % columns,
                 static_cast<double>(values[static_cast<size_t>(wrong)]));
}

template <typename T>
void CopyClasses(std::span<const T> values, int64_t row_start, int64_t classes, int32_t* to) {
  const int64_t wrong = CopyChecked(values, to + row_start, [&](const int32_t* copy, size_t count) {
    return AllBelow(copy, count, classes);
  });
  if (wrong < 0) return;
  ThrowNotClass(row_start + wrong, classes,
                static_cast<double>(values[static_cast<size_t>(wrong)]));
}

}  // namespace

Dataset::Dataset(const Value& shape) {
  const ValueReader reader(shape, "data");
  reader.AllowOnly({"rows", "columns", "inputType", "scale", "offset", "target", "targetColumns",
                    "targets", "weights", "file"});
  rows_ = reader.Member("rows").Integer(1, kMaxRows);
  columns_ = reader.Member("columns").Integer(1, kMaxColumns);
  inputs_are_bytes_ = ReadIsBytes(reader.Member("inputType"));
  ReadScaling(reader);
  if (reader.Has("targets")) {
    const ValueReader targets = reader.Member("targets");
    for (size_t i = 0; i < targets.ArraySize(); ++i) {
      targets_.push_back(ReadTargets(targets.Item(i)));
    }
  }
  if (targets_.empty()) targets_.push_back(ReadTargets(reader));
  ReadFile(reader);
  Allocate(reader.BoolOr("weights", false));
}

void Dataset::ReadFile(const ValueReader& shape) {
  if (!shape.Has("file")) return;
  const ValueReader file = shape.Member("file");
  read_ahead_bytes_ =
      file.IntegerOr("memory", 1, std::numeric_limits<int64_t>::max() / 2, kReadAheadBytes);
  file_ = std::make_shared<FileRows>(file, rows_, columns_);
  input_rows_written_ = rows_;
  if (inputs_are_bytes_ == file_->are_bytes()) return;
  throw Error(ErrorKind::kArgument, shape.path() + ".inputType", "uint8 for a file of bytes alone",
              inputs_are_bytes_ ? "uint8" : "float32", "Take the type that the file has.");
}

Dataset::Targets Dataset::ReadTargets(const ValueReader& shape) const {
  Targets targets;
  targets.kind = ReadTargetKind(shape.Member("target"));
  if (targets.kind == TargetKind::kInput) targets.columns = columns_;
  if (targets.are_own()) {
    targets.columns = shape.Member("targetColumns").Integer(1, kMaxColumns);
  }
  return targets;
}

void Dataset::ReadScaling(const ValueReader& shape) {
  scale_ = ReadFloatOr(shape, "scale", 1.0f);
  offset_ = ReadFloatOr(shape, "offset", 0.0f);
  if (!inputs_are_bytes_ && (scale_ != 1.0f || offset_ != 0.0f)) {
    throw Error(ErrorKind::kArgument, shape.path() + ".scale",
                "a scale and an offset for bytes only", Value(double{scale_}).Describe(),
                "Scale other values before they are written.");
  }
  if (!std::isfinite(255.0f * scale_ + offset_)) {
    throw Error(ErrorKind::kArgument, shape.path() + ".scale", "bytes that stay finite when scaled",
                Value(double{scale_}).Describe(), "A usual scale of bytes is 1 / 255.");
  }
}

void Dataset::Allocate(bool has_weights) {
  const size_t rows = static_cast<size_t>(rows_);
  const size_t inputs = rows * static_cast<size_t>(columns_);
  ArenaLayout layout;
  if (reads_file()) {
    // They stay where they are.
  } else if (inputs_are_bytes_) {
    byte_inputs_ = layout.Reserve<uint8_t>(inputs);
  } else {
    float_inputs_ = layout.Reserve<float>(inputs);
  }
  for (Targets& targets : targets_) {
    if (targets.kind == TargetKind::kClasses) targets.classes = layout.Reserve<int32_t>(rows);
    if (targets.kind == TargetKind::kMatrix) {
      targets.numbers = layout.Reserve<float>(rows * static_cast<size_t>(targets.columns));
    }
  }
  if (has_weights) weights_ = layout.Reserve<float>(rows);
  memory_ = Arena(layout);
}

// Returns the number of rows.
int64_t Dataset::CheckSlice(const char* path, int64_t row_start, size_t values, int64_t columns,
                            int64_t rows_written) const {
  if (frozen_.load(std::memory_order_acquire)) {
    throw Error(ErrorKind::kState, path, "data that no run has used yet", "data in use",
                "Make a new data set.");
  }
  const int64_t count = static_cast<int64_t>(values);
  if (count % columns != 0) {
    throw Error(ErrorKind::kShape, path, "whole rows of " + std::to_string(columns) + " values",
                std::to_string(count) + " values", "Write whole rows.");
  }
  const int64_t rows = count / columns;
  if (row_start < 0 || row_start > rows_written || rows > rows_ - row_start) {
    throw Error(
        ErrorKind::kShape, path,
        "rows from row " + std::to_string(rows_written) + " on, of " + std::to_string(rows_),
        std::to_string(rows) + " rows from row " + std::to_string(row_start) + " on",
        "Write the rows in order.");
  }
  return rows;
}

void Dataset::RequireInputsInMemory() const {
  if (!reads_file()) return;
  throw Error(ErrorKind::kArgument, "inputs", "none, as they lie in a file", "inputs",
              "Make the data set without a file.");
}

// A write that fails halfway leaves rows that nobody has checked: they count as unwritten.
template <typename T>
void Dataset::WriteFloatInputs(int64_t row_start, std::span<const T> values) {
  RequireInputsInMemory();
  if (inputs_are_bytes_) {
    throw Error(ErrorKind::kArgument, "inputs", "bytes", "floating-point numbers",
                "Write a Uint8Array, or make the data set with inputType float32.");
  }
  const int64_t written = input_rows_written_;
  const int64_t rows = CheckSlice("inputs", row_start, values.size(), columns_, written);
  input_rows_written_ = row_start;
  CopyFinite("inputs", values, row_start, columns_, memory_.At(float_inputs_));
  input_rows_written_ = std::max(written, row_start + rows);
}

void Dataset::WriteInputs(int64_t row_start, std::span<const float> values) {
  WriteFloatInputs(row_start, values);
}

void Dataset::WriteInputs(int64_t row_start, std::span<const double> values) {
  WriteFloatInputs(row_start, values);
}

void Dataset::WriteInputs(int64_t row_start, std::span<const uint8_t> values) {
  RequireInputsInMemory();
  if (!inputs_are_bytes_) {
    throw Error(ErrorKind::kArgument, "inputs", "floating-point numbers", "bytes",
                "Write a Float32Array, or make the data set with inputType uint8.");
  }
  const int64_t rows =
      CheckSlice("inputs", row_start, values.size(), columns_, input_rows_written_);
  std::copy(values.begin(), values.end(), memory_.At(byte_inputs_) + row_start * columns_);
  input_rows_written_ = std::max(input_rows_written_, row_start + rows);
}

template <typename T>
void Dataset::WriteAnyTargets(int64_t row_start, std::span<const T> values, size_t output) {
  if (output >= targets_.size() || !targets_[output].are_own()) {
    throw Error(ErrorKind::kArgument, "targets", "no targets", "targets",
                "Make the data set with targets of kind classes or matrix.");
  }
  Targets& targets = targets_[output];
  const bool are_classes = targets.kind == TargetKind::kClasses;
  const int64_t columns = are_classes ? 1 : targets.columns;
  const int64_t written = targets.rows_written;
  const int64_t rows = CheckSlice("targets", row_start, values.size(), columns, written);
  targets.rows_written = row_start;
  if (are_classes) {
    CopyClasses(values, row_start, targets.columns, memory_.At(targets.classes));
  } else {
    CopyFinite("targets", values, row_start, columns, memory_.At(targets.numbers));
  }
  targets.rows_written = std::max(written, row_start + rows);
}

void Dataset::WriteTargets(int64_t row_start, std::span<const float> values, size_t output) {
  WriteAnyTargets(row_start, values, output);
}

void Dataset::WriteTargets(int64_t row_start, std::span<const double> values, size_t output) {
  WriteAnyTargets(row_start, values, output);
}

void Dataset::WriteTargets(int64_t row_start, std::span<const int32_t> values, size_t output) {
  WriteAnyTargets(row_start, values, output);
}

template <typename T>
void Dataset::WriteAnyWeights(int64_t row_start, std::span<const T> values) {
  if (!has_weights()) {
    throw Error(ErrorKind::kArgument, "weights", "no weights", "weights",
                "Make the data set with weights.");
  }
  const int64_t written = weight_rows_written_;
  const int64_t rows = CheckSlice("weights", row_start, values.size(), 1, written);
  weight_rows_written_ = row_start;
  const int64_t wrong = CopyChecked(values, memory_.At(weights_) + row_start, &AllWeights);
  if (wrong >= 0) {
    throw Error(ErrorKind::kData, RowPath("weights", row_start + wrong),
                "a finite number of at least 0",
                Value(static_cast<double>(values[static_cast<size_t>(wrong)])).Describe(),
                "A row of weight 0 is not learnt.");
  }
  weight_rows_written_ = std::max(written, row_start + rows);
}

void Dataset::WriteWeights(int64_t row_start, std::span<const float> values) {
  WriteAnyWeights(row_start, values);
}

void Dataset::WriteWeights(int64_t row_start, std::span<const double> values) {
  WriteAnyWeights(row_start, values);
}

int64_t Dataset::ClassOf(int64_t row, size_t output) const {
  if (target_kind(output) == TargetKind::kClasses) return class_targets(output)[row];
  const int64_t columns = target_columns(output);
  const float* targets = float_targets(output) + row * columns;
  if (columns == 1) return targets[0] > 0.5f ? 1 : 0;
  return std::max_element(targets, targets + columns) - targets;
}

namespace {

// Each number is that of the row before.
template <typename T>
bool RowsAreEqual(const T* values, int64_t rows, int64_t columns) {
  return std::equal(values + columns, values + rows * columns, values);
}

}  // namespace

bool Dataset::TargetsAreConstant(size_t output) const {
  if (rows_ < 2) return false;
  // To be looked at, they would have to be read.
  if (reads_file() && target_kind(output) == TargetKind::kInput) return false;
  switch (target_kind(output)) {
    case TargetKind::kNone:
      return false;
    case TargetKind::kClasses:
      return RowsAreEqual(class_targets(output), rows_, 1);
    case TargetKind::kMatrix:
      return RowsAreEqual(float_targets(output), rows_, target_columns(output));
    case TargetKind::kInput:
      return inputs_are_bytes_ ? RowsAreEqual(byte_inputs(), rows_, columns_)
                               : RowsAreEqual(float_inputs(), rows_, columns_);
  }
  return false;
}

void Dataset::Freeze() const {
  int64_t written = input_rows_written_;
  for (const Targets& targets : targets_) {
    if (targets.are_own()) written = std::min(written, targets.rows_written);
  }
  if (has_weights()) written = std::min(written, weight_rows_written_);
  if (written < rows_) {
    throw Error(ErrorKind::kState, "data", "all " + std::to_string(rows_) + " rows written",
                std::to_string(written) + " rows",
                "Write the inputs, targets and weights of every row first.");
  }
  frozen_.store(true, std::memory_order_release);
}

}  // namespace layerwise
