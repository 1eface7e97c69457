// Cuts text into the records of a table, and reads the numbers in them: those that are as they
// should be. A record that is not ends the cut, for somebody with more patience
// (lib/data/recordCutter.ts), whose records these have to be, field by field and line by line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace layerwise {

struct CsvFormat {
  uint8_t delimiter = ',';
  size_t width = 1;  // fields of a record
};

// What is written of each record; as many records are cut as have room in all of these.
struct CsvFields {
  std::span<uint32_t> starts;  // where the record begins. Shape (rows)
  std::span<uint32_t> lines;   // line ends before it. Shape (rows)
  // Where each field ends: at a delimiter or a line feed, quotes and a carriage return being part
  // of the field. Shape (rows, width)
  std::span<uint32_t> ends;
  // The number that a field holds, quoted or not, blanks around it left out. A NaN for none, and
  // for one that ParseDecimal leaves to others. Shape (rows, width)
  std::span<double> numbers;
  // What there is among the fields of each column. Shape (width)
  std::span<uint8_t> kinds;
};

inline constexpr uint8_t kTextField = 1;         // a field that has no number here
inline constexpr uint8_t kLeadingZeroField = 2;  // one that begins with a zero and another digit

struct CsvCut {
  size_t rows = 0;
  size_t bytes = 0;  // of these records, and of blank lines
  size_t lines = 0;
  // Whether the next record is whole but odd, or its bytes are no text: more text will not help.
  bool is_odd = false;
};

// `memory` serves the call. Texts of 4 GB and more are cut in their first 4 GB.
CsvCut CutRecords(std::span<const uint8_t> text, const CsvFormat& format, const CsvFields& fields,
                  std::vector<uint32_t>* memory);

}  // namespace layerwise
