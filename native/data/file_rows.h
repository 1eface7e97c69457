// Rows of numbers that lie in a file, one after the other: a tensor of a safetensors file, or the
// array of a .npy file. Little-endian, as the machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "native/core/value.h"
#include "native/data/row_file.h"

namespace layerwise {

// A row of the data, and where in memory it goes: to be the row `at`.
struct RowPlace {
  uint32_t row = 0;
  uint32_t at = 0;
};

class FileRows {
 public:
  // Reads { path, place, bytes, modifiedSeconds, modifiedNanoseconds, start, type, scale?, offset?
  // } and opens the file; `place` is what errors call the rows. Throws kFile; kArgument.
  FileRows(const ValueReader& file, int64_t rows, int64_t columns);

  // Copies rows, in ascending order, to a matrix whose rows lie so many numbers apart. Numbers
  // become floats times the scale plus the offset, computed in double precision, and have to be
  // finite. By any number of threads, each with a buffer of its own.
  void Read(std::span<const RowPlace> rows, float* to, int64_t stride,
            std::vector<std::byte>& buffer) const;
  // The same of bytes as they are, with no gaps between the rows.
  void Read(std::span<const RowPlace> rows, uint8_t* to, std::vector<std::byte>& buffer) const;

  const RowFile& file() const { return file_; }
  bool are_bytes() const { return type_ == Type::kUint8; }

 private:
  enum class Type { kFloat32, kFloat64, kUint8, kInt32, kInt64 };
  static Type ReadType(const ValueReader& reader);
  static int64_t BytesOf(Type type);

  template <typename To>
  void ReadAll(std::span<const RowPlace> rows, To* to, int64_t stride,
               std::vector<std::byte>& buffer) const;
  template <typename To>
  void ReadRun(std::span<const RowPlace> run, To* to, int64_t stride,
               std::vector<std::byte>& buffer) const;
  void Convert(const std::byte* from, int64_t row, float* to) const;
  void Convert(const std::byte* from, int64_t row, uint8_t* to) const;
  template <typename From>
  void Scale(const std::byte* from, int64_t row, float* to) const;
  void RequireFinite(const float* values, int64_t row) const;
  int64_t FirstNotFinite(const float* values) const;
  template <typename To>
  bool IsStoredAs() const;

  RowFile file_;
  std::string place_;
  Type type_;
  int64_t start_;
  int64_t columns_;
  int64_t row_bytes_;
  double scale_;
  double offset_;
};

}  // namespace layerwise
