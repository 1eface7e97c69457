#include "native/node/csv_functions.h"

#include <algorithm>
#include <span>
#include <vector>

#include "native/core/error.h"
#include "native/data/column_moments.h"
#include "native/data/csv_records.h"
#include "native/node/arguments.h"

namespace layerwise {
namespace {

template <typename T>
std::span<T> ArrayArgument(const Napi::Value& value, const char* path, napi_typedarray_type type,
                           const char* expected) {
  return TypedArrayArgument(value, path, {&type, 1}, expected).As<T>();
}

std::span<uint8_t> BytesArgument(const Napi::Value& value, const char* path) {
  return ArrayArgument<uint8_t>(value, path, napi_uint8_array, "a Uint8Array");
}

std::span<uint32_t> PlacesArgument(const Napi::Value& value, const char* path) {
  return ArrayArgument<uint32_t>(value, path, napi_uint32_array, "a Uint32Array");
}

std::span<double> DoublesArgument(const Napi::Value& value, const char* path) {
  return ArrayArgument<double>(value, path, napi_float64_array, "a Float64Array");
}

size_t WidthArgument(const Napi::Value& value) {
  constexpr int64_t kMostColumns = int64_t{1} << 24;
  return static_cast<size_t>(IntegerArgument(value, "width", 1, kMostColumns));
}

void RequireRoom(bool has_room, const char* path, const char* expected) {
  if (has_room) return;
  throw Error(ErrorKind::kArgument, path, expected, "another length", "Give arrays that fit.");
}

}  // namespace

Napi::Value CutCsvRecords(const Napi::CallbackInfo& info) {
  constexpr int64_t kMostCharacters = 0x7f;
  CsvFormat format;
  format.delimiter =
      static_cast<uint8_t>(IntegerArgument(info[1], "delimiter", 1, kMostCharacters));
  format.width = WidthArgument(info[2]);
  const CsvFields fields{PlacesArgument(info[3], "starts"), PlacesArgument(info[4], "lines"),
                         PlacesArgument(info[5], "ends"), DoublesArgument(info[6], "numbers"),
                         BytesArgument(info[7], "kinds")};
  const std::span<uint32_t> result = PlacesArgument(info[8], "cut");
  RequireRoom(fields.kinds.size() == format.width, "kinds", "one for each column");
  RequireRoom(result.size() == 4, "cut", "4 numbers");
  // Kept for the next call.
  thread_local std::vector<uint32_t> memory;
  const CsvCut cut = CutRecords(BytesArgument(info[0], "text"), format, fields, &memory);
  result[0] = static_cast<uint32_t>(cut.rows);
  result[1] = static_cast<uint32_t>(cut.bytes);
  result[2] = static_cast<uint32_t>(cut.lines);
  result[3] = cut.is_odd ? 1 : 0;
  return info.Env().Undefined();
}

Napi::Value AddToColumnMoments(const Napi::CallbackInfo& info) {
  const std::span<double> numbers = DoublesArgument(info[0], "numbers");
  const size_t width = WidthArgument(info[1]);
  const std::span<uint8_t> taken = BytesArgument(info[2], "taken");
  const std::span<uint32_t> columns = PlacesArgument(info[3], "columns");
  const std::span<double> values = DoublesArgument(info[4], "moments");
  constexpr size_t kValues = sizeof(ColumnMoments) / sizeof(double);
  RequireRoom(taken.size() <= numbers.size() / width, "taken", "one for each row");
  RequireRoom(values.size() == columns.size() * kValues, "moments", "6 numbers for each column");
  // A copy, which nobody else can change.
  const std::vector<uint32_t> places(columns.begin(), columns.end());
  RequireRoom(std::all_of(places.begin(), places.end(),
                          [width](uint32_t column) { return column < width; }),
              "columns", "places below the width");
  std::vector<ColumnMoments> moments(places.size());
  auto* const bytes = reinterpret_cast<double*>(moments.data());
  std::copy(values.begin(), values.end(), bytes);
  AddToMoments(numbers, width, taken, places, moments);
  std::copy_n(bytes, values.size(), values.begin());
  return info.Env().Undefined();
}

}  // namespace layerwise
