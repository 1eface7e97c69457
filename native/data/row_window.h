// Some rows of a data set that lies in files, being read into memory by threads of the process, and
// then taken from there batch by batch.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "native/core/pooled_thread.h"
#include "native/data/dataset.h"
#include "native/data/file_rows.h"
#include "native/data/row_selection.h"

namespace layerwise {

class RowWindow {
 public:
  RowWindow() = default;
  ~RowWindow() { Abandon(); }
  RowWindow(const RowWindow&) = delete;
  RowWindow& operator=(const RowWindow&) = delete;

  // What a window takes for each of its rows: the row, its number and its place.
  static int64_t BytesOfRow(const Dataset& data);

  // Begins to read the rows, whose numbers are copied; the data has to outlive the reading.
  void Begin(const Dataset& data, const RowSelection& rows);
  // Until they are read. Throws what reading them has failed with.
  void Wait();
  // Forgets them, without a word about what may have failed.
  void Abandon() noexcept;

  int64_t count() const { return static_cast<int64_t>(numbers_.size()); }
  bool is_empty() const { return taken_ == count(); }
  // Whether these are the next rows to be taken.
  bool HasNext(const RowSelection& rows) const;
  // So many of the next rows, as rows of `rows()`.
  RowSelection Take(int64_t rows);
  const Dataset& rows() const { return *rows_; }

 private:
  void Allocate(const Dataset& data, int64_t rows);
  void Fill(const Dataset& data) noexcept;
  void Sort();
  void ReadPieces(const Dataset& data, size_t rows_in_piece);
  template <typename Work>
  void Guard(Work&& work) noexcept;

  const Dataset* like_ = nullptr;  // what the memory was taken for
  std::unique_ptr<Dataset> rows_;  // of as many rows as any window before had
  std::vector<uint32_t> numbers_;  // of the rows, in the order in which they are taken
  std::vector<RowPlace> places_;   // the same in the order of the file
  int64_t taken_ = 0;
  PooledThread reader_;
  std::atomic<size_t> next_place_{0};
  std::atomic<bool> is_over_{false};  // nobody wants the rest any more
  std::mutex mutex_;
  std::exception_ptr failure_;  // of the first reader that failed
};

}  // namespace layerwise
