#include "native/data/read_ahead.h"

#include <algorithm>

namespace layerwise {
namespace {

// The first window after a jump is waited for: it is small, and the next one filled meanwhile.
constexpr int64_t kFirstBytes = int64_t{1} << 20;

int64_t WholeBatches(int64_t bytes, int64_t row_bytes, int64_t batch_rows) {
  return std::max<int64_t>(1, bytes / (row_bytes * batch_rows)) * batch_rows;
}

// All that is left where a full window would leave less than a batch.
int64_t NextRows(int64_t left, int64_t wanted, int64_t batch_rows) {
  return left < wanted + batch_rows ? left : wanted;
}

RowSelection From(const RowSelection& rows, int64_t at, int64_t count) {
  return {rows.rows == nullptr ? nullptr : rows.rows + at, rows.first + at, count, 0};
}

}  // namespace

ReadAhead::Staged ReadAhead::Take(const Dataset& data, const RowSelection& rows) {
  if (&data != data_ || !windows_[current_].HasNext(rows)) {
    if (&data == data_ && windows_[current_].is_empty() && windows_[1 - current_].HasNext(rows)) {
      Advance(rows);
    } else {
      Restart(data, rows);
    }
  }
  const RowSelection taken = windows_[current_].Take(rows.count);
  return {windows_[current_].rows(), taken};
}

// Goes on to the window that was filled meanwhile, and has the other one filled.
void ReadAhead::Advance(const RowSelection& rows) {
  current_ = 1 - current_;
  RowWindow& window = windows_[current_];
  window.Wait();
  const int64_t left = rows.count + rows.upcoming - window.count();
  if (left <= 0) return;
  windows_[1 - current_].Begin(
      *data_, From(rows, window.count(), NextRows(left, window_rows_, rows.count)));
}

void ReadAhead::Restart(const Dataset& data, const RowSelection& rows) {
  for (RowWindow& window : windows_) window.Abandon();
  data_ = nullptr;  // should this fail: a window that nobody has waited for must not be taken from
  const int64_t row_bytes = RowWindow::BytesOfRow(data);
  const int64_t all = rows.count + rows.upcoming;
  window_rows_ = WholeBatches(data.read_ahead_bytes() / 2, row_bytes, rows.count);
  const int64_t first = NextRows(
      all, std::min(window_rows_, WholeBatches(kFirstBytes, row_bytes, rows.count)), rows.count);
  windows_[current_].Begin(data, From(rows, 0, first));
  if (all > first) {
    windows_[1 - current_].Begin(
        data, From(rows, first, NextRows(all - first, window_rows_, rows.count)));
  }
  windows_[current_].Wait();
  data_ = &data;
}

}  // namespace layerwise
