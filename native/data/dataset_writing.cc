// What the caller writes into a data set: copied, converted and checked.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <string>

#include "native/core/error.h"
#include "native/core/finite.h"
#include "native/data/dataset.h"
#include "native/data/row_errors.h"

namespace layerwise {
namespace {

// Values are copied in pieces that stay in the first-level cache until they are checked. What is
// checked is the copy: the original may be shared memory that another thread changes meanwhile.
constexpr size_t kPiece = 2048;

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

// The same of rows with gaps between them, which are zero and so never wrong.
template <typename T>
int64_t CopyFiniteApart(std::span<const T> from, size_t columns, float* to, size_t stride) {
  const size_t rows = from.size() / columns;
  const size_t rows_in_piece = std::max<size_t>(1, kPiece / stride);
  for (size_t start = 0; start < rows; start += rows_in_piece) {
    const size_t end = std::min(rows, start + rows_in_piece);
    for (size_t row = start; row < end; ++row) {
      CopyPiece(from.data() + row * columns, columns, to + row * stride);
    }
    if (AllFinite({to + start * stride, (end - start) * stride})) continue;
    size_t index = start * columns;
    while (std::isfinite(to[index / columns * stride + index % columns])) ++index;
    return static_cast<int64_t>(index);
  }
  return -1;
}

template <typename T>
void CopyFinite(const char* name, std::span<const T> values, int64_t row_start, int64_t columns,
                float* to, int64_t stride) {
  float* const first = to + row_start * stride;
  const auto all_finite = [](const float* copy, size_t count) { return AllFinite({copy, count}); };
  const int64_t wrong = stride == columns ? CopyChecked(values, first, all_finite)
                                          : CopyFiniteApart(values, static_cast<size_t>(columns),
                                                            first, static_cast<size_t>(stride));
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
  CopyFinite("inputs", values, row_start, columns_, memory_.At(float_inputs_), input_stride_);
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
    CopyFinite("targets", values, row_start, columns, memory_.At(targets.numbers), targets.stride);
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

}  // namespace layerwise
