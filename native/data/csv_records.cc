#include "native/data/csv_records.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "native/data/csv_marks.h"
#include "native/data/decimal_number.h"
#include "native/data/utf8.h"

namespace layerwise {
namespace {

bool IsBlank(uint8_t character) {
  return character == ' ' || (character >= '\t' && character <= '\r');
}

bool IsDigit(uint8_t character) { return character >= '0' && character <= '9'; }

// Characters that are blank in Unicode have none of these bytes.
bool IsInk(uint8_t byte) { return (byte > ' ' && byte < 0x80) || byte >= 0xe4; }

enum class Ending { kWhole, kBlankLine, kIncomplete, kOdd };

class Cutter {
 public:
  Cutter(std::span<const uint8_t> text, const CsvFormat& format, const CsvFields& fields,
         std::span<const uint32_t> marks)
      : text_(text), format_(format), fields_(fields), marks_(marks) {}

  CsvCut Cut(bool ends_in_no_text) {
    const size_t most =
        std::min({fields_.starts.size(), fields_.lines.size(), fields_.ends.size() / format_.width,
                  fields_.numbers.size() / format_.width});
    CsvCut cut;
    while (cut.rows < most) {
      lines_ = cut.lines;
      const Ending ending = CutRecord(cut.bytes, cut.rows);
      if (ending == Ending::kIncomplete) cut.is_odd = ends_in_no_text;
      if (ending == Ending::kOdd) cut.is_odd = true;
      if (ending == Ending::kIncomplete || ending == Ending::kOdd) break;
      if (ending == Ending::kWhole) ++cut.rows;
      cut.bytes = at_;
      cut.lines = lines_;
    }
    return cut;
  }

 private:
  Ending CutRecord(size_t start, size_t row) {
    const size_t width = format_.width;
    const size_t first_line = lines_;
    uint32_t* ends = fields_.ends.data() + row * width;
    double* numbers = fields_.numbers.data() + row * width;
    at_ = start;
    for (size_t column = 0; column < width; ++column) {
      const Ending ending = CutField(&numbers[column]);
      if (ending != Ending::kWhole) return ending;
      const size_t end = marks_[mark_++];
      ends[column] = static_cast<uint32_t>(end);
      const bool is_last = column + 1 == width;
      if ((text_[end] == '\n') != is_last) {
        return column == 0 && !is_last ? EndOfLine(start, end) : Ending::kOdd;
      }
      fields_.kinds[column] |= kind_;
      at_ = end + 1;
    }
    if (!HasInk(start, at_ - 1)) return width == 1 ? EndOfLine(start, at_ - 1) : Ending::kOdd;
    ++lines_;
    fields_.starts[row] = static_cast<uint32_t>(start);
    fields_.lines[row] = static_cast<uint32_t>(first_line);
    return Ending::kWhole;
  }

  // To the mark behind the field, at which mark_ is then.
  Ending CutField(double* number) {
    if (at_ < text_.size() && text_[at_] == '"') return CutQuoted(number);
    // Within a field that does not begin with one, a quote is a character as any other.
    while (mark_ < marks_.size() && text_[marks_[mark_]] == '"') ++mark_;
    if (mark_ == marks_.size()) return Ending::kIncomplete;
    *number = NumberWithin(at_, marks_[mark_]);
    return Ending::kWhole;
  }

  Ending CutQuoted(double* number) {
    const size_t start = at_ + 1;
    for (++mark_;; ++mark_) {
      if (mark_ == marks_.size()) return Ending::kIncomplete;
      const size_t place = marks_[mark_];
      if (text_[place] == '\n') ++lines_;
      if (text_[place] != '"') continue;
      if (mark_ + 1 == marks_.size()) return Ending::kIncomplete;
      const size_t next = marks_[mark_ + 1];
      if (next == place + 1 && text_[next] == '"') {
        ++mark_;
        continue;
      }
      ++mark_;
      const bool is_return = next == place + 2 && text_[place + 1] == '\r' && text_[next] == '\n';
      // Text behind the quote, blanks maybe.
      if (next != place + 1 && !is_return) return Ending::kOdd;
      // A quote within is none of a number.
      *number = NumberWithin(start, place);
      return Ending::kWhole;
    }
  }

  double NumberWithin(size_t start, size_t end) {
    while (end > start && IsBlank(text_[end - 1])) --end;
    while (start < end && IsBlank(text_[start])) ++start;
    const double number = ParseDecimal(text_.subspan(start, end - start), text_.size() - start);
    const bool has_zero = end - start > 1 && text_[start] == '0' && IsDigit(text_[start + 1]);
    kind_ = static_cast<uint8_t>((std::isnan(number) ? kTextField : 0) |
                                 (has_zero ? kLeadingZeroField : 0));
    return number;
  }

  // Whether the record is no blank line, and no row of delimiters alone: for certain. Where all is
  // blank but delimiters in quotes, others decide.
  bool HasInk(size_t start, size_t end) const {
    const auto is_ink = [this](uint8_t byte) { return byte != '"' && byte != format_.delimiter; };
    const uint8_t first = text_[start + (text_[start] == '"' ? 1 : 0)];
    // A first field that begins with no blank of ASCII is none, but where it is the only one.
    if (format_.width > 1 && first > ' ' && is_ink(first)) return true;
    return std::any_of(text_.data() + start, text_.data() + end,
                       [&](uint8_t byte) { return IsInk(byte) && is_ink(byte); });
  }

  // A line without a delimiter: blank, or short.
  Ending EndOfLine(size_t start, size_t end) {
    const bool is_blank = std::all_of(text_.data() + start, text_.data() + end, &IsBlank);
    if (!is_blank) return Ending::kOdd;
    at_ = end + 1;
    ++lines_;
    return Ending::kBlankLine;
  }

  const std::span<const uint8_t> text_;
  const CsvFormat format_;
  const CsvFields fields_;
  const std::span<const uint32_t> marks_;
  size_t mark_ = 0;   // the next one, at_ or behind
  size_t at_ = 0;     // where the field begins
  size_t lines_ = 0;  // line ends so far
  uint8_t kind_ = 0;  // of the last field
};

}  // namespace

CsvCut CutRecords(std::span<const uint8_t> text, const CsvFormat& format, const CsvFields& fields,
                  std::vector<uint32_t>* memory) {
  text = text.first(std::min<size_t>(text.size(), std::numeric_limits<uint32_t>::max()));
  const Utf8Prefix prefix = ValidUtf8(text);
  const bool ends_in_no_text = prefix.length < text.size() && !prefix.is_cut_off;
  text = text.first(prefix.length);
  const std::span<const uint32_t> marks = FindMarks(text, format.delimiter, memory);
  return Cutter(text, format, fields, marks).Cut(ends_in_no_text);
}

}  // namespace layerwise
