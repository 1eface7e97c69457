// Rows of a data set that lies in files, brought into memory before they are needed. There are two
// windows of rows: batches are taken from one while threads of the process fill the other.
#pragma once

#include <array>
#include <cstdint>

#include "native/data/dataset.h"
#include "native/data/row_selection.h"
#include "native/data/row_window.h"

namespace layerwise {

class ReadAhead {
 public:
  // The rows of a batch, in memory until the next ones are asked for.
  struct Staged {
    const Dataset& data;
    RowSelection rows;
  };

  // The rows of a selection. Reads those behind it ahead (RowSelection::upcoming), a stretch going
  // on likewise; whoever then asks for others waits until these are read. What was read of them is
  // found out by comparing the numbers of the rows, so that an order may be drawn anew in the
  // memory of another one. Not for several threads. Throws kFile, kData.
  Staged Take(const Dataset& data, const RowSelection& rows);

 private:
  void Restart(const Dataset& data, const RowSelection& rows);
  void Advance(const RowSelection& rows);

  const Dataset* data_ = nullptr;
  std::array<RowWindow, 2> windows_;
  size_t current_ = 0;
  int64_t window_rows_ = 0;  // of a full window: whole batches
};

}  // namespace layerwise
