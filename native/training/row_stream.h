// Rows that the caller of a training hands over while it goes on, for data that nobody holds as a
// whole: an epoch comes in blocks, of which one is trained on while the next one is filled. There
// are two of them, so that the memory is bounded, and nothing is asked for that has no room.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "native/data/batches.h"
#include "native/data/dataset.h"
#include "native/data/row_selection.h"
#include "native/training/events.h"
#include "native/training/stop_condition.h"

namespace layerwise {

class RowStream {
 public:
  // Of an epoch: so many rows, `block_rows` of them at a time. A rest that is less than a batch
  // belongs to the block before it, so that no batch lies in two blocks.
  struct Shape {
    int64_t rows = 0;
    int64_t block_rows = 0;  // whole batches
    int64_t batch_rows = 0;
  };
  // What is done with the stream.
  struct Use {
    uint32_t seed = 0;
    bool shuffles = true;  // the rows of each block among themselves
    int64_t epochs = 0;
  };
  using Ask = std::function<void(const WantedRows&)>;
  // A block that is filled.
  struct Block {
    const Dataset* data = nullptr;
    int64_t epoch = 0;
    int64_t first = 0;  // row of the epoch
    int64_t rows = 0;   // the data set may have room for more
    bool ends_epoch = false;
  };
  // Throws where its rows are no good.
  using Check = std::function<void(const Block&)>;

  struct Batch {
    const Dataset* data = nullptr;
    RowSelection rows;
  };

  // The blocks have the same form, and room for the largest one (RowsOfLargest).
  RowStream(std::shared_ptr<const Dataset> first, std::shared_ptr<const Dataset> second,
            const Shape& shape);

  static int64_t RowsOfLargest(const Shape& shape);

  const Dataset& form() const { return *blocks_[0]; }
  int64_t rows() const { return shape_.rows; }

  // Before the first batch. `ask` is called by the thread that trains, and has to be answered from
  // any thread by Filled or Fail.
  void Begin(const Use& use, Ask ask, Check check);
  // The rows of a batch, in the order in which they train. They stay until the next call. Nothing
  // where the training was to stop before they came. Throws kState after Fail.
  std::optional<Batch> Take(int64_t epoch, const BatchRows& rows, StopCondition& stop);

  // The block that was asked for is filled.
  void Filled() noexcept;
  // No more rows will come.
  void Fail() noexcept;

 private:
  // Rows of an epoch that lie in one block.
  struct Part {
    int64_t epoch = 0;
    int64_t block = 0;

    bool operator==(const Part&) const = default;
  };
  int64_t Blocks() const;
  int64_t FirstRow(const Part& part) const { return part.block * shape_.block_rows; }
  int64_t Rows(const Part& part) const;
  Part PartWith(int64_t epoch, int64_t row) const;
  std::optional<Part> Next(const Part& part) const;
  void AskFor(const Part& part);
  bool WaitForAnswer(StopCondition& stop);
  // Makes the block that was filled, with this part, the current one, and has the next one filled.
  void Advance(const Part& part);
  void Shuffle(const Part& part);

  const std::shared_ptr<const Dataset> blocks_[2];
  const Shape shape_;
  Use use_;
  Ask ask_;
  Check check_;
  // Of the thread that trains.
  size_t current_ = 1;
  std::optional<Part> held_;   // by the current block
  std::optional<Part> asked_;  // for the other one
  std::vector<uint32_t> order_;

  std::mutex mutex_;
  std::condition_variable answered_;
  bool is_filled_ = false;
  bool has_failed_ = false;
};

}  // namespace layerwise
