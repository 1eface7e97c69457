#include "native/data/file_rows.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <type_traits>

#include "native/core/error.h"
#include "native/core/finite.h"
#include "native/data/row_errors.h"

namespace layerwise {
namespace {

// Rows that lie so near to each other are read at once, with what is between them: that costs less
// than another call of the system.
constexpr int64_t kGapBytes = 4096;
constexpr int64_t kRunBytes = int64_t{1} << 20;

constexpr int64_t kMaxInteger = int64_t{1} << 53;

FileStamp ReadStamp(const ValueReader& file) {
  return {file.Member("bytes").Integer(0, kMaxInteger),
          file.Member("modifiedSeconds").Integer(-kMaxInteger, kMaxInteger),
          file.Member("modifiedNanoseconds").Integer(-999'999'999, 999'999'999)};
}

// In the file and in memory.
bool AreSideBySide(std::span<const RowPlace> run) {
  for (size_t i = 1; i < run.size(); ++i) {
    if (run[i].row != run[i - 1].row + 1 || run[i].at != run[i - 1].at + 1) return false;
  }
  return true;
}

double NumberOr(const ValueReader& file, const char* name, double fallback) {
  return file.Has(name) ? file.Member(name).Number() : fallback;
}

}  // namespace

FileRows::FileRows(const ValueReader& file, int64_t rows, int64_t columns)
    : file_(file.Member("path").String(), ReadStamp(file)),
      place_(file.Member("place").String()),
      type_(ReadType(file.Member("type"))),
      start_(file.Member("start").Integer(0, kMaxInteger)),
      columns_(columns),
      row_bytes_(columns * BytesOf(type_)),
      scale_(NumberOr(file, "scale", 1)),
      offset_(NumberOr(file, "offset", 0)) {
  file.AllowOnly({"path", "place", "bytes", "modifiedSeconds", "modifiedNanoseconds", "start",
                  "type", "scale", "offset", "memory"});
  const int64_t room = (file_.stamp().bytes - start_) / row_bytes_;
  if (rows <= room) return;
  throw Error(ErrorKind::kFile, file_.path(), std::to_string(rows) + " rows",
              std::to_string(std::max<int64_t>(0, room)), "");
}

FileRows::Type FileRows::ReadType(const ValueReader& reader) {
  const std::string& name = reader.String();
  if (name == "float32") return Type::kFloat32;
  if (name == "float64") return Type::kFloat64;
  if (name == "uint8") return Type::kUint8;
  if (name == "int32") return Type::kInt32;
  if (name == "int64") return Type::kInt64;
  throw Error(ErrorKind::kArgument, reader.path(), "float32, float64, uint8, int32 or int64",
              "\"" + name + "\"", "Convert the numbers to one of these.");
}

int64_t FileRows::BytesOf(Type type) {
  switch (type) {
    case Type::kUint8:
      return 1;
    case Type::kFloat32:
    case Type::kInt32:
      return 4;
    case Type::kFloat64:
    case Type::kInt64:
      return 8;
  }
  return 8;
}

void FileRows::Read(std::span<const RowPlace> rows, float* to, int64_t stride,
                    std::vector<std::byte>& buffer) const {
  ReadAll(rows, to, stride, buffer);
}

void FileRows::Read(std::span<const RowPlace> rows, uint8_t* to,
                    std::vector<std::byte>& buffer) const {
  ReadAll(rows, to, columns_, buffer);
}

template <typename To>
void FileRows::ReadAll(std::span<const RowPlace> rows, To* to, int64_t stride,
                       std::vector<std::byte>& buffer) const {
  const auto gap = [&](size_t i) {
    return (int64_t{rows[i].row} - int64_t{rows[i - 1].row} - 1) * row_bytes_;
  };
  for (size_t first = 0; first < rows.size();) {
    const auto bytes = [&](size_t end) {
      return (int64_t{rows[end - 1].row} - int64_t{rows[first].row} + 1) * row_bytes_;
    };
    size_t end = first + 1;
    while (end < rows.size() && gap(end) <= kGapBytes && bytes(end + 1) <= kRunBytes) ++end;
    ReadRun(rows.subspan(first, end - first), to, stride, buffer);
    first = end;
  }
}

// Whether memory holds the numbers as the file does.
template <typename To>
bool FileRows::IsStoredAs() const {
  if constexpr (std::is_same_v<To, uint8_t>) return true;
  return type_ == Type::kFloat32 && scale_ == 1 && offset_ == 0;
}

template <typename To>
void FileRows::ReadRun(std::span<const RowPlace> run, To* to, int64_t stride,
                       std::vector<std::byte>& buffer) const {
  const int64_t first = run.front().row;
  const int64_t position = start_ + first * row_bytes_;
  const size_t rows = static_cast<size_t>(int64_t{run.back().row} - first + 1);
  if (IsStoredAs<To>() && stride == columns_ && AreSideBySide(run)) {
    To* const target = to + run.front().at * columns_;
    const std::span values(target, rows * static_cast<size_t>(columns_));
    file_.Read(position, std::as_writable_bytes(values));
    if constexpr (std::is_same_v<To, float>) {
      if (AllFinite(values)) return;
      for (const RowPlace& place : run) RequireFinite(to + place.at * columns_, place.row);
    }
    return;
  }
  buffer.resize(std::max(buffer.size(), rows * static_cast<size_t>(row_bytes_)));
  file_.Read(position, std::span(buffer).first(rows * static_cast<size_t>(row_bytes_)));
  for (const RowPlace& place : run) {
    const std::byte* from = buffer.data() + (int64_t{place.row} - first) * row_bytes_;
    Convert(from, place.row, to + place.at * stride);
  }
}

void FileRows::Convert(const std::byte* from, int64_t, uint8_t* to) const {
  std::memcpy(to, from, static_cast<size_t>(columns_));
}

void FileRows::Convert(const std::byte* from, int64_t row, float* to) const {
  if (IsStoredAs<float>()) {
    std::memcpy(to, from, static_cast<size_t>(row_bytes_));
    return RequireFinite(to, row);
  }
  switch (type_) {
    case Type::kFloat32:
      return Scale<float>(from, row, to);
    case Type::kFloat64:
      return Scale<double>(from, row, to);
    case Type::kUint8:
      return Scale<uint8_t>(from, row, to);
    case Type::kInt32:
      return Scale<int32_t>(from, row, to);
    case Type::kInt64:
      return Scale<int64_t>(from, row, to);
  }
}

template <typename From>
void FileRows::Scale(const std::byte* from, int64_t row, float* to) const {
  // Not by 1 and 0: that would make a 0 of a -0.
  const bool scales = scale_ != 1 || offset_ != 0;
  const auto number_at = [&](int64_t column) {
    From value;
    std::memcpy(&value, from + column * static_cast<int64_t>(sizeof(From)), sizeof(From));
    const auto number = static_cast<double>(value);
    return scales ? number * scale_ + offset_ : number;
  };
  for (int64_t i = 0; i < columns_; ++i) to[i] = static_cast<float>(number_at(i));
  const int64_t wrong = FirstNotFinite(to);
  if (wrong < columns_) ThrowNotFinite(place_, row, wrong, number_at(wrong));
}

void FileRows::RequireFinite(const float* values, int64_t row) const {
  const int64_t wrong = FirstNotFinite(values);
  if (wrong == columns_) return;
  ThrowNotFinite(place_, row, wrong, static_cast<double>(values[wrong]));
}

// Of a row; the number of columns where all are finite.
int64_t FileRows::FirstNotFinite(const float* values) const {
  if (AllFinite({values, static_cast<size_t>(columns_)})) return columns_;
  int64_t column = 0;
  while (AllFinite({values + column, 1})) ++column;
  return column;
}

}  // namespace layerwise
